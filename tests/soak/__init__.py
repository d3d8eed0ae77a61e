"""Builds in a row, of which some are killed: nothing may be left, and nothing may grow.
`python -m tests.soak` (make soak)."""
