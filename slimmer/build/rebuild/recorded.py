"""What a provenance records of a build, as the build is told it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from slimmer.build.job import source_date_epoch
from slimmer.errors import ProvenanceMismatchError, UsageError
from slimmer.options import BuildOptions, DebugImage, Role
from slimmer.provenance import (
    BASE,
    DEBUG_TOOLS,
    INCLUDE_FROM,
    ORIGINAL,
    TRACE,
    Attestation,
    file_digest,
)
from slimmer.values import RunOptions, Strategy

Variables = tuple[tuple[str, str], ...]
"""(name, value) of environment variables."""


def recorded_options(attestation: Attestation, trace: Path, environment: Variables) -> BuildOptions:
    """What decides about the images, as the statement has it; the rest is as it may be. Raises
    UsageError for what it does not say, and nobody gives."""
    told = attestation.external
    slim = _reference(attestation, "slim")
    debug = DebugImage(told.get("debug", DebugImage.FROM_ORIGINAL.value))
    bases = [recorded_digest(attestation, BASE)] if attestation.dependencies(BASE) else []
    if not _reference(attestation, "debug"):
        debug = DebugImage.NONE
    given = dict(environment)
    missing: set[str] = set()
    roles = told.get("roles") or {}
    options = BuildOptions(
        image=recorded_digest(attestation, ORIGINAL),
        tag=slim,
        strategy=Strategy(told.get("strategy", BuildOptions.strategy.value)),
        rules=tuple(told.get("rules", ())),
        without_rules=tuple(told.get("without_rules", ())),
        includes=tuple(told.get("includes", ())),
        excludes=tuple(told.get("excludes", ())),
        include_from=_included(attestation),
        sbom_in_image=bool(told.get("sbom_in_image", False)),
        allow_drift=bool(told.get("allow_drift", False)),
        from_trace=trace,
        debug=debug,
        debug_from=recorded_digest(attestation, DEBUG_TOOLS)
        if debug is DebugImage.FROM_IMAGE
        else "",
        bases=tuple(bases),
        healthcheck=False,
        run=_run(
            {key.removeprefix("run."): told[key] for key in told if key.startswith("run.")},
            given,
            missing,
        ),
        roles=tuple(
            Role(name=name, run=_run(role, given, missing), healthcheck=False)
            for name, role in roles.items()
        ),
    )
    if missing:
        raise UsageError(
            "a provenance has no values of variables, and the build had "
            + ", ".join(sorted(missing)),
            hint=f"give them, as in -e {min(missing)}=VALUE",
        )
    return options


def _run(told: Mapping[str, Any], given: Mapping[str, str], missing: set[str]) -> RunOptions:
    """What decisions depend on; the container is not run."""
    names = list(told.get("environment") or ())
    missing |= {name for name in names if name not in given}
    return dataclasses.replace(
        RunOptions(),
        environment=tuple((name, given.get(name, "")) for name in names),
        user=str(told.get("user", "")),
        workdir=str(told.get("workdir", "")),
    )


def recorded_trace(attestation: Attestation, given: Path | None, beside: Path) -> Path:
    """The saved trace of the build, by its digest. Raises UsageError where it is not there, and
    ProvenanceMismatchError for another one."""
    known = attestation.dependencies(TRACE)
    if not known or not (known[0].get("annotations") or {}).get("saved"):
        raise UsageError(
            "the build has not saved its trace, and nothing else says what was seen",
            hint="build with --save-trace FILE, and keep that file beside the provenance",
        )
    name = Path(str(known[0].get("uri", "")).removeprefix("file:")).name
    places = [given] if given is not None else [beside / name, Path(name)]
    for place in places:
        if place.is_file():
            if file_digest(place)["sha256"] != known[0]["digest"].get("sha256"):
                raise ProvenanceMismatchError(
                    f"{place} is another trace than the one that the images were built from",
                    hint="its digest is in the statement: find the file of that build",
                )
            return place
    raise UsageError(
        f"the trace {name} is not here: looked for {', '.join(map(str, places))}",
        hint="say where it is with --trace FILE",
    )


def _included(attestation: Attestation) -> tuple[Path, ...]:
    files = []
    for each in attestation.dependencies(INCLUDE_FROM):
        file = Path(str(each.get("uri", "")).removeprefix("file:"))
        if not file.is_file() or file_digest(file) != each.get("digest"):
            raise UsageError(
                f"{file}, which was given with --include-from, is not here as it was",
                hint="call slim in the folder of the build",
            )
        files.append(file)
    return tuple(files)


def check_epoch(attestation: Attestation) -> None:
    """Raises UsageError where times would be clamped otherwise than in the build."""
    told = attestation.internal.get("sourceDateEpoch")
    if told != source_date_epoch():
        wanted = "unset" if told is None else f"{told}"
        raise UsageError(
            f"SOURCE_DATE_EPOCH was {wanted} in the build, and is not here",
            hint="unset SOURCE_DATE_EPOCH" if told is None else f"SOURCE_DATE_EPOCH={told} slim …",
        )


def recorded_digest(attestation: Attestation, name: str) -> str:
    """`sha256:…` of a dependency. Raises UsageError."""
    for each in attestation.dependencies(name):
        if digits := (each.get("digest") or {}).get("sha256"):
            return f"sha256:{digits}"
    raise UsageError(f"the statement does not say the {name}: nothing can be made again of it")


def recorded_reference(attestation: Attestation, name: str) -> str:
    """What a dependency was called; for people only."""
    for each in attestation.dependencies(name):
        return str((each.get("annotations") or {}).get("reference", ""))
    return ""


def _reference(attestation: Attestation, image: str) -> str:
    for each in attestation.statement["subject"]:
        told = each.get("annotations") or {}
        if told.get("image") == image:
            return str(told.get("reference", ""))
    return ""
