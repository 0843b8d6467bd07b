"""Pulses in noisy traces: classical ways to find and redraw them, scores, files."""
