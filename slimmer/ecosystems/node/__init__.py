"""Node: installed packages, and modules of Node itself."""

from slimmer.ecosystems.interface import Ecosystem
from slimmer.ecosystems.node.archived import ArchivedNodeReader
from slimmer.ecosystems.node.builtins import NodeBuiltinsRule
from slimmer.ecosystems.node.metadata import NodeReader
from slimmer.ecosystems.node.plug_n_play import PlugAndPlayRule
from slimmer.ecosystems.node.scripts import NodeScriptsRule
from slimmer.ecosystems.node.touched import NodePackagesRule
from slimmer.keep import Landmark, directories

NODE = Ecosystem(
    name="Node",
    landmarks=(
        *directories("node_modules", "bower_components", ".npm", ".nyc_output", ".yarn/cache"),
        *directories(".pnpm-store", ".local/share/pnpm/store", ".cache/pnpm", ".yarn/unplugged"),
        *directories(".cache/yarn", ".cache/node-gyp", ".cache/node", ".node-gyp"),
        # What bundlers remember of a build.
        *directories(
            *(f".next/cache/{name}" for name in ("webpack", "swc", "eslint", "turbopack"))
        ),
        *directories(".parcel-cache", ".turbo", ".angular/cache", ".nx/cache", ".rollup.cache"),
        # PREFIX/lib/node_modules/npm, as node's archives and official images have it.
        Landmark(
            name="lib/node_modules/npm",
            above=3,
            above_if_shared=0,
            claims=(
                *("bin/node", "bin/nodejs", "bin/npm", "bin/npx", "bin/corepack", "bin/yarn*"),
                *("include/node", "share/systemtap"),
            ),
        ),
    ),
    folders=("node_modules", "bower_components", ".npm"),
    sources=(".cjs", ".js", ".mjs", ".ts"),
    rules=(NodePackagesRule, PlugAndPlayRule, NodeBuiltinsRule, NodeScriptsRule),
    readers=(NodeReader, ArchivedNodeReader),
)
