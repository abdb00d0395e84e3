"""The Models page of the window."""
