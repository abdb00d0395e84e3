"""Qt widgets that show what is rendered."""
