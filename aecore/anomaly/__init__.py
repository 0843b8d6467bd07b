"""What is no normal digit, or no normal texture: scores, their quality, and where the fault is."""
