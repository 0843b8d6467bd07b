"""Networks that run in the visitor's browser."""
