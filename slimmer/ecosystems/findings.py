"""What the readers of the package managers' databases find: values, judged elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

RULE = "package-metadata"
"""The rule's name in the reasons of all that this stage keeps or generates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """One package of which files are left in the slim image."""

    type: str
    """The package URL's type: `deb`, `apk`, `rpm`, `pypi`, `npm`, `gem`, `maven`, `composer`."""
    namespace: str = ""
    """`debian`, `@scope`, a Maven group id; empty where the type has none."""
    name: str
    version: str
    qualifiers: tuple[tuple[str, str], ...] = ()
    """Of the package URL: `arch`, `distro`, `upstream`."""
    kept_files: int
    """Files and links that are left, documentation aside."""
    total_files: int
    """Files and links that the original has, documentation aside."""
    described_by: str
    """The file of the slim image that says so: what a scanner finds the package by. Empty where
    `--exclude` covers it."""
    requires: tuple[str, ...] = ()
    """Names of the packages of the same manager that it depends on and that are left."""
    files: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Files and links of it that are left, documentation aside."""

    @property
    def is_partial(self) -> bool:
        """Whether files of the package are missing."""
        return self.kept_files < self.total_files


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """One package of the original, whether anything of it is left or not."""

    type: str
    """As `Component.type`; `jar` for a Java archive."""
    name: str
    """As people write it: `@scope/name`."""
    size: int
    """Bytes of all of its files."""
    is_left: bool
    """Whether the slim image has any of them."""
    version: str = ""
    """Empty where the reader has not looked."""
    files: tuple[str, ...] = ()
    """Files and links that the original has of it."""
    architecture: str = ""
    """Of a distribution's package, in the distribution's words."""
    source: str = ""
    """Of a distribution's package: its source package."""
    declared: str = ""
    """The file that asks for it by name: the application's package.json, pip's mark of what it was
    told to install; empty where none is known."""
    is_asked_for: bool = False
    """Whether the image's author, and not that of an image below, asked the distribution's package
    manager for it by name, and not to build with, unless another one of those tools is left."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Further:
    """A path of the original that is kept because it describes a package that is left."""

    path: str
    detail: str
    """One phrase for humans, as in `values.Reason`."""
    because: str
    """A kept file of the package."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Generated:
    """A file that slimmer writes, at a path that the original may or may not have."""

    path: str
    content: bytes
    mtime_ns: int
    """Of the file of the original that it was made from, so that builds can be repeated."""
    detail: str
    because: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Findings:
    """All that one reader has to say."""

    components: tuple[Component, ...] = ()
    installed: tuple[Installed, ...] = ()
    """What the original has of such packages; none where that is not known."""
    further: tuple[Further, ...] = ()
    generated: tuple[Generated, ...] = ()
    superseded: tuple[str, ...] = ()
    """Paths that are not kept after all, because what is generated stands for them."""
    notes: tuple[str, ...] = ()
    """Sentences for the report."""
