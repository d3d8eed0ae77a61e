"""Deno's cache, DENO_DIR: what was downloaded while the image was built.

npm/HOST/NAME/VERSION/…    packages, each with its package.json; NAME may be `@scope/name`
remote/SCHEME/HOST/HASH    modules of other servers, JSR's among them
gen/  *_cache_v2           made anew where it is missing
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence

from slimmer.ecosystems.node.packages import MANIFEST
from slimmer.files import ancestors, is_below, name_of, parent_of
from slimmer.keep import Landmark

_MARK = "dep_analysis_cache_v*"
LANDMARK = Landmark(name=_MARK, above=1)


class DenoCache:
    """All caches of one image; mostly there is one or none."""

    def __init__(self, named: Mapping[str, Sequence[str]]) -> None:
        """`named` is name → paths, see `keep.Context.named`."""
        marks = (path for name in fnmatch.filter(named, _MARK) for path in named[name])
        self.folders = sorted({parent_of(path) for path in marks})
        self._packages: dict[str, list[str]] = {}
        self._roots: set[str] = set()
        manifests = named.get(MANIFEST, ()) if self.folders else ()
        # The outermost manifest is the package's: it may have further ones inside.
        for path in sorted(manifests, key=len):
            root = parent_of(path)
            if self._is_in("npm", root) and not self.package_of(root):
                self._roots.add(root)
                self._packages.setdefault(_name(root), []).append(root)

    def package_of(self, path: str) -> str:
        """The directory of the package that this path lies in; empty where it is in none."""
        return next((each for each in (path, *ancestors(path)) if each in self._roots), "")

    def packages(self, name: str) -> Iterable[str]:
        """The directories of a package, one for each version that is there."""
        return self._packages.get(name, ())

    def is_module(self, path: str) -> bool:
        """Whether this is a module of another server."""
        return self._is_in("remote", path)

    def _is_in(self, part: str, path: str) -> bool:
        return any(is_below(path, f"{folder}/{part}") for folder in self.folders)


def _name(root: str) -> str:
    """`@scope/name` for `…/@scope/name/1.0.0`."""
    folder = parent_of(root)
    scope = name_of(parent_of(folder))
    return f"{scope}/{name_of(folder)}" if scope.startswith("@") else name_of(folder)
