"""The page Galaxies."""
