"""Looking digits up by a few bits: codes, distances, hits, and how good they are."""
