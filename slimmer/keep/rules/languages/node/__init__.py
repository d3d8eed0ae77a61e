"""Node: installed packages, and modules of Node itself."""

from slimmer.keep.rules.languages.node.builtins import NodeBuiltinsRule
from slimmer.keep.rules.languages.node.rule import NodePackagesRule

__all__ = ["NodeBuiltinsRule", "NodePackagesRule"]
