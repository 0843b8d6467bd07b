"""The Super-resolution page."""
