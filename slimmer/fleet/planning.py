"""Wishes and an engine → the builds that there are to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.build.compose import find_tool, image_of, read_document
from slimmer.engine import SESSION_REPOSITORY, Engine
from slimmer.errors import ConfigurationError, UsageError
from slimmer.fleet.document import ComposeWish, FleetFile, Place, Wish
from slimmer.fleet.fingerprint import fingerprint
from slimmer.fleet.foundation import FOUNDATION_LABEL
from slimmer.fleet.job import Job
from slimmer.fleet.names import expression, names_in_registry
from slimmer.image import (
    ORIGINAL_LABEL,
    debug_tag,
    parse_tag,
    read_original,
    repository_tags,
    slim_tag,
)
from slimmer.options import BuildOptions, DebugImage, FileSettings, build_options, laid_over
from slimmer.values import Original

_READING: Final = "slimmer-fleet"
"""The project name under which compose files are read; nothing is started under it."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A build, and what is known before it begins."""

    job: Job
    fingerprint: str
    original: Original | None
    """None where this machine's engine does not have it; a worker's may."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """The engine that has the originals and gets the results."""

    engine: Engine
    identity: str

    @classmethod
    def of(cls, engine: Engine) -> Home:
        """What the engine calls itself tells it from others at the same address elsewhere."""
        return cls(engine=engine, identity=str(engine.info().get("ID") or ""))


def plan_fleet(file: FleetFile, home: Home, folder: Path) -> tuple[Planned, ...]:
    """`folder`: where each build gets a folder of its own. Raises ConfigurationError for what
    cannot be meant, and what reading a compose file raises."""
    planned: dict[str, Planned] = {}
    places: dict[str, Place] = {}
    for wish in _spread(file, home.engine):
        try:
            each = _planned(wish, home, folder, file.limits.seconds)
        except UsageError as error:
            raise wish.place.error(error.message, error.hint) from error
        name = each.job.name
        if name in planned:
            raise _twice(wish, each.job.options.image, planned[name].job.options.image, name)
        planned[name], places[name] = each, wish.place
    return tuple(planned.values())


def _twice(wish: Wish, image: str, other: str, name: str) -> ConfigurationError:
    if image != other:
        return wish.place.error(
            f"{image} and {other} would both become {name}", "give one of them another `tag:`"
        )
    return wish.place.error(
        f"{image} is named a second time, and both would become {name}",
        "name it once (of a compose file, `services: [A, B]` takes these alone), or give one of "
        "them another `tag:`",
    )


def _spread(file: FleetFile, engine: Engine) -> Iterator[Wish]:
    """Each image for itself: those that are named, those that patterns find besides, services."""
    named = {wish.image for wish in file.wishes if not wish.is_pattern}
    for wish in file.wishes:
        if not wish.is_pattern:
            yield wish
            continue
        found = [name for name in _matching(wish.image, engine) if name not in named]
        if not found:
            raise wish.place.error(
                f"no image of the engine at {engine.address} matches {wish.image}",
                f"`{engine.tool} images` lists what there is; `*` stands for all but a slash",
            )
        named.update(found)
        yield from (_with_image(wish, name) for name in found)
    for wish in file.registry:
        found = [
            name
            for name in names_in_registry(wish)
            if name not in named and not _is_made(name, engine)
        ]
        named.update(found)
        yield from (_with_image(wish, name, pull=True) for name in found)
    for compose in file.compose:
        yield from _services(compose, engine)


def _with_image(wish: Wish, image: str, **more: Any) -> Wish:
    settings = laid_over(wish.settings, FileSettings(build={"image": image, **more}))
    return dataclasses.replace(wish, image=image, settings=settings)


def _matching(pattern: str, engine: Engine) -> list[str]:
    """Names that the whole pattern fits, a tag of any kind where it has none. What slimmer has
    made is passed over."""
    whole = expression(pattern)
    found = []
    for name in sorted(set(engine.image_names(pattern))):
        if not whole.fullmatch(name) or name.startswith(f"{SESSION_REPOSITORY}/"):
            continue
        if not _is_made(name, engine):
            found.append(name)
    return found


def _is_made(name: str, engine: Engine) -> bool:
    """Whether the engine has it, and it is a result of slimmer's."""
    labels = ((engine.find_image(name) or {}).get("Config") or {}).get("Labels") or {}
    return ORIGINAL_LABEL in labels or FOUNDATION_LABEL in labels


def _services(wish: ComposeWish, engine: Engine) -> Iterator[Wish]:
    document = read_document(find_tool(engine.address), [wish.file], _READING)
    every = document["services"]
    chosen = wish.services or [name for name, body in every.items() if (body or {}).get("image")]
    for service in chosen:
        try:
            image = image_of(document, service)
        except UsageError as error:
            raise wish.place.error(error.message, error.hint) from error
        own: dict[str, Any] = {
            "image": image,
            "compose.files": (wish.file,),
            "compose.service": service,
        }
        settings = laid_over(wish.settings, FileSettings(build=own))
        yield Wish(image=image, settings=settings, place=wish.place)


def _planned(wish: Wish, home: Home, folder: Path, seconds: float) -> Planned:
    options = build_options(wish.settings, {})
    inspection = home.engine.find_image(options.image) if options.image else None
    original = read_original(options.image, inspection) if inspection else None
    tags = repository_tags(inspection) if inspection else ()
    name = options.tag or _slim_name(options, original, tags)
    name = str(parse_tag(name))
    place = folder / name.replace("/", "_").replace(":", "_")
    options = dataclasses.replace(
        options, tag=name, report_directory=options.report_directory or place
    )
    job = Job(
        name=name,
        options=options,
        seconds=seconds,
        home=home.engine.address,
        home_id=home.identity,
    )
    return Planned(job=job, fingerprint=identify(job, home), original=original)


def identify(job: Job, home: Home) -> str:
    """The fingerprint of a build; empty where an image that it reads is not in this engine, so that
    nothing can be said of a former build."""
    options = job.options
    names = (options.image, *options.bases, options.debug_from)
    ids = {}
    for name in filter(None, names):
        inspection = home.engine.find_image(name)
        if inspection is None:
            return ""
        ids[name] = str(inspection["Id"])
    return fingerprint(options, ids)


def names_of(job: Job) -> tuple[str, ...]:
    """Those of the results."""
    is_alone = job.options.debug is DebugImage.NONE
    return (job.name,) if is_alone else (job.name, debug_tag(job.name))


def _slim_name(options: BuildOptions, original: Original | None, tags: tuple[str, ...]) -> str:
    known = original or Original(
        reference=options.image,
        id="",
        config={},
        architecture="",
        variant="",
        os="linux",
        created="",
        size=0,
        layers=(),
    )
    return slim_tag(known, repository_tags=tags)
