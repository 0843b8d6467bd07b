"""The Tangents page."""
