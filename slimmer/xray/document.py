"""What an image consists of, as one value. `slim xray --json` prints exactly this tree.

docs/xray.md explains it for its readers; docs/schemas has its form. A field that is added keeps the
schema's version; one that is removed, renamed or changed in meaning raises it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from slimmer.codec import Codec, Keywords
from slimmer.xray.dive import DiveFigures

SCHEMA_VERSION: Final = 1
_DOCUMENTS: Final = Codec()


@dataclass(frozen=True, kw_only=True)
class ImageFacts:
    """The image that was read."""

    reference: str
    """As the user named it."""
    source: Annotated[str, Keywords(words=("engine", "docker-archive", "oci-layout"))]
    """What it was read from."""
    id: str
    """`sha256:…` of its configuration."""
    name: str = ""
    """What an archive calls it."""
    platform: str
    created: str = ""
    """RFC 3339; empty where the image states none."""
    system: str = ""
    """The distribution, as /etc/os-release calls it."""
    size: int
    """Bytes of the content of all layers, as tar headers tell them: without headers and padding.
    dive's `sizeBytes`."""
    visible_size: int
    """Bytes that a container of it can read."""
    files: int
    """Files, links and devices that a container of it has; directories are not counted."""


@dataclass(frozen=True, kw_only=True)
class Layer:
    """One layer, the lowest is number 0."""

    number: int
    digest: str
    """`sha256:…` of its uncompressed tar (diff_id)."""
    instruction: str = ""
    """As it would stand in a Dockerfile; empty where the history says nothing."""
    created_by: str = ""
    """The history's own words."""
    created: str = ""
    size: int
    """Bytes of content."""
    used_size: int | None = None
    """Bytes of its files that a traced run has opened; null where there is no trace."""
    hidden_size: int
    """Bytes of its files that layers above hide: nobody can read them, each pull transfers them."""
    hides_size: int
    """Bytes of files of lower layers that it hides."""
    same_size: int
    """Bytes that it repeats: a lower layer has the same content under the same path, so a mode, an
    owner or a time was changed."""
    added: int
    """Files, links and devices that no lower layer has."""
    added_size: int
    changed: int
    changed_size: int
    removed: int
    """Those of lower layers that it removes."""
    removed_size: int
    unused: tuple[Share, ...] = ()
    """Where those of its visible bytes are that a traced run has not used: at most ten directories,
    the largest first. Empty where there is no trace."""


@dataclass(frozen=True, kw_only=True)
class HiddenPath:
    """A file whose bytes are in the image, and which no container can read."""

    path: str
    size: int
    layer: int
    """The layer that holds it."""
    hidden_by: int
    """The layer that replaced or removed it."""
    how: Annotated[str, Keywords(words=("removed", "replaced", "repeated"))]
    """`repeated`: replaced by the same content."""


@dataclass(frozen=True, kw_only=True)
class HiddenFiles:
    """All of them."""

    size: int
    files: int
    largest: tuple[HiddenPath, ...]


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of what a container of the image has."""

    name: str
    """A directory, with all below it; or a type of files."""
    files: int
    size: int
    used_size: int | None = None
    """Bytes of those files that a traced run has opened; null where there is no trace."""


@dataclass(frozen=True, kw_only=True)
class PackageShare:
    """An installed package."""

    type: str
    """As in package URLs: `deb`, `apk`, `rpm`, `pypi`, `npm`, `gem`, `composer`; `jar` for Java
    archives."""
    name: str
    version: str = ""
    files: int
    size: int
    used_size: int | None = None
    layer: int | None = None
    """The layer that has most of its bytes; null in documents of before."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """One place of a content."""

    path: str
    layer: int
    is_hidden: bool


@dataclass(frozen=True, kw_only=True)
class Duplicate:
    """The same content at several paths, or in several layers; hard links are one copy."""

    size: int
    """Bytes of one copy."""
    copies: int
    extra_size: int
    """Bytes of all copies but one."""
    places: tuple[Copy, ...]
    """The first ones."""


@dataclass(frozen=True, kw_only=True)
class Duplicates:
    """All of them."""

    groups: int
    extra_size: int
    largest: tuple[Duplicate, ...]


@dataclass(frozen=True, kw_only=True)
class Privilege:
    """A file or directory that grants more than others do."""

    path: str
    what: Annotated[
        str, Keywords(words=("setuid", "setgid", "file capabilities", "world-writable"))
    ]
    owner: str = ""
    """`0:0`: user and group."""
    detail: str = ""
    """The capabilities by name."""
    package: str = ""
    layer: int


@dataclass(frozen=True, kw_only=True)
class Secret:
    """Something that looks like a secret. Its value is not told."""

    what: str
    """`RSA private key`, `GitHub token`, …"""
    place: str
    """A path, `ENV NAME`, or `ARG NAME`."""
    line: int = 0
    """In the file; 0 where it is in none."""
    layer: int | None = None
    """Null for what is in the configuration."""
    is_hidden: bool = False
    """Whether a layer above removed or replaced the file: the secret is in the image all the
    same."""
    package: str = ""
    """The package that brought it, mostly for its tests."""


@dataclass(frozen=True, kw_only=True)
class Usage:
    """What a traced run of the image has opened or executed."""

    source: str
    """The file that told of it."""
    size: int
    """Bytes of those files."""
    files: int


@dataclass(frozen=True, kw_only=True)
class RuleVerdict:
    """One rule of `.dive-ci`."""

    rule: Annotated[
        str, Keywords(words=("lowestEfficiency", "highestWastedBytes", "highestUserWastedPercent"))
    ]
    threshold: str
    """As it was set."""
    value: float | None
    """What the image has; null where that cannot be told."""
    verdict: Annotated[str, Keywords(words=("pass", "fail", "skip"))]
    """`skip`: the rule is disabled."""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """All rules together."""

    passed: bool
    rules: tuple[RuleVerdict, ...]


@dataclass(frozen=True, kw_only=True)
class Xray:
    """What `slim xray` found."""

    slimmer_version: str
    schema_version: Annotated[int, Keywords(minimum=1, maximum=SCHEMA_VERSION)] = SCHEMA_VERSION
    image: ImageFacts
    verdict: Verdict | None = None
    """Of --ci; null without it."""
    usage: Usage | None = None
    """Null where neither a trace nor a report was named."""
    layers: tuple[Layer, ...]
    """Lowest first."""
    hidden: HiddenFiles
    dive: DiveFigures
    directories: tuple[Share, ...]
    """Those with at least a hundredth of the bytes, sorted by path; `/` is the first."""
    types: tuple[Share, ...]
    """The largest first."""
    packages: tuple[PackageShare, ...]
    """The largest first."""
    unpackaged: Share
    """What belongs to no package."""
    duplicates: Duplicates
    privileges: tuple[Privilege, ...]
    secrets: tuple[Secret, ...]
    dockerfile: tuple[str, ...]
    """Lines of a Dockerfile, as far as the history tells."""
    notes: tuple[str, ...] = ()
    """Sentences on what could not be told."""


def json_lines(xray: Xray) -> Iterator[str]:
    """The document as JSON text (ASCII), in pieces. Bytes of a path that are not UTF-8 are lone
    surrogates, as in report.json."""
    return _DOCUMENTS.lines(xray)
