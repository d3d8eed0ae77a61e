"""Which links lead to the application itself, and what request each of them stands for."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit

from slimmer.probing import authority, is_loopback
from slimmer.values import HttpOrigin

_PATH_SAFE = "/%:@!$&'()*+,;=~-._[]"
_QUERY_SAFE = _PATH_SAFE + "?"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_BREAKS = re.compile(r"[\t\r\n]")


class Scope:
    """The origin of a crawl: scheme, host and port, as browsers compare them. Where the host is
    one of loopback's names, its other names are the same origin."""

    def __init__(self, origin: HttpOrigin) -> None:
        self._scheme = "https" if origin.tls else "http"
        self._host = origin.host
        self._port = origin.named_port or _DEFAULT_PORTS[self._scheme]
        self._root = f"{self._scheme}://{authority(origin)}"

    def url(self, path: str) -> str:
        """The whole URL of a request target."""
        return self._root + path

    def join(self, base: str, link: str) -> str | None:
        """The whole URL that a link in the document with this URL means; None where it leads to no
        HTTP server (`mailto:`, `data:`, …) or is not a URL at all."""
        link = _BREAKS.sub("", link.strip())
        if link.startswith("#") or not link:
            return None
        try:
            url = urljoin(base, link.replace("\\", "/") if _is_relative(link) else link)
            return url if urlsplit(url).scheme in _DEFAULT_PORTS else None
        except ValueError:
            return None

    def target(self, url: str) -> str | None:
        """The request target (path and query) for a URL; None where it is of another origin."""
        try:
            parts = urlsplit(url)
            port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
            host = (parts.hostname or "").lower()
        except ValueError:
            return None
        same_host = host == self._host or (is_loopback(host) and is_loopback(self._host))
        if parts.scheme != self._scheme or port != self._port or not same_host:
            return None
        if "@" in parts.netloc:
            return None
        path = quote(parts.path or "/", safe=_PATH_SAFE)
        query = quote(parts.query, safe=_QUERY_SAFE)
        return f"{path}?{query}" if query else path


def _is_relative(link: str) -> bool:
    return not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", link)
