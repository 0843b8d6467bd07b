"""Where a digit comes from: the drawing pad, the picker of examples, files and the camera."""
