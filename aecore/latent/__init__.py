"""What to do with codes: walks, styles, prompts, samples, and how real a decoded digit looks."""
