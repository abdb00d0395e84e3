"""The Reconstruction workspace in Qt."""
