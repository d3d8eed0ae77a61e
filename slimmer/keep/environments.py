"""Directories that hold a runtime or installed packages: no application's own files, though they
often lie among them (`/app/.venv`, `/app/node_modules`).
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from slimmer.files import RootfsIndex, name_of, parent_of
from slimmer.keep.below import Below

# A runtime here shares its prefix with everything else.
_SHARED_PREFIXES = ("/", "/usr", "/usr/local", "/opt")


@dataclass(frozen=True, kw_only=True, slots=True)
class Landmark:
    """A file or directory by which another one is known for an environment."""

    name: str
    """`pyvenv.cfg`; a pattern, `*.dist-info`; or the end of a path, `composer/installed.json`."""
    above: int = 0
    """How far above the landmark the environment begins."""
    above_if_shared: int | None = None
    """The same where that would be a directory of everybody's (`/usr/local`); None: that one."""
    beside: str = ""
    """What lies in the landmark's directory too, else it is none."""
    claims: tuple[str, ...] = ()
    """What else belongs to it where it shares its prefix with everybody: names or patterns in a
    directory below the prefix, `bin/pip*`."""


def directories(*names: str) -> tuple[Landmark, ...]:
    """Landmarks that are environments themselves."""
    return tuple(Landmark(name=name) for name in names)


# What a tool can make again says so itself: cargo's target, pytest's and mypy's caches.
_COMMON = (
    Landmark(name="CACHEDIR.TAG", above=1),
    *directories(".git", ".hg", ".svn", ".bzr", ".terraform", ".idea", ".vscode"),
    # A model or a browser in ~/.cache is used; these fill it while something is built.
    *directories(
        *(f".cache/{name}" for name in ("bazel", "ccache", "fontconfig", "mesa_shader_cache")),
        ".cache/pre-commit",
    ),
)


class Environments:
    """Answers `contains(path)` for the paths of one image."""

    def __init__(
        self,
        index: RootfsIndex,
        named: Mapping[str, Sequence[str]],
        landmarks: Iterable[Landmark] = (),
        own: Iterable[str] = (),
    ) -> None:
        """`named` is name → paths, see `rule.Context.named`; `landmarks` are those of languages.
        `own` are files of the author's that were installed among the packages of others."""
        folders: set[str] = set()
        for landmark in (*_COMMON, *landmarks):
            for path in _places(landmark, named):
                if landmark.beside and f"{parent_of(path)}/{landmark.beside}" not in index:
                    continue
                folder = _above(path, landmark.above)
                if landmark.above_if_shared is not None and folder in _SHARED_PREFIXES:
                    for claim in landmark.claims:
                        folders.update(_claimed(index, folder, claim))
                    folder = _above(path, landmark.above_if_shared)
                folders.add(folder)
        self._below = Below(folders.__contains__)
        self._own = frozenset(own)

    def contains(self, path: str) -> bool:
        """Whether the path is such a directory, or lies in one and is not the author's own."""
        return path in self._below and path not in self._own

    def surround(self, path: str) -> bool:
        """Whether the path is such a directory or lies in one, whosever it is."""
        return path in self._below


def _places(landmark: Landmark, named: Mapping[str, Sequence[str]]) -> Iterator[str]:
    name = name_of(f"/{landmark.name}")
    for each in fnmatch.filter(named, name) if "*" in name else (name,):
        yield from (path for path in named.get(each, ()) if _ends(path, landmark.name))


def _claimed(index: RootfsIndex, prefix: str, claim: str) -> Iterator[str]:
    folder, _, name = claim.rpartition("/")
    for entry in index.children(f"{prefix}/{folder}".replace("//", "/")):
        if fnmatch.fnmatchcase(name_of(entry.path), name):
            yield entry.path


def _ends(path: str, name: str) -> bool:
    return "/" not in name or path.endswith(f"/{name}")


def _above(path: str, levels: int) -> str:
    for _ in range(levels):
        path = parent_of(path)
    return path
