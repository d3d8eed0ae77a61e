"""A WebSocket server: `/till` tells prices that lie in files, `/` is an ordinary page."""

from __future__ import annotations

import http
import ssl
import sys
import threading
from pathlib import Path
from typing import Any

from websockets.sync.server import Server, ServerConnection, serve

PORT = 8765


class Shop:
    """The running server."""

    def __init__(
        self,
        prices: Path,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        certificate: Path | None = None,
        greeting: str = "welcome",
        unavailable: int = 0,
    ) -> None:
        """`prices` has a file for each thing; so many first clients are told to come later."""
        self._prices, self._greeting, self._unavailable = prices, greeting, unavailable
        context = None
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
        self.server: Server = serve(
            self._talk,
            host,
            port,
            ssl=context,
            select_subprotocol=lambda _, offered: next(
                (name for name in offered if name == "till.v2"), None
            ),
            process_request=self._refused,
        )
        self.port = self.server.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def _refused(self, connection: ServerConnection, request: Any) -> Any:
        if self._unavailable:
            self._unavailable -= 1
            return connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "not yet\n")
        if not request.path.startswith("/till"):
            return connection.respond(http.HTTPStatus.OK, "a page\n")
        return None

    def _talk(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        told = connection.request.headers.get("X-Customer", "")
        connection.send(f"{self._greeting}{told}")
        for message in connection:
            if isinstance(message, bytes):
                connection.send(message[::-1])
            elif message == "bye":
                connection.close(1008, "closed early")
                return
            else:
                file = self._prices / message
                connection.send(file.read_text().strip() if file.exists() else "unknown")

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()


if __name__ == "__main__":
    Shop(Path(sys.argv[1]), port=PORT, host="0.0.0.0").thread.join()
