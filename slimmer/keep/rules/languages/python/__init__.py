"""Python: the interpreter's own library, virtual environments, installed distributions."""

from slimmer.keep.rules.languages.python.environment import PythonEnvironmentRule
from slimmer.keep.rules.languages.python.library import PythonLibraryRule
from slimmer.keep.rules.languages.python.rule import PythonDistributionsRule

__all__ = ["PythonDistributionsRule", "PythonEnvironmentRule", "PythonLibraryRule"]
