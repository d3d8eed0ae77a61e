"""An image's account, from its saved report or from the images themselves."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from slimmer.engine import Engine, Session, connect
from slimmer.errors import (
    EngineUnreachableError,
    ImageNotFoundError,
    NotSlimmedError,
    OriginalMissingError,
    ReportMismatchError,
    UsageError,
)
from slimmer.explain.account import Account
from slimmer.files import RootfsIndex, parent_of, read_packages
from slimmer.image import ORIGINAL_LABEL, read_original
from slimmer.report import (
    Fate,
    LanguagePackage,
    SavedReport,
    content_sizes,
    find_report,
    language_packages,
    read_report,
)
from slimmer.trace.run import FileServer, container_marks
from slimmer.trace.wire import read_trace
from slimmer.values import Original, Sighting
from slimmer.workspace import workspace
from slimmer.xray import installed_in


def account_of(image: str, *, original: str = "", place: Path | None = None) -> Account:
    """What is known of the slim or debug `image`.

    `place` is a report or its folder; None: it is looked for. `original` is what the user thinks
    that the image was made from; empty: nothing. Raises ImageNotFoundError, NotSlimmedError,
    ReportFileError, ReportMismatchError, UsageError for another original, and
    OriginalMissingError where there is no report and no original either.
    """
    saved = read_report(place) if place else None
    try:
        engine = connect()
    except EngineUnreachableError:
        if saved is None or not _names(saved, image):
            raise
        return _from_report(saved, image, notes=("no engine answers: the report is believed",))
    try:
        return _account(engine, image, original, saved)
    finally:
        engine.close()


def builds_of(first: str, second: str) -> tuple[Account, Account] | None:
    """The accounts of two slim images; None where the first is no slim image, or is the one that
    the second was made from. Raises as `account_of`."""
    engine = connect()
    try:
        labels = [_labels(engine.inspect_image(image)) for image in (first, second)]
        made_from = labels[1].get(ORIGINAL_LABEL)
        if ORIGINAL_LABEL not in labels[0] or engine.inspect_image(first)["Id"] == made_from:
            return None
        return _account(engine, first, "", None), _account(engine, second, "", None)
    finally:
        engine.close()


def account_of_report(place: Path) -> Account:
    """What a report, or the one in a folder, tells of its slim image by itself: no engine is asked.
    Raises ReportFileError."""
    saved = read_report(place)
    return _from_report(saved, saved.slim.reference)


def sightings_of(account: Account) -> Sequence[Sighting] | None:
    """What the traced run saw, from the trace beside the report; None where there is none. Raises
    TraceFileError."""
    return read_trace(account.trace, account.index).sightings if account.trace else None


def _account(engine: Engine, image: str, original: str, saved: SavedReport | None) -> Account:
    try:
        inspection = engine.inspect_image(image)
    except ImageNotFoundError:
        if saved is None or not _names(saved, image):
            raise
        note = f"the engine does not have {image}: the report is believed"
        return _from_report(saved, image, notes=(note,))
    identity = str(inspection["Id"])
    labels = _labels(inspection)
    if ORIGINAL_LABEL not in labels:
        raise NotSlimmedError(
            f"{image} was not built by slimmer: it has no label {ORIGINAL_LABEL}",
            hint="name a slim image, or its debug image",
        )
    made_from = str(labels[ORIGINAL_LABEL])
    if original:
        _check_original(engine, image, original, made_from)
    if saved is None:
        file = find_report(identity)
        saved = read_report(file) if file else None
    elif identity not in _ids(saved):
        raise ReportMismatchError(
            f"the report {saved.file} is of another build: it tells of {saved.slim.reference} "
            f"({saved.slim.id[:19]}), and {image} is {identity[:19]}",
            hint="a later build may have moved the tag, or replaced the report",
        )
    if saved is not None and saved.is_whole:
        return _from_report(saved, image, identity)
    account = _from_images(engine, image, inspection, made_from, saved)
    return account if saved is None else _with_reasons(account, saved)


def _labels(inspection: Mapping[str, Any]) -> Mapping[str, str]:
    return (inspection.get("Config") or {}).get("Labels") or {}


def _check_original(engine: Engine, image: str, original: str, made_from: str) -> None:
    identity = str(engine.inspect_image(original)["Id"])
    if identity != made_from:
        raise UsageError(
            f"{image} was made from {made_from[:19]}, and {original} is {identity[:19]}",
            hint=f"the tag may have moved since; `slim diff {image}` compares with the right one",
        )


def _from_report(
    saved: SavedReport, image: str, identity: str = "", *, notes: tuple[str, ...] = ()
) -> Account:
    debug = saved.debug
    is_debug = debug is not None and (identity or image) in (debug.id, debug.reference)
    return Account(
        image=image,
        image_size=debug.size if debug is not None and is_debug else saved.slim.size,
        is_debug=is_debug,
        original=saved.original.reference,
        original_size=saved.original.size,
        fates=with_languages(saved.fates, saved.language_packages),
        language_packages=saved.language_packages,
        report=saved.file,
        strategy=saved.strategy,
        phases=saved.phases,
        excluded=saved.excluded,
        heavy=saved.heavy,
        trace=saved.trace,
        notes=notes,
    )


def _from_images(
    engine: Engine,
    image: str,
    inspection: Mapping[str, Any],
    made_from: str,
    saved: SavedReport | None,
) -> Account:
    """By the indexes of both images, taken side by side."""
    try:
        original = read_original(made_from, engine.inspect_image(made_from))
    except ImageNotFoundError:
        raise OriginalMissingError(
            f"the original of {image} ({made_from[:19]}) is not in the engine any more"
            + ("" if saved else ", and no report was found"),
            hint="name the report of the build with --report, which tells without the original",
        ) from None
    finished = read_original(image, inspection)
    with Session(engine) as session, workspace() as folder, ThreadPoolExecutor() as pool:
        servers = [
            FileServer(session, each, folder / name)
            for name, each in (("original", original), ("finished", finished))
        ]
        whole, left = pool.map(lambda server: server.index(), servers)
        packages = read_packages(whole, servers[0].content)
        installed = installed_in(whole, servers[0].content)
    sizes = content_sizes(whole, left)
    fates = {
        entry.path: Fate(
            path=entry.path,
            type=entry.type,
            size=sizes.get(entry.path, 0),
            kept=entry.path in left,
            package=getattr(packages.owner(entry.path), "name", ""),
            target=entry.link_target,
        )
        for entry in whole
    }
    fates |= _made(left, whole, finished)
    languages = language_packages(installed, sizes)
    where = "there is no dropped.json beside the report" if saved else "no report was found"
    names = sorted(engine.inspect_image(made_from).get("RepoTags") or ())
    return Account(
        image=image,
        image_size=finished.size,
        is_debug=False,
        original=names[0] if names else made_from,
        original_size=original.size,
        fates=with_languages(fates, languages),
        language_packages=languages,
        notes=(f"{where}: compared the images instead, which show what was dropped but not why",),
    )


def with_languages(
    fates: Mapping[str, Fate], packages: Sequence[LanguagePackage]
) -> Mapping[str, Fate]:
    """What belongs to no package of the distribution belongs to that of a language around it."""
    if not packages:
        return fates
    owners: dict[str, LanguagePackage | None] = {"/": None}
    for package in packages:
        for path in package.paths:
            owners.setdefault(path, package)

    def owner(path: str) -> LanguagePackage | None:
        if path not in owners:
            owners[path] = owner(parent_of(path))
        return owners[path]

    return {
        path: dataclasses.replace(fate, package=found.name, package_type=found.type)
        if not fate.package and (found := owner(path)) and fate.in_original and not fate.of_base
        else fate
        for path, fate in fates.items()
    }


def _made(left: RootfsIndex, whole: RootfsIndex, finished: Original) -> dict[str, Fate]:
    """What is in the finished image alone."""
    marks = container_marks(finished)
    return {
        entry.path: Fate(
            path=entry.path,
            type=entry.type,
            size=entry.size,
            kept=True,
            target=entry.link_target,
            made=True,
        )
        for entry in left
        if entry.path not in whole and not marks.covers(entry)
    }


def _with_reasons(account: Account, saved: SavedReport) -> Account:
    """The report knows all of what is kept, the images all of what was dropped."""
    return dataclasses.replace(
        account,
        fates=with_languages({**account.fates, **saved.fates}, account.language_packages),
        report=saved.file,
        strategy=saved.strategy,
        phases=saved.phases,
        excluded=saved.excluded,
        heavy=saved.heavy,
        trace=saved.trace,
    )


def _names(saved: SavedReport, image: str) -> bool:
    images = [each for each in (saved.slim, saved.debug) if each]
    return image in {*_ids(saved), *(each.reference for each in images)}


def _ids(saved: SavedReport) -> set[str]:
    return {each.id for each in (saved.slim, saved.debug) if each}
