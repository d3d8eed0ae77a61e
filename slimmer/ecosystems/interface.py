"""An ecosystem is all that is known of one language: how its environments are found, what of them
stays, what describes its packages. One value for each, in a folder or file of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from slimmer.ecosystems.reader import Reader
from slimmer.keep import Landmark, OwnPackages, Rule


@dataclass(frozen=True, kw_only=True)
class Ecosystem:
    """One language with its tools."""

    name: str
    """As the field writes it: `Python`, `PHP`."""
    landmarks: tuple[Landmark, ...] = ()
    """What a directory is known by that holds a runtime, installed packages or a tool's cache: no
    application's own files, and the rules here decide about it."""
    folders: tuple[str, ...] = ()
    """Names of directories of installed packages, wherever they lie: they are packed below the
    application, since they change less often. `NAME/CHILD` where applications have folders of that
    name as well, and what is in it tells."""
    sources: tuple[str, ...] = ()
    """How the names of source files end, and of settings in a format of the language's own."""
    own_packages: OwnPackages | None = None
    """Finds the author's own code among installed packages, where it was installed as one."""
    rules: tuple[type[Rule], ...] = ()
    """What stays of its runtimes and packages; name and summary of each are what `slim rules` and
    docs/strategies.md say of it."""
    readers: tuple[type[Reader], ...] = ()
    """What describes its packages to scanners, and in the SBOM."""
