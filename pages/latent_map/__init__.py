"""The Latent map page."""
