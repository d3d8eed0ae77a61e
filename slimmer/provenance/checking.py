"""What of a provenance holds, and what nobody has looked at."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from slimmer import __version__
from slimmer.errors import ProvenanceMismatchError
from slimmer.provenance.keys import verified_by
from slimmer.provenance.reading import Attestation
from slimmer.provenance.statement import BUILD_TYPE, LOCAL_BUILDER

if TYPE_CHECKING:
    from securesystemslib.signer import SSlibKey


class Outcome(enum.Enum):
    """What is known of a thing."""

    HOLDS = "holds"
    UNCHECKED = "not checked"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that a provenance claims."""

    subject: str
    outcome: Outcome
    told: str


@dataclass(frozen=True, kw_only=True)
class KnownImage:
    """An image as an engine or a file has it."""

    name: str
    digests: Mapping[str, str]
    """`sha256:…` → what it is the digest of; at least one."""
    content_was_hashed: bool
    """Whether layers were hashed here; else the engine vouches for what its id says."""


def check_signature(attestation: Attestation, key: SSlibKey | None) -> Check:
    """Whether the key has signed the statement. `key` None: nobody asks. Raises
    ProvenanceMismatchError, and ProvenanceFileError for a damaged envelope."""
    if key is None:
        told = "nobody asked" if attestation.envelope else "the file is not signed"
        return Check(subject="signature", outcome=Outcome.UNCHECKED, told=told)
    if attestation.envelope is None:
        raise ProvenanceMismatchError(
            "the provenance is not signed: it is a bare statement",
            hint="name the provenance.dsse.json, which a build with --sign-key writes; "
            "--unsigned looks at what a bare statement says",
        )
    told = verified_by(attestation.envelope, key)
    return Check(subject="signature", outcome=Outcome.HOLDS, told=told)


def check_image(attestation: Attestation, image: KnownImage | None) -> Check:
    """Whether the statement is of the image. Raises ProvenanceMismatchError."""
    if image is None:
        names = ", ".join(name for name, _ in attestation.subjects())
        told = f"no image is named; the statement is of {names}"
        return Check(subject="image", outcome=Outcome.UNCHECKED, told=told)
    for name, digest in attestation.subjects():
        if digest in image.digests:
            hashed = "layers were hashed" if image.content_was_hashed else "as the engine has it"
            told = f"{image.name} is {name}, by its {image.digests[digest]} {digest} ({hashed})"
            return Check(subject="image", outcome=Outcome.HOLDS, told=told)
    known = "\n".join(f"{what}: {digest}" for digest, what in image.digests.items())
    listed = "\n".join(f"{name}: {digest}" for name, digest in attestation.subjects())
    raise ProvenanceMismatchError(
        f"the provenance is of another image than {image.name}",
        hint="each build writes its own: look beside the report of the build of this image",
        details=f"the image\n{known}\nthe statement\n{listed}",
    )


def claims(attestation: Attestation, *, signed: bool) -> Iterator[Check]:
    """What the statement says, and only who signed it vouches for."""
    builder = attestation.builder
    version = (builder.get("version") or {}).get("slimmer", "?")
    by = builder.get("id", "?")
    whose = "a build on somebody's machine" if by == LOCAL_BUILDER else f"builder {by}"
    kind = attestation.definition.get("buildType")
    what = f"slimmer {version}" if kind == BUILD_TYPE else f"a build of the type {kind}"
    vouched = "the signer alone vouches for it" if signed else "nobody vouches for it"
    yield Check(subject="builder", outcome=Outcome.UNCHECKED, told=f"{what}, {whose}: {vouched}")
    for each in attestation.definition.get("resolvedDependencies") or ():
        digest = "".join(f" {name}:{value}" for name, value in (each.get("digest") or {}).items())
        where = f" {each['uri']}" if each.get("uri") else ""
        yield Check(
            subject=str(each.get("name", "?")),
            outcome=Outcome.UNCHECKED,
            told=f"said to be{where}{digest}; --rebuild looks at it",
        )


def same_version(attestation: Attestation) -> bool:
    """Whether this slimmer is of the version that has built."""
    version = attestation.builder.get("version")
    return isinstance(version, dict) and version.get("slimmer") == __version__
