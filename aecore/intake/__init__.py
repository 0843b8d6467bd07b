"""From what a visitor brings to digits: any picture file read safely, and the ink found in it."""
