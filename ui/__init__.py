"""What the pages share: the drawing pad, digit strips, figures, and the page's state in the URL."""
