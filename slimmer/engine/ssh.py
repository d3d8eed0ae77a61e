"""An engine behind `ssh://[USER@]HOST[:PORT]`, reached as the docker command reaches it: each
connection is a `docker system dial-stdio` on that host."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from slimmer.engine.dialling import DiallingAdapter
from slimmer.errors import EngineUnreachableError

_WORDS = 4096
"""Bytes of what ssh says that are told."""
_SECONDS = 30


class SshAdapter(DiallingAdapter):
    """Connections are the standard streams of a process."""

    def __init__(self, address: str, timeout: int, max_pool_size: int) -> None:
        super().__init__(timeout, max_pool_size)
        parts = urlsplit(address)
        user = ("-l", parts.username) if parts.username else ()
        port = ("-p", str(parts.port)) if parts.port else ()
        engine = ("--host", f"unix://{parts.path}") if parts.path.strip("/") else ()
        self.command = (
            *("ssh", "-T", "-o", "ConnectTimeout=30", *user, *port, "--", parts.hostname or ""),
            *("docker", *engine, "system", "dial-stdio"),
        )
        self._said: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115  # as long as the adapter
        self._processes: list[subprocess.Popen[bytes]] = []

    def dial(self) -> socket.socket:
        """A new connection to the engine."""
        near, far = socket.socketpair()
        with far:
            self.connect(far)
        return near

    def connect(self, far: socket.socket) -> None:
        """Let what comes through a socket be a connection to the engine."""
        try:
            # A session of its own: Ctrl-C is for slim, which needs the engine to clean up.
            process = subprocess.Popen(
                self.command,
                stdin=far.fileno(),
                stdout=far.fileno(),
                stderr=self._said,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise EngineUnreachableError(
                "an engine behind ssh:// is reached by the ssh command, which is not here",
                hint="install OpenSSH's client (openssh-client)",
            ) from error
        self._processes = [each for each in self._processes if each.poll() is None]
        self._processes.append(process)

    def words(self) -> str:
        """What ssh has said."""
        self._said.seek(0)
        return self._said.read(_WORDS).decode(errors="replace").strip()

    def close(self) -> None:
        """End all connections."""
        super().close()
        for process in self._processes:
            process.terminate()
            process.wait()


def through_ssh(client: Any, address: str, timeout: int, pool: int) -> SshAdapter:
    """Let a client that was made for some socket reach the engine at `address`."""
    adapter = SshAdapter(address, timeout, pool)
    client._custom_adapter = adapter
    client.mount("http+docker://", adapter)
    return adapter


@contextlib.contextmanager
def address_for_others(address: str) -> Iterator[str]:
    """The address at which programs that speak no ssh:// reach the engine, while the block runs."""
    if not address.startswith("ssh:"):
        yield address
        return
    adapter = SshAdapter(address, _SECONDS, 1)
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        place = Path(folder, "engine.sock")
        listener.bind(str(place))
        listener.listen()

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    with listener.accept()[0] as connection:
                        adapter.connect(connection)

        threading.Thread(target=serve, name="ssh", daemon=True).start()
        try:
            yield f"unix://{place}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)  # ends the wait for another one
            adapter.close()
