"""Most patches of a picture are hidden, and guessed from the few that are seen."""
