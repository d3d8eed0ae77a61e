"""Faults by injection: an engine whose answers are cut, garbled or late, containers that are killed
under a build, a disk that is full. `python -m tests.faults` (make faults) runs all of them."""
