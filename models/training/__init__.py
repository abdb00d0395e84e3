"""Training of models on the user's own labels: plan, engine (PyTorch, in a process apart) and card."""
