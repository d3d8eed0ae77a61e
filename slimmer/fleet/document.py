"""fleet.yaml: which images there are, and how each of them is built.

docs/fleet.md describes it; relative paths in the file are relative to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from slimmer.errors import ConfigurationError
from slimmer.options import Document, FileSettings, Section, laid_over, read_section

IMAGES: Final = "images"
REGISTRY: Final = "registry"
_WILD: Final = "*?["


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where something stands in a file, for errors."""

    document: Document
    key: str

    def error(self, problem: str, hint: str = "") -> ConfigurationError:
        """An error that begins with file, line and key."""
        return self.document.error(self.key, problem, hint)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One line of a fleet: an image, or a pattern that stands for several."""

    image: str
    """A name, or a glob of the engine's names (`team/*:stable`); empty where a compose file says
    it."""
    settings: FileSettings
    """What slim.yaml could say of it, defaults included."""
    place: Place

    @property
    def is_pattern(self) -> bool:
        """Whether the engine's names are looked through for it."""
        return any(character in _WILD for character in self.image)


@dataclass(frozen=True, kw_only=True)
class ComposeWish:
    """Services of a compose file that are slimmed, each as a service."""

    file: Path
    services: tuple[str, ...] = ()
    """None: each that has an `image:`."""
    settings: FileSettings
    place: Place


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a build may cost."""

    seconds: float = 1800.0
    """Until one try is ended."""
    retries: int = 2
    """Further tries after a failure that may pass by: of an engine, a disk, a worker."""
    pause: float = 5.0
    """Seconds before the first further try; each next one waits twice as long."""


@dataclass(frozen=True, kw_only=True)
class FleetFile:
    """What a fleet.yaml says."""

    wishes: tuple[Wish, ...]
    registry: tuple[Wish, ...] = ()
    """Their images are names in a registry, or globs of them."""
    compose: tuple[ComposeWish, ...] = ()
    limits: Limits = field(default_factory=Limits)
    share: str = ""
    """As `--share`; empty where nothing is said."""


def read_fleet(path: Path) -> FleetFile:
    """Raises ConfigurationError with file, line and key."""
    path = path.absolute()
    document = Document(path)
    root = document.root()
    folder = path.parent
    defaults = _settings(root.section("defaults"), folder)
    wishes = [
        *_wishes(root, IMAGES, folder, defaults),
        *_from_files(root, folder, defaults),
    ]
    registry = tuple(_wishes(root, REGISTRY, folder, defaults))
    compose = tuple(_compose(root, folder, defaults))
    limits = _limits(root)
    share = _share(root)
    root.finish()
    if not wishes and not registry and not compose:
        raise document.error(
            "",
            "no image is named",
            "list them below `images:`, `registry:`, `files:` or `compose:`",
        )
    return FleetFile(
        wishes=tuple(wishes), registry=registry, compose=compose, limits=limits, share=share
    )


def _settings(section: Section | None, folder: Path) -> FileSettings:
    if section is None:
        return FileSettings()
    for name in ("image", "tag"):
        if section.has(name):
            raise section.error(name, "each image has its own", "write it below `images:`")
    return read_section(section, folder)


def _items(root: Section, name: str) -> Iterator[tuple[Any, str]]:
    """(value, its key) for each element of a list; a single text is a list of one."""
    value = root.take(name)
    if value is None:
        return
    for number, each in enumerate(value if isinstance(value, list) else [value]):
        yield each, f"{root.path_of(name)}[{number}]"


def _wishes(root: Section, name: str, folder: Path, shared: FileSettings) -> Iterator[Wish]:
    document = root.document
    for value, key in _items(root, name):
        place = Place(document=document, key=key)
        if isinstance(value, str):
            settings = laid_over(shared, FileSettings(build={"image": value}))
        else:
            own = read_section(Section(document, key, value), folder)
            settings = laid_over(shared, own)
        image = str(settings.build.get("image", ""))
        if not image and "compose.files" not in settings.build:
            raise place.error("no image is named", "write `image: NAME`, or only the name")
        yield Wish(image=image, settings=settings, place=place)


def _from_files(root: Section, folder: Path, defaults: FileSettings) -> Iterator[Wish]:
    """slim.yaml files, which may have `images:` in the place of `image:`."""
    for value, key in _items(root, "files"):
        place = Place(document=root.document, key=key)
        if not isinstance(value, str):
            raise place.error("expected the name of a slim.yaml, or a glob")
        found = sorted(folder.glob(value)) if any(each in _WILD for each in value) else [
            folder / value
        ]  # fmt: skip
        if not found:
            raise place.error(f"no file matches {value}")
        if not all(each.is_file() for each in found):
            raise place.error(f"there is no file {value} in {folder}")
        for file in found:
            yield from _from_file(file, defaults)


def _from_file(file: Path, defaults: FileSettings) -> Iterator[Wish]:
    document = Document(file)
    root = document.root()
    images = root.take(IMAGES) if root.has(IMAGES) else None
    settings = laid_over(defaults, read_section(root, file.parent))
    place = Place(document=document, key="")
    if images is None:
        image = str(settings.build.get("image", ""))
        if not image and "compose.files" not in settings.build:
            raise place.error("no image is named", "write `image:`, or several below `images:`")
        yield Wish(image=image, settings=settings, place=place)
        return
    if "image" in settings.build:
        raise document.error("image", "it and `images` exclude each other")
    yield from _wishes(Section(document, "", {IMAGES: images}), IMAGES, file.parent, settings)


def _compose(root: Section, folder: Path, defaults: FileSettings) -> Iterator[ComposeWish]:
    for value, key in _items(root, "compose"):
        place = Place(document=root.document, key=key)
        section = Section(root.document, key, {"file": value} if isinstance(value, str) else value)
        file = section.scalar("file", str, "")
        if not file:
            raise place.error("which compose file? write `file: NAME`")
        services = section.texts("services")
        section.finish()
        yield ComposeWish(file=folder / file, services=services, settings=defaults, place=place)


def _share(root: Section) -> str:
    """In YAML `off` is false."""
    if root.get("share") is False:
        root.take("share")
        return "off"
    return root.scalar("share", str, "")


def _limits(root: Section) -> Limits:
    section = root.section("limits")
    if section is None:
        return Limits()
    usual = Limits()
    limits = Limits(
        seconds=section.scalar("seconds", float, usual.seconds),
        retries=section.scalar("retries", int, usual.retries),
        pause=section.scalar("pause", float, usual.pause),
    )
    section.finish()
    for name, is_wrong in (
        ("seconds", limits.seconds <= 0),
        ("retries", limits.retries < 0),
        ("pause", limits.pause < 0),
    ):
        if is_wrong:
            raise section.error(name, f"{getattr(limits, name):g} is too small")
    return limits
