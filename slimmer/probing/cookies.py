"""Cookies that a plan's steps carry from one answer to the next request."""

from __future__ import annotations

import urllib.request
from collections.abc import Mapping
from email.message import Message
from http.cookiejar import CookieJar
from typing import Any

from slimmer.values import HttpAnswer, HttpOrigin


class Cookies:
    """A browser's jar. Safe to use from several threads."""

    def __init__(self) -> None:
        self._jar = CookieJar()

    def header_for(self, origin: HttpOrigin, path: str, headers: Mapping[str, str]) -> str:
        """The Cookie header of a request; empty where it needs none."""
        request = _request(origin, path, headers)
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie") or ""

    def remember(
        self, origin: HttpOrigin, path: str, headers: Mapping[str, str], answer: HttpAnswer
    ) -> None:
        """Take what the answer to a request sets."""
        answered: Any = _Answered(answer)
        self._jar.extract_cookies(answered, _request(origin, path, headers))


class _Answered:
    """What the jar needs of an answer."""

    def __init__(self, answer: HttpAnswer) -> None:
        self._headers = Message()
        for name, value in answer.headers:
            self._headers[name] = value

    def info(self) -> Message:
        return self._headers


def _request(origin: HttpOrigin, path: str, headers: Mapping[str, str]) -> urllib.request.Request:
    """The request by the name that the application has, whichever of its addresses answers."""
    given = next((value for name, value in headers.items() if name.lower() == "host"), "")
    scheme = "https" if origin.tls else "http"
    return urllib.request.Request(f"{scheme}://{given.partition(':')[0] or origin.host}{path}")
