"""Windows and widgets of the shell."""
