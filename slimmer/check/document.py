"""What a check found, as one value. `slim check --format json` prints exactly this tree.

docs/check.md explains it for its readers; docs/schemas has its form. A field that is added keeps
the schema's version; one that is removed, renamed or changed in meaning raises it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from slimmer.codec import Codec, Keywords
from slimmer.xray import ImageFacts, PackageShare, Share

SCHEMA_VERSION: Final = 1
DOCUMENTS: Final = Codec()
PASS: Final = "pass"
FAIL: Final = "fail"
ERROR: Final = "error"
Signed = Annotated[float, Keywords(minimum=-math.inf)]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that a gate stumbled over."""

    what: str
    """A path, a package, or the name of a test."""
    size: int | None = None
    """Bytes; null where they do not matter."""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What one gate measured, and whether that is within its limit."""

    subject: str = ""
    """What of the image it is about where a gate is asked several times: a pattern, a file."""
    status: Annotated[str, Keywords(words=(PASS, FAIL, ERROR))]
    """`error`: it could not be measured, and so it has not passed."""
    measured: str = ""
    """For people: `514 MB`, `3 files`; empty where nothing could be measured."""
    limit: str
    """For people: `at most 100 MB`, `none`."""
    value: Signed | None = None
    threshold: Signed | None = None
    unit: Annotated[str, Keywords(words=("", "bytes", "share", "files", "tests", "components"))] = (
        ""
    )
    """Of `value` and `threshold`; a share is 1 for all of it."""
    problem: str = ""
    """One clause: why it failed, or could not be measured."""
    hint: str = ""
    """What to do next."""
    found: int = 0
    """How many findings there are, those among them that are not listed."""
    findings: tuple[Finding, ...] = ()
    """The first ones, those first that matter most."""


@dataclass(frozen=True, kw_only=True)
class GateResult(Judgement):
    """A judgement, and the gate that made it."""

    gate: str
    """`max-size`, as its option is called."""
    title: str
    """What it measures, for people: `size`."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something large: a package, a directory without what belongs to packages, or a file."""

    kind: Annotated[str, Keywords(words=("package", "directory", "file"))]
    name: str
    """A package with its version, or a path."""
    type: str = ""
    """Of a package, as in package URLs: `deb`, `npm`, …"""
    size: int
    files: int
    used_size: int | None = None
    """Bytes of its files that a traced run has opened; null where that is not known."""


@dataclass(frozen=True, kw_only=True)
class StrategySize:
    """What the image would be like with another strategy of `slim build`."""

    strategy: str
    size: int
    """Bytes."""
    is_estimate: bool
    """Whether it was added up from the reasons in a report, and no such image was built."""


@dataclass(frozen=True, kw_only=True)
class SizeExplanation:
    """Why an image is as large as it is."""

    size: int
    """Bytes that a container of it can read."""
    usage: str = ""
    """The file that tells what was used; empty where none was found."""
    used_size: int | None = None
    """Bytes that a traced run has opened; null where that is not known."""
    things: tuple[Thing, ...]
    """The largest first; none is a part of another."""
    unused: tuple[Thing, ...] = ()
    """Of all of them, those that were never used; the largest first."""
    strategies: tuple[StrategySize, ...] = ()
    """The smallest first."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A package that is new, has grown, shrunk, or is not there any more."""

    type: str = ""
    """As in package URLs; empty for the files of no package."""
    name: str
    version: str = ""
    version_before: str = ""
    size: int | None = None
    """Bytes; null where it is not there any more."""
    size_before: int | None = None
    """Bytes; null where it is new."""


@dataclass(frozen=True, kw_only=True)
class Growth:
    """The image beside an earlier one."""

    baseline: str
    """The file or image that was named."""
    reference: str
    """What it says that it is of."""
    size: int
    size_before: int
    files: int | None = None
    files_before: int | None = None
    """Null where the baseline does not tell, as for `packages_before`."""
    packages: int | None = None
    packages_before: int | None = None
    changes: tuple[Change, ...] = ()
    """What has grown most first, what has shrunk most last."""


@dataclass(frozen=True, kw_only=True)
class CheckDocument:
    """What `slim check` found."""

    slimmer_version: str
    schema_version: Annotated[int, Keywords(minimum=1, maximum=SCHEMA_VERSION)] = SCHEMA_VERSION
    image: ImageFacts
    passed: bool
    """Whether every gate was measured and is within its limit."""
    gates: tuple[GateResult, ...]
    growth: Growth | None = None
    """Null without a baseline, or where it could not be read."""
    explanation: SizeExplanation | None = None
    """Null unless a gate of bytes has failed."""
    packages: tuple[PackageShare, ...]
    """The largest first. With `image` they make the document a baseline of later checks."""
    unpackaged: Share
    """What belongs to no package."""
    notes: tuple[str, ...] = ()
    """Sentences on what could not be told."""

    def having(self, status: str) -> tuple[GateResult, ...]:
        """The gates with this status."""
        return tuple(each for each in self.gates if each.status == status)


def json_lines(document: CheckDocument) -> Iterator[str]:
    """The document as JSON text (ASCII), in pieces. Bytes of a path that are not UTF-8 are lone
    surrogates, as in report.json."""
    return DOCUMENTS.lines(document)
