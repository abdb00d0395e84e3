"""Clouds of points: registration."""
