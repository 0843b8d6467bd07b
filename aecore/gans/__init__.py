"""Generative adversarial networks: what they play for, what their samples are worth, and the toy in the plane."""
