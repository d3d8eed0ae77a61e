"""Forms as browsers send them: fields alone, or with files."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from slimmer.probing.keys import NOT_EMPTY, Given, Items, Key, KeyProblemError, Keys, Shape

UPLOAD_LIMIT: Final = 8 * 1024 * 1024
"""Bytes of a file that a step uploads: it travels with the trace."""
Fields = tuple[tuple[str, str], ...]
"""(name, value) in their order."""


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file in a form."""

    field: str
    filename: str
    content: bytes
    content_type: str = "application/octet-stream"


def form_content(fields: Fields, files: tuple[Upload, ...]) -> tuple[bytes, str]:
    """The body of a form, and the Content-Type that goes with it.

    The boundary of a multipart body is made from its content, so that the same step sends the same
    bytes each time.
    """
    if files:
        return _multipart(fields, files)
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _multipart(fields: Fields, files: tuple[Upload, ...]) -> tuple[bytes, str]:
    parts = [
        (f'form-data; name="{_quoted(name)}"', "", value.encode("utf-8", "surrogateescape"))
        for name, value in fields
    ] + [
        (
            f'form-data; name="{_quoted(file.field)}"; filename="{_quoted(file.filename)}"',
            file.content_type,
            file.content,
        )
        for file in files
    ]
    digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogateescape")).hexdigest()
    boundary = f"slimmer-{digest[:32]}"
    body = bytearray()
    for disposition, content_type, data in parts:
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\n".encode()
        if content_type:
            body += f"Content-Type: {content_type}\r\n".encode()
        body += b"\r\n" + data + b"\r\n"
    body += f"--{boundary}--\r\n".encode()
    return bytes(body), f"multipart/form-data; boundary={boundary}"


def _quoted(text: str) -> str:
    """As browsers write names there (WHATWG HTML, multipart/form-data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _upload(given: Given, folder: Path) -> Upload:
    fields = dict(given)
    file = fields.pop("file", "")
    if file:
        fields["content"] = _content_of(folder / file)
    fields.setdefault("filename", os.path.basename(file) or fields["field"])
    return Upload(**fields)


def _content_of(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(UPLOAD_LIMIT + 1)
    except OSError as error:
        raise KeyProblemError("file", f"cannot read {file}: {error.strerror}") from error
    if len(content) > UPLOAD_LIMIT:
        raise KeyProblemError("file", f"{file} is larger than {UPLOAD_LIMIT >> 20} MiB")
    return content


UPLOADS: Final = Items(
    keys=Keys(
        keys=(
            Key("field", Shape.TEXT, "expected the name of the form's field", NOT_EMPTY),
            Key("file", Shape.TEXT),
            Key("content", Shape.BYTES),
            Key("filename", Shape.TEXT),
            Key("content_type", Shape.TEXT),
        )
    ),
    build=_upload,
    one_of=("file", "content"),
)
"""How a plan writes the files of a form."""
