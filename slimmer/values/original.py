"""The image that the user names, as its engine describes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class CopiedFiles:
    """One COPY or ADD instruction, as the image's history has it."""

    destination: str
    """Absolute; a directory, or the path of a single file."""
    sources: tuple[str, ...] = ()
    """As written, relative to the build's context or another stage's root; empty where the builder
    wrote down digests instead."""


@dataclass(frozen=True, kw_only=True)
class Original:
    """The image that the user names, as the engine describes it. Never changed."""

    reference: str
    """What the user typed, e.g. `my-app:latest` or `sha256:…`."""
    id: str
    """The engine's image id, `sha256:…`; every container of a run is made from this id."""
    config: Mapping[str, Any]
    """The `config` object of the image (`Env`, `Cmd`, `Entrypoint`, …), keys as in the OCI and
    Docker image specifications; keys with empty values are left out."""
    architecture: str
    """`amd64`, `arm64`, …"""
    variant: str
    """`v8`, …; empty where the image states none."""
    os: str
    created: str
    """RFC 3339 time of the image's creation; empty where the image states none."""
    author: str = ""
    """What MAINTAINER says; empty where the image states none."""
    size: int
    """Bytes of all layers, uncompressed, as the engine reports them."""
    layers: tuple[str, ...]
    """diff_ids (`sha256:…`), lowest layer first."""
    copied: tuple[CopiedFiles, ...] = ()
    """What was copied into it and into the images below, oldest first; empty where the engine has
    no history of it."""
    has_base: bool = True
    """Whether the lowest layer is a distribution's: false where an author began with `scratch`."""
    base_finished: int = 0
    """When the image that it is `FROM` was finished, in seconds since 1970; 0 where that is not
    known."""
