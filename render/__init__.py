"""Nouns to pixels."""
