"""Directories that hold a runtime or installed packages: no application's own files, though they
often lie among them (`/app/.venv`, `/app/node_modules`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slimmer.files import RootfsIndex, parent_of

# Name of a file or directory → how far above it the environment begins.
_LANDMARKS = {
    "pyvenv.cfg": 1,
    "conda-meta": 1,
    "node_modules": 0,
    "bower_components": 0,
    "site-packages": 0,
    "dist-packages": 0,
    "libjvm.so": 3,  # HOME/lib/server/libjvm.so
    # What a tool can make again says so itself: cargo's target, pytest's and mypy's caches.
    "CACHEDIR.TAG": 1,
    ".git": 0,
    ".hg": 0,
    ".svn": 0,
    ".bzr": 0,
    ".cache": 0,
    ".npm": 0,
    ".tox": 0,
    ".nox": 0,
    ".gradle": 0,
    ".m2": 0,
    ".cargo": 0,
    ".rustup": 0,
    ".pytest_cache": 0,
    ".mypy_cache": 0,
    ".ruff_cache": 0,
    ".nyc_output": 0,
    ".terraform": 0,
    ".idea": 0,
    ".vscode": 0,
}
# A Python here shares its prefix with everything else.
_SHARED_PREFIXES = ("/", "/usr", "/usr/local", "/opt")
_METADATA = (".dist-info", ".egg-link")


class Environments:
    """Answers `contains(path)` for the paths of one image."""

    def __init__(self, index: RootfsIndex, named: Mapping[str, Sequence[str]]) -> None:
        """`named` is name → paths, see `rule.Context.named`."""
        self._folders: set[str] = set()
        for name, above in _LANDMARKS.items():
            for path in named.get(name, ()):
                self._folders.add(_above(path, above))
        for path in named.get("installed.json", ()):  # composer's list of packages
            if path.endswith("/vendor/composer/installed.json"):
                self._folders.add(_above(path, 2))
        for path in named.get("specifications", ()):  # RubyGems' home
            if f"{parent_of(path)}/gems" in index:
                self._folders.add(parent_of(path))
        for path in named.get("os.py", ()):  # a Python with its prefix, as uv and pyenv lay it
            library = parent_of(path)
            if f"{library}/encodings" in index:
                prefix = _above(library, 2)
                self._folders.add(library if prefix in _SHARED_PREFIXES else prefix)
        for name, paths in named.items():
            if name.endswith(_METADATA):  # pip install --target
                self._folders.update(map(parent_of, paths))
        self._folders.discard("/")
        self._known: dict[str, bool] = {"/": False}

    def contains(self, path: str) -> bool:
        """Whether the path is such a directory or lies in one."""
        asked = []
        while path not in self._known:
            asked.append(path)
            path = parent_of(path)
        answer = self._known[path]
        for below in reversed(asked):
            answer = answer or below in self._folders
            self._known[below] = answer
        return answer


def _above(path: str, levels: int) -> str:
    for _ in range(levels):
        path = parent_of(path)
    return path
