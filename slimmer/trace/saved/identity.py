"""Which image a trace is of, and in what another one differs from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from slimmer.trace.saved.saved import Identity
from slimmer.values import Original


def identity_of(original: Original) -> Identity:
    """The identity of an image.

    Not its id: engines with a containerd store give the digest of the manifest there, others
    that of a document with the time of the build. What decides how a container behaves are its
    layers and its configuration, and those every engine tells alike.
    """
    configuration = json.dumps(original.config, sort_keys=True, separators=(",", ":"))
    platform = "/".join(filter(None, (original.os, original.architecture, original.variant)))
    return Identity(
        reference=original.reference,
        platform=platform,
        configuration="sha256:" + hashlib.sha256(configuration.encode()).hexdigest(),
        layers=original.layers,
    )


def differences(saved: Identity, present: Identity) -> Iterator[str]:
    """Phrases that tell in what `present` differs; none where it has the content that was
    traced."""
    if saved.platform != present.platform:
        yield f"it is for {present.platform}, not for {saved.platform}"
    if saved.layers != present.layers:
        yield _layers(saved.layers, present.layers)
    if saved.configuration != present.configuration:
        yield "its configuration (ENTRYPOINT, CMD, ENV, USER, …) is another one"


def _layers(saved: tuple[str, ...], present: tuple[str, ...]) -> str:
    pairs = zip(saved, present, strict=False)
    alike = next(
        (number for number, (one, other) in enumerate(pairs) if one != other),
        min(len(saved), len(present)),
    )
    if not alike:
        return "all of its layers are other ones"
    return f"its layers are the same up to number {alike} of {len(present)} only"
