"""The page Compress."""
