"""Regularise: wide codes that could copy anything, and what keeps each of them from it."""
