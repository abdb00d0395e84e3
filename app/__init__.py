"""Composition root: command line, main window, job bridge, settings pages."""
