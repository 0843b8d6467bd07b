"""What four ways to enlarge leave in a picture: how often kernels overlap, the energy at period 2, what it costs."""
