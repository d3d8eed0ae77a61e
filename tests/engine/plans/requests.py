"""Requests by the standard library, as a witness that knows nothing of slimmer's own probes."""

from __future__ import annotations

import urllib.error
import urllib.request

from tests.apps.container import Container


def ask(container: Container, port: int, path: str, **headers: str) -> tuple[int, str, str]:
    """Status, Content-Type and body of a GET, headers named with _ for -."""
    request = urllib.request.Request(
        container.url(port, path),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=20) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["Content-Type"], error.read().decode()
