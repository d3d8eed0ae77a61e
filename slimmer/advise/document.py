"""What `slim advise` recommends, as one value. `slim advise --json` prints exactly this tree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from slimmer import __version__
from slimmer.codec import Codec, Keywords

SCHEMA_VERSION: Final = 1
_DOCUMENTS: Final = Codec()


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Something that is in the image and was never opened."""

    name: str
    """A package (`deb git`), or a path."""
    size: int
    """Bytes of it that were not used."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One change, and what it is worth."""

    about: Annotated[str, Keywords(words=("base", "instruction", "hidden"))]
    """The base image, one instruction, or what layers hide."""
    size: int
    """Bytes that no traced run has used, or that no container can read. No byte is told
    of twice."""
    whole: int
    """Bytes of the layer; of hidden files, those of the image."""
    instruction: str = ""
    layer: int | None = None
    line: int | None = None
    """Of the Dockerfile; null where that is not known."""
    todo: tuple[str, ...]
    """Sentences: what to do."""
    packages: tuple[Evidence, ...] = ()
    """Packages that were never opened, the largest first."""
    places: tuple[Evidence, ...] = ()
    """Directories in which unused bytes are, or files that are hidden."""


@dataclass(frozen=True, kw_only=True)
class Remade:
    """A layer that the build before has not."""

    layer: int
    line: int | None = None
    """Of the Dockerfile; null where that is not known."""
    instruction: str
    size: int
    """Bytes of the layer."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is different from an earlier build of the same Dockerfile."""

    previous: str
    """The earlier image."""
    changed: Remade | None = None
    """The lowest layer that is another; null where none is."""
    remade: tuple[Remade, ...] = ()
    """Those above it that the same RUN has made anew."""
    size: int = 0
    """Bytes of all layers that are others: what a push sends."""
    todo: tuple[str, ...] = ()
    """Sentences: what to do."""


@dataclass(frozen=True, kw_only=True)
class Advices:
    """All of it."""

    slimmer_version: str = __version__
    schema_version: Annotated[int, Keywords(minimum=1, maximum=SCHEMA_VERSION)] = SCHEMA_VERSION
    image: str
    size: int
    """Bytes of the content of all layers."""
    used_size: int
    kept_size: int | None = None
    """Bytes of what was not used and the slim build of the report keeps all the same, as its rules
    hold that it may be needed; null where that is not known."""
    dockerfile: str = ""
    """The file whose lines are named; empty for none."""
    advice: tuple[Advice, ...]
    """The largest first."""
    order: Order | None = None
    """Against an earlier build, where one was named."""
    notes: tuple[str, ...] = ()

    @property
    def named_size(self) -> int:
        """Bytes that the advice is about in all."""
        return sum(each.size for each in self.advice)


def json_lines(document: Advices) -> Iterator[str]:
    """The document as JSON text (ASCII), in pieces."""
    return _DOCUMENTS.lines(document)
