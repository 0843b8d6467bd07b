"""The Bottleneck page."""
