"""Image references: `[HOST[:PORT]/]NAME[:TAG][@DIGEST]`, or an image id.

The grammar is the one that the engines themselves use (the `reference` package of the
distribution project). A text that does not fit it is refused here, before an engine sees it,
with a UsageError that says which part is wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from slimmer.errors import UsageError

_COMPONENT: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_PATH: Final = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_HOST: Final = re.compile(
    r"(?:\[[0-9a-fA-F:]+\]"
    r"|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)"
    r"(?::[0-9]+)?"
)
_TAG: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST: Final = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}")
_IMAGE_ID: Final = re.compile(r"(?:sha256:)?[0-9a-f]{64}")
_LONGEST_NAME: Final = 255
_LONGEST_TAG: Final = 128


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A name of an image, in its parts."""

    host: str = ""
    """The registry, with its port where it has one: `registry.example:5000`; empty where none
    was written, which the engines read as Docker Hub."""
    path: str
    """`my-app`, `team/my-app`."""
    tag: str = ""
    digest: str = ""
    """`sha256:…`."""

    @property
    def name(self) -> str:
        """Everything before the tag, as it was written."""
        return f"{self.host}/{self.path}" if self.host else self.path

    @property
    def full_name(self) -> str:
        """The name as containerd keeps it: `docker.io/library/my-app`."""
        host = self.host or "docker.io"
        if host in ("docker.io", "index.docker.io"):
            host = "docker.io"
            return f"{host}/{self.path if '/' in self.path else 'library/' + self.path}"
        return f"{host}/{self.path}"

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.name}{tag}{digest}"


def is_image_id(text: str) -> bool:
    """Whether the text can only be an image id: 64 hex digits, `sha256:` before them or not."""
    return _IMAGE_ID.fullmatch(text) is not None


def parse_reference(text: str) -> Reference:
    """The parts of an image name.

    An image id is no name: ask `is_image_id` first. Raises UsageError for anything that an
    engine would refuse as well.
    """
    if not text:
        raise UsageError("an image name is empty", hint="name the image, as in `my-app:latest`")
    if is_image_id(text):
        raise UsageError(
            f"{text!r} is an image id, where a name is needed",
            hint="write a name such as `my-app:small`",
        )
    rest, separator, digest = text.partition("@")
    if separator and not _DIGEST.fullmatch(digest):
        raise _malformed(text, f"{digest!r} is not a digest (`sha256:` and 64 hex digits)")
    # A colon behind the last slash begins a tag; before it, it belongs to the host's port.
    last = rest.rpartition("/")[2]
    name, tag = rest, ""
    if ":" in last:
        name, _, tag = rest.rpartition(":")
        if not _TAG.fullmatch(tag):
            raise _malformed(text, _tag_complaint(tag))
    if len(name) > _LONGEST_NAME:
        raise _malformed(text, f"the name has {len(name)} characters, {_LONGEST_NAME} may be")
    host, path = _split_host(name)
    if host and not _HOST.fullmatch(host):
        raise _malformed(text, f"{host!r} is not a host name")
    if not _PATH.fullmatch(path):
        lower = path.lower()
        hint = (
            f"Names are written in lower case: {lower!r}."
            if path != lower and _PATH.fullmatch(lower)
            else ""
        )
        complaint = (
            f"{path!r} is not made of lower-case letters and digits, with single `.`, `_`, `__` or "
            "dashes between them"
            if path
            else "there is no name before the tag"
        )
        raise _malformed(text, complaint, hint)
    return Reference(host=host, path=path, tag=tag, digest=digest)


def parse_tag(text: str) -> Reference:
    """A name under which a finished image is to be stored: `latest` where it states no tag.

    Raises UsageError for a digest as well: what is not built yet cannot be named by content.
    """
    reference = parse_reference(text)
    if reference.digest:
        raise UsageError(
            f"{text!r} names an image by its digest, which a new image cannot have yet",
            hint=f"write `--tag {reference.name}:TAG`",
        )
    return Reference(host=reference.host, path=reference.path, tag=reference.tag or "latest")


def _split_host(name: str) -> tuple[str, str]:
    """The first component is a host when it could not be part of a path: the engines' rule."""
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        return first, rest
    return "", name


def _tag_complaint(tag: str) -> str:
    if not tag:
        return "the tag behind the colon is empty"
    if len(tag) > _LONGEST_TAG:
        return f"the tag has {len(tag)} characters, {_LONGEST_TAG} may be"
    return f"{tag!r} is not a tag: letters, digits, `_`, `.` and `-`, not beginning with `.` or `-`"


def _malformed(text: str, complaint: str, hint: str = "") -> UsageError:
    return UsageError(
        f"{text!r} is not an image name: {complaint}",
        hint=hint or "an image is written as [HOST[:PORT]/]NAME[:TAG][@DIGEST]",
    )
