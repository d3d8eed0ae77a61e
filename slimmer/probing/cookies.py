"""Cookies that a plan's steps carry from one answer to the next request."""

from __future__ import annotations

import http.client
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar


class Cookies:
    """A browser's jar. Safe to use from several threads."""

    def __init__(self) -> None:
        self._jar = CookieJar()

    def header_for(self, path: str, headers: Mapping[str, str]) -> str:
        """The Cookie header of a request; empty where it needs none."""
        request = _request(path, headers)
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie") or ""

    def remember(
        self, path: str, headers: Mapping[str, str], response: http.client.HTTPResponse
    ) -> None:
        """Take what the answer to a request sets."""
        self._jar.extract_cookies(response, _request(path, headers))


def _request(path: str, headers: Mapping[str, str]) -> urllib.request.Request:
    """The request by a name that does not depend on which of the target's addresses answers."""
    given = next((value for name, value in headers.items() if name.lower() == "host"), "")
    host = given.partition(":")[0] or "127.0.0.1"
    return urllib.request.Request(f"http://{host}{path}")
