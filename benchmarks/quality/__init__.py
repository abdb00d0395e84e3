"""Results beside those of peers and of references."""
