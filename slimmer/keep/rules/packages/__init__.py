"""What a distribution package holds besides what was seen of it."""
