"""What an image may be known by: digests that an engine or a file has for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from slimmer.engine import connect
from slimmer.image.archive import Choice, is_image_file, read_image_file
from slimmer.provenance import KnownImage

_ID: Final = "id"
_REPOSITORY: Final = "digest in a registry"


def known_image(name: str, choice: Choice | None = None) -> KnownImage:
    """An image of the engine, an archive, or an OCI layout; the layers of files are hashed, and
    fail as those of `slim xray` where they are not what their digests say. Raises
    ImageNotFoundError, ImageFileError and ImageDigestError."""
    if is_image_file(name):
        content = read_image_file(Path(name), choice=choice)
        return KnownImage(name=name, digests={content.id: _ID}, content_was_hashed=True)
    engine = connect()
    try:
        return _of_engine(name, engine.inspect_image(name))
    finally:
        engine.close()


def _of_engine(name: str, inspection: dict[str, Any]) -> KnownImage:
    identity = str(inspection["Id"])
    digests = {identity if ":" in identity else f"sha256:{identity}": _ID}
    for known in inspection.get("RepoDigests") or ():
        digests.setdefault(known.partition("@")[2], _REPOSITORY)
    return KnownImage(name=name, digests=digests, content_was_hashed=False)
