"""The Vector field page."""
