"""The steps behind dev.py; standard library only, since they run before anything is installed."""
