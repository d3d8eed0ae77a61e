"""Configuration that is split over many files, and what it names."""
