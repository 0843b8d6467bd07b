"""What hostile visitors send, tried against the lab: see `python -m benchmarks.abuse --help`."""
