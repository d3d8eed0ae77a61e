"""`slim` processes that start at once.

The tests run `slim` hundreds of times, and half of the processor time of a small build goes into
the import of a thousand modules. So a template process imports them once for each worker of the
tests, and forks itself for each run: a process of its own, with its own arguments, folder,
environment, output and exit code. How Python starts `slim` is tested where that is the point.
"""

from tests.forked.runs import run_slim

__all__ = ["run_slim"]
