"""The body of a request as its step describes it: plain, a form, or a form with files."""

from __future__ import annotations

import hashlib
from urllib.parse import urlencode

from slimmer.values import HttpProbe


def content_of(probe: HttpProbe) -> tuple[bytes, str]:
    """The body, and the Content-Type that goes with it (empty: none of its own).

    The boundary of a multipart body is made from its content, so that the same step sends the same
    bytes each time.
    """
    if probe.files:
        return _multipart(probe)
    if probe.form:
        return urlencode(probe.form).encode(), "application/x-www-form-urlencoded"
    return probe.body, ""


def _multipart(probe: HttpProbe) -> tuple[bytes, str]:
    parts = [
        (f'form-data; name="{_quoted(name)}"', "", value.encode("utf-8", "surrogateescape"))
        for name, value in probe.form
    ] + [
        (
            f'form-data; name="{_quoted(file.field)}"; filename="{_quoted(file.filename)}"',
            file.content_type,
            file.content,
        )
        for file in probe.files
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
