"""Forms as browsers send them: fields alone, or with files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import urlencode

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
