"""Trained models that run on this machine: the store, the runner, and how models get there."""
