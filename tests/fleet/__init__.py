"""What a fleet of the samples needs, on engines of its own that are killed; how much a node pulls;
and what 10,000 images take of the scheduler's memory. `python -m tests.fleet` (make fleet)."""
