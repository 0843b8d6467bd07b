"""The engine of Autoencoder Lab; knows no screen."""
