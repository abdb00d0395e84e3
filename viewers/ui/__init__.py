"""Qt widgets of the Care workspace."""
