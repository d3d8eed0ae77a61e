"""What belongs to a language: its runtime and the packages that were touched."""

from slimmer.keep.rules.languages.java import JarsRule, JavaRuntimeRule
from slimmer.keep.rules.languages.node import NodeBuiltinsRule, NodePackagesRule
from slimmer.keep.rules.languages.perl import PerlModulesRule
from slimmer.keep.rules.languages.php import ComposerRule, PhpConsoleRule
from slimmer.keep.rules.languages.python import (
    PythonDistributionsRule,
    PythonEnvironmentRule,
    PythonLibraryRule,
)
from slimmer.keep.rules.languages.ruby import GemsRule, RubyLibraryRule, RubyRequiresRule

LANGUAGE_RULES = (
    PythonLibraryRule,
    PythonEnvironmentRule,
    PythonDistributionsRule,
    NodePackagesRule,
    NodeBuiltinsRule,
    JavaRuntimeRule,
    JarsRule,
    RubyLibraryRule,
    RubyRequiresRule,
    GemsRule,
    ComposerRule,
    PhpConsoleRule,
    PerlModulesRule,
)

__all__ = ["LANGUAGE_RULES"]
