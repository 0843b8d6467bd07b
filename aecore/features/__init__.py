"""What a wide code is worth: how it was constrained, what that did to it, and what a classifier makes of it."""
