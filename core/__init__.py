"""Nouns and services that every other package stands on: no Qt, nothing heavy, no other package."""
