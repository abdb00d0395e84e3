"""Depth frames to surfaces: fusion, tracking by depth, and how colour lies on depth."""
