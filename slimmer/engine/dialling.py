"""The SDK's adapter for socket files, with connections that somebody else makes in their place."""

from __future__ import annotations

import socket
from typing import Any

from docker.transport.unixconn import UnixHTTPAdapter, UnixHTTPConnection, UnixHTTPConnectionPool


class DiallingAdapter(UnixHTTPAdapter):
    """Each connection is what `dial` gives."""

    def __init__(self, timeout: int, max_pool_size: int) -> None:
        super().__init__("http+unix://dialled", timeout, max_pool_size=max_pool_size)

    def get_connection(self, url: Any, proxies: Any = None) -> Any:
        """The pool of connections, made at first."""
        with self.pools.lock:
            if url not in self.pools:
                self.pools[url] = _Pool(self, url)
            return self.pools[url]

    def dial(self) -> socket.socket:
        """A new connection to the engine."""
        raise NotImplementedError


class _Pool(UnixHTTPConnectionPool):
    def __init__(self, adapter: DiallingAdapter, url: str) -> None:
        super().__init__(url, "", adapter.timeout, maxsize=adapter.max_pool_size)
        self._adapter = adapter

    def _new_conn(self) -> Any:
        return _Connection(self._adapter)


class _Connection(UnixHTTPConnection):
    def __init__(self, adapter: DiallingAdapter) -> None:
        super().__init__("", "", adapter.timeout)
        self._adapter = adapter

    def connect(self) -> None:
        self.sock = self._adapter.dial()
        self.sock.settimeout(self.timeout)
