"""Past one machine: the engine on a Ray cluster (deployment.py), and the way there (client.py)."""
