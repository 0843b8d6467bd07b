"""What one can do with a code of galaxies: walk, turn, pull at directions, find odd frames, bring one's own picture."""
