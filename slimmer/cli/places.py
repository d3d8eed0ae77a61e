"""What people name where an image of the engine is meant: a directory, a Dockerfile, an archive.
Each is answered with the line that makes an image of it."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Final

from slimmer.disk import exists, is_directory, is_regular
from slimmer.errors import UsageError

_DOCKERFILES: Final = ("Dockerfile", "Containerfile")
_TOOLS: Final = ("docker", "podman")
_ARCHIVES: Final = (".tar", ".tar.gz", ".tgz")


def _tool() -> str:
    """What this machine has to build images with."""
    return next((each for each in _TOOLS if shutil.which(each)), _TOOLS[0])


def refuse_place(image: str) -> None:
    """Raises UsageError where the text is a place of this machine, and can be no image's name or
    is plainly not meant so."""
    place = Path(image)
    if not re.match(r"\.{1,2}(/|$)|/|~", image) and not (
        is_regular(place) and (place.name in _DOCKERFILES or image.endswith(_ARCHIVES))
    ):
        return
    if is_directory(place):
        raise _directory(image, place)
    if is_regular(place) and image.endswith(_ARCHIVES):
        raise UsageError(
            f"{image} is a file, and slim builds from an image of the engine",
            hint=f"{_tool()} load -i {shlex.quote(image)} makes one, and says its name",
        )
    if is_regular(place) and place.name.startswith(_DOCKERFILES):
        raise _dockerfile(image, place, place.parent)
    what = "is not an image" if exists(place) else "is not there"
    raise UsageError(
        f"{image} {what}", hint=f"slim build IMAGE; `{_tool()} images` lists what there is"
    )


def how_to_name_one() -> str:
    """A hint for who has named no image: the line that makes one, where a Dockerfile is here."""
    here = Path()
    for name in _DOCKERFILES:
        if is_regular(here / name):
            return f"{_dockerfile('.', here / name, here).hint} (or `image:` in slim.yaml)"
    return "slim build IMAGE --http-probe /health, or `image:` in slim.yaml"


def _directory(image: str, place: Path) -> UsageError:
    if is_regular(place / "slim.yaml") and place.resolve() != Path.cwd():
        return UsageError(
            f"{image} is a directory, and slim builds from an image",
            hint=f"it has a slim.yaml: slim build --file {shlex.quote(str(place / 'slim.yaml'))}",
        )
    for name in _DOCKERFILES:
        if is_regular(place / name):
            return _dockerfile(image, place / name, place)
    return UsageError(
        f"{image} is a directory without a Dockerfile, and slim builds from an image",
        hint=f"slim build IMAGE; `{_tool()} images` lists what there is",
    )


def _dockerfile(image: str, file: Path, context: Path) -> UsageError:
    name = re.sub(r"[^a-z0-9]+", "-", context.resolve().name.lower()).strip("-") or "my-app"
    is_usual = file.name == _DOCKERFILES[0]
    chosen = "" if is_usual else f"-f {shlex.quote(str(file))} "
    return UsageError(
        f"{image} is the place of a Dockerfile, and slim builds from an image",
        hint=f"{_tool()} build -t {name} {chosen}{shlex.quote(str(context))} && slim build {name}",
    )
