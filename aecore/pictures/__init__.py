"""Whole pictures: photographs cleaned of noise, and pages full of digits restored."""
