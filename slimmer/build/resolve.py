"""Before anything starts: the original, and names for the results that take nothing from the
user."""

from __future__ import annotations

from pathlib import Path

from slimmer.build.destinations import refuse_unpushable
from slimmer.disk import is_directory
from slimmer.engine import Engine
from slimmer.errors import (
    BaseMissingError,
    ImageNotFoundError,
    UsageError,
)
from slimmer.image import (
    ORIGINAL_LABEL,
    debug_tag,
    parse_tag,
    read_original,
    repository_tags,
    slim_tag,
)
from slimmer.options import BuildOptions, DebugImage
from slimmer.values import Compression, Original


def resolve(engine: Engine, options: BuildOptions) -> tuple[Original, str, str]:
    """(the original, the slim image's name, the debug image's name or nothing).

    Raises ImageNotFoundError, and UsageError for names that cannot be used.
    """
    _refuse_what_fails_later(options)
    inspection = engine.inspect_image(options.image)
    history = engine.image_history(options.image)
    original = read_original(options.image, inspection, history)
    if original.os != "linux":
        raise UsageError(f"{original.reference} is an image for {original.os}, not for Linux")
    _refuse_other_platform(engine, options, original)
    _refuse_foreign_tools(engine, options, original)
    own_names = repository_tags(inspection)
    slim = str(parse_tag(options.tag or slim_tag(original, repository_tags=own_names)))
    debug = "" if options.debug is DebugImage.NONE else debug_tag(slim)
    for name in filter(None, (slim, debug)):
        _refuse_foreign(engine, name)
    refuse_unpushable(options, slim)
    return original, slim, debug


def _refuse_other_platform(engine: Engine, options: BuildOptions, original: Original) -> None:
    present = (original.os, original.architecture, original.variant)
    for wanted in options.platforms:
        parts = wanted.name.split("/")
        if tuple(parts) != present[: len(parts)]:
            raise UsageError(
                f"{original.reference} is for {'/'.join(filter(None, present))} in the engine at "
                f"{engine.address}, and not for {wanted.name}",
                hint=f"name the image for it (--platform {wanted.name}=IMAGE), or the engine that "
                f"has it (--engine {wanted.name}=ssh://user@host)",
            )


def _refuse_foreign_tools(engine: Engine, options: BuildOptions, original: Original) -> None:
    """Raises ImageNotFoundError, and UsageError for tools that cannot run in the debug image."""
    if options.debug is not DebugImage.FROM_IMAGE:
        return
    tools = read_original(options.debug_from, engine.inspect_image(options.debug_from))
    if (tools.os, tools.architecture) != (original.os, original.architecture):
        raise UsageError(
            f"--debug-from: {tools.reference} is for {tools.os}/{tools.architecture}, and "
            f"{original.reference} for {original.os}/{original.architecture}",
            hint="name an image of that platform that has a busybox, or say --no-debug",
        )


def resolve_bases(
    engine: Engine, options: BuildOptions, original: Original
) -> tuple[Original, ...]:
    """What `--base` names. Raises BaseMissingError, and BaseUnfitError for a platform that is not
    the original's."""
    if not options.bases:
        return ()
    from slimmer.base import check_platform  # most builds have none

    bases = []
    for reference in dict.fromkeys(options.bases):
        try:
            inspection = engine.inspect_image(reference)
        except ImageNotFoundError as error:
            raise BaseMissingError(
                f"the base {reference} is not in the engine at {engine.address}", hint=error.hint
            ) from error
        base = read_original(reference, inspection)
        check_platform(base, original)
        bases.append(base)
    return tuple(bases)


def read_missed(options: BuildOptions) -> tuple[tuple[str, str], ...]:
    """(path, file) for each path in the files of `--include-from`. Raises WatchFileError."""
    if not options.include_from:
        return ()
    from slimmer.watch import read_missed_paths  # most builds have none

    return tuple(
        (path, str(file)) for file in options.include_from for path in read_missed_paths(file)
    )


def _refuse_what_fails_later(options: BuildOptions) -> None:
    """Mistakes that a later step would find after a minute's work."""
    if options.rules or options.without_rules:
        from slimmer.ecosystems import RULEBOOK  # see loading.py
        from slimmer.keep import check_rule_names

        check_rule_names((*options.rules, *options.without_rules), RULEBOOK)
    if any(role.openapi is not None for role in options.all_roles):
        from slimmer.probing.explore.openapi import require_schemathesis

        require_schemathesis()
    if options.compression is not Compression.NONE and not options.output:
        raise UsageError(
            "--compress is for the layers of --output, which is not given",
            hint="say where to, as in `--output my-app/`; the engine compresses what it pushes",
        )
    if options.output:
        from slimmer.pack import output_target

        output_target(options.output)
    _refuse_evidence(options)
    if options.sign_key is not None:
        if not options.provenance:
            raise UsageError("--sign-key signs the provenance, and --no-provenance writes none")
        from slimmer.provenance import read_signer  # most builds sign nothing

        read_signer(options.sign_key)
    place = options.save_trace
    if _is_no_place(place):
        raise UsageError(
            f"the trace cannot be saved to {place}",
            hint="name a file in a folder that is there",
        )


def _is_no_place(file: Path | None) -> bool:
    """Whether a file is wanted where none can be."""
    return file is not None and (is_directory(file) or not is_directory(file.parent))


def _refuse_evidence(options: BuildOptions) -> None:
    """Raises MissingExtraError, ScanFileError, and UsageError for places that cannot be written
    to."""
    if not (options.spdx or options.scan or options.vex or options.export_prefetch):
        return
    from slimmer.evidence import read_scan, require_spdx  # most builds write none

    if options.spdx:
        require_spdx()
    if (options.scan is None) != (options.vex is None):
        raise UsageError(
            "--scan and --vex go together: a scanner has to name the weaknesses that VEX speaks of",
            hint=f"trivy image --format json -o scan.json {options.image}, then "
            "--scan scan.json --vex vex.json",
        )
    if options.scan is not None:
        read_scan(options.scan)
    for name, file in (("--vex", options.vex), ("--export-prefetch", options.export_prefetch)):
        if _is_no_place(file):
            raise UsageError(
                f"{name}: {file} cannot be written",
                hint="name a file in a folder that is there",
            )


def _refuse_foreign(engine: Engine, name: str) -> None:
    """A tag may move from an older result of slimmer, never from an image of the user's."""
    try:
        present = engine.inspect_image(name)
    except ImageNotFoundError:
        return
    if ORIGINAL_LABEL not in ((present.get("Config") or {}).get("Labels") or {}):
        raise UsageError(
            f"the name {name} belongs to an image that slimmer did not make",
            hint=f"choose another with --tag, or remove that name first ({engine.tool} rmi {name})",
        )
