"""Photographs, video and RGB-D to cameras, points, meshes and maps."""
