"""The Care workspace: 2D and 3D views, tools, library browser."""
