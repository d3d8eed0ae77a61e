"""slimmer: turns a bloated container image into a minimal one that still works."""

__version__ = "0.1.0"

DISTRIBUTION = "slimmer-images"
"""What packages are called that pip installs: `slimmer` is another project's there. The package to
import is `slimmer`, the command `slim`."""

FROM_STDIN = "-"
"""`slim -` takes its arguments from stdin, as a JSON list: for programs that start it with values
of variables, which everybody on the machine could read in a command line."""
