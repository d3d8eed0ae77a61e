"""What belongs to a language: its runtime and the packages that were touched."""
