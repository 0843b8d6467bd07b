"""Fewer bytes: whole numbers as bits by how often they occur, digits as files, and what that costs and keeps."""
