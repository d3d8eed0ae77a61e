"""Another build of the original than the one that was traced: what of it may be another one, and
when the trace no longer says what it needs."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from slimmer.build.job import Job
from slimmer.build.values import OriginalFiles
from slimmer.ecosystems import DEPENDENCY_FOLDERS
from slimmer.errors import TraceDriftError
from slimmer.trace.saved import (
    Change,
    Contents,
    Drift,
    Misfit,
    SavedTrace,
    Units,
    contents_of,
    drift,
    identity_of,
    misfits,
    package_key,
)
from slimmer.words import count


def refuse_before_reading(
    job: Job, file: Path, saved: SavedTrace, changed: tuple[str, ...]
) -> None:
    """Raises TraceDriftError where it can be told from the image's description that the trace does
    not fit: another platform, or a trace of before that knows nothing but the image itself.
    `changed` are words for what of the description is another one."""
    if not changed:
        return
    if is_of_other_platform(job, saved):
        if job.options.allow_drift:
            return
        raise TraceDriftError(
            _of_another(job, file) + "; ".join(changed),
            hint=f"trace this image with --save-trace FILE; --allow-drift looks for what {file} "
            f"names under the names that it has on {job.platform}",
            details=_saved_for(saved),
        )
    if saved.identity.contents is None and not job.options.allow_drift:
        raise TraceDriftError(
            _of_another(job, file) + "; ".join(changed),
            hint=f"an older slimmer saved it, without what tells whether only the application has "
            f"changed: {_what_next(file)}",
            details=_saved_for(saved),
        )


def is_of_other_platform(job: Job, saved: SavedTrace) -> bool:
    """Whether the trace is of an image for other processors, or in another form for them."""
    return saved.identity.platform != identity_of(job.original).platform


def drift_of_platform(job: Job, saved: SavedTrace, renamed: int, files: OriginalFiles) -> None:
    """Tell what of the trace of another platform is not in this image. Content is another one
    wherever there are programs, and says nothing. `renamed` is how many paths have other names."""
    found = drift(saved, files.index, files.server.content)
    gone = tuple(each for each in found if each.change is Change.GONE)
    words = (
        f"the trace is of {saved.identity.platform}: {renamed:,} of its {len(saved.paths):,} paths "
        f"have other names on {job.platform}"
    )
    if gone:
        job.warn(f"{words}, and {len(gone):,} are not there: {_named(gone)}")
    else:
        job.notes.append(f"{words}, and all that it found is there")


def fitting_drift(
    job: Job, file: Path, saved: SavedTrace, files: OriginalFiles
) -> tuple[Drift, ...]:
    """What has changed of the trace's paths, sorted by path, where the trace still fits: the
    application may change, and with --allow-drift everything. Raises TraceDriftError."""
    from slimmer.pack import APPLICATION  # see loading.py

    drifted = _with_layers(job, files, tuple(drift(saved, files.index, files.server.content)))
    before = saved.identity.contents
    found = () if before is None else _misfits(job, saved, before, files, drifted)
    if found and not job.options.allow_drift:
        raise TraceDriftError(
            f"the trace {file} no longer fits {job.original.reference}: "
            + "; ".join(map(str, found)),
            hint=f"what the application stands on has changed: {_what_next(file)}",
            details=_saved_for(saved),
        )
    own = sum(each.layer == APPLICATION for each in drifted)
    if found or own < len(drifted):
        _warn(job, drifted)
    elif drifted:
        job.notes.append(
            f"the trace is of another build of the original: {_shown(drifted)}. All of it is the "
            "application's own, and taken as it is now; the system and the dependencies are those "
            "that were traced"
        )
    else:
        job.notes.append("the trace is of another build of the original; no path in it has changed")
    return drifted


def _with_layers(job: Job, files: OriginalFiles, drifted: tuple[Drift, ...]) -> tuple[Drift, ...]:
    from slimmer.pack import layers_of  # see loading.py

    ends = {each.path: _real(files, each.path) for each in drifted}
    layers = layers_of(
        files.index.get,
        set(ends.values()),
        # Whether a file was changed after the packages' installation is told by the others.
        (entry.path for entry in files.index),
        files.packages.owner,
        dependency_folders=DEPENDENCY_FOLDERS,
        working_directory=str(job.original.config.get("WorkingDir") or "/"),
    )
    return tuple(dataclasses.replace(each, layer=layers[ends[each.path]]) for each in drifted)


def _real(files: OriginalFiles, path: str) -> str:
    entry = files.index.resolve(path).entry
    return path if entry is None else entry.path


def _misfits(
    job: Job,
    saved: SavedTrace,
    before: Contents,
    files: OriginalFiles,
    drifted: tuple[Drift, ...],
) -> tuple[Misfit, ...]:
    from slimmer.pack import APPLICATION

    units = Units(files.index, DEPENDENCY_FOLDERS)
    seen = {_real(files, path) for path in saved.paths}
    owners = (files.packages.owner(path) for path in seen)
    return misfits(
        before,
        contents_of(
            job.original, files.index, files.packages, dependency_folders=DEPENDENCY_FOLDERS
        ),
        drifted,
        application=APPLICATION,
        used_packages=frozenset(package_key(owner) for owner in owners if owner is not None),
        unit=units.of,
        seen=seen,
    )


def _warn(job: Job, drifted: tuple[Drift, ...]) -> None:
    job.warn(
        f"the trace is of another original: {_shown(drifted)}; what the changes need was never seen"
        if drifted
        else "the trace is of another original; no path in it has changed, but what it stands on"
    )


def _shown(drifted: tuple[Drift, ...]) -> str:
    return f"{count(len(drifted), 'path')} of it {_have(drifted)} changed: {_named(drifted)}"


def _named(drifted: tuple[Drift, ...]) -> str:
    shown = ", ".join(f"{each.path} ({each.change.value})" for each in drifted[:3])
    more = f" and {len(drifted) - 3:,} more" if len(drifted) > 3 else ""
    return f"{shown}{more}"


def _have(drifted: tuple[Drift, ...]) -> str:
    return "has" if len(drifted) == 1 else "have"


def _of_another(job: Job, file: Path) -> str:
    return f"the trace {file} is of another original than {job.original.reference}: "


def _saved_for(saved: SavedTrace) -> str:
    return f"it was saved for {saved.identity.reference}"


def _what_next(file: Path) -> str:
    return (
        f"trace this image with --save-trace {file}; --retrace does so by itself where it is "
        "needed, and --allow-drift takes the old trace and reports what has changed"
    )
