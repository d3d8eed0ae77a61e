"""Node: installed packages, and modules of Node itself."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.node.builtins import NodeBuiltinsRule
from slimmer.ecosystems.node.metadata import NodeReader
from slimmer.ecosystems.node.touched import NodePackagesRule
from slimmer.keep import directories

NODE = Ecosystem(
    name="Node",
    landmarks=directories("node_modules", "bower_components", ".npm", ".nyc_output"),
    folders=("node_modules", "bower_components", ".npm"),
    sources=(".cjs", ".js", ".mjs", ".ts"),
    rules=(NodePackagesRule, NodeBuiltinsRule),
    readers=(NodeReader,),
)
