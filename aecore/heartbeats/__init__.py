"""Heartbeats: noise to take off them, filters that do, and how odd a beat is. Not for diagnosis."""
