"""How the results are called: `NAME:TAG-slim`, and `-debug` behind it for the debug image."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from slimmer.errors import UsageError
from slimmer.image.reference import Reference, is_image_id, parse_reference, parse_tag
from slimmer.values import Original

_SLIM: Final = "-slim"
_DEBUG: Final = "-debug"
_HEX: Final = re.compile(r"(?:sha256:)?[0-9a-f]{4,64}")


def slim_tag(original: Original, *, repository_tags: Sequence[str] = ()) -> str:
    """The slim image's name where the user gave none: the original's, with `-slim` at its end.

    `repository_tags` are the names that the engine has for the original; the first of them
    (sorted) stands in where the user named the original by its id. An original without any
    name cannot lend one: UsageError.
    """
    if names_by_id(original):
        names = sorted(name for name in repository_tags if "<none>" not in name)
        if not names:
            raise UsageError(
                f"{original.reference} has no name from which the slim image's could be made",
                hint="name the slim image: `--tag my-app:slim`",
            )
        return _with_suffix(parse_reference(names[0]), _SLIM)
    return _with_suffix(parse_reference(original.reference), _SLIM)


def debug_tag(slim: str) -> str:
    """The debug image's name: the slim image's with `-debug` at its end."""
    return _with_suffix(parse_tag(slim), _DEBUG)


def usual_results(reference: str) -> tuple[str, str]:
    """What a slim image and a debug image of that name are called where nobody says otherwise."""
    slim = _with_suffix(parse_reference(reference), _SLIM)
    return slim, debug_tag(slim)


def names_by_id(original: Original) -> bool:
    """Whether the user named the original by its id, or by the first digits of it.

    `cafe` may be both a name and the start of an id. It counts as an id only when the
    original's id does begin with it; a name by such a chance costs a `--tag`, no more.
    """
    reference = original.reference
    if is_image_id(reference):
        return True
    digits = reference.removeprefix("sha256:")
    return bool(_HEX.fullmatch(reference)) and original.id.removeprefix("sha256:").startswith(
        digits
    )


def _with_suffix(reference: Reference, suffix: str) -> str:
    tag = reference.tag
    if not tag:
        # A digest alone: its first digits keep two originals of one name apart.
        tag = reference.digest.partition(":")[2][:12] if reference.digest else "latest"
    named = f"{reference.name}:{tag}{suffix}"
    try:
        return str(parse_tag(named))
    except UsageError as error:
        raise UsageError(
            f"{reference} leaves no room for {suffix!r} at its end: {error.message}",
            hint="name the slim image yourself: `--tag my-app:small`",
        ) from error
