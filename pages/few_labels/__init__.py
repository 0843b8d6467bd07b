"""The Few labels page."""
