"""Docker, by its SDK."""
