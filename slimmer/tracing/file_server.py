"""The third container of a run: it gives the rootfs index and the bytes of the untouched
original, and never runs a program of it."""

from __future__ import annotations

from pathlib import Path

from slimmer.engine import Session, file_server
from slimmer.errors import SlimError
from slimmer.rootfs import FileServerClient, RootfsIndex

OPAQUE = ("/proc", "/sys", "/dev")
"""The engine mounts these over whatever the image has there."""
HIDDEN = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")
"""The engine mounts files of its own over these in every container, the server's included: what
the image has there cannot be seen, by us as little as by any container."""


class FileServer:
    """A running file server and its client."""

    def __init__(self, session: Session, image: str, sensor: Path, spool: Path) -> None:
        """Create and start the container. `spool` is a file for the fetched bytes."""
        engine = session.engine
        self._session = session
        self.container = session.create_with_sensor("files", file_server(image), sensor)
        self._attachment = session.attach(self.container)
        engine.start_container(self.container)
        self.content = FileServerClient(self._attachment.stdout(), self._attachment.stdin(), spool)

    def index(self) -> RootfsIndex:
        """The rootfs index of the image."""
        try:
            return self.content.index(opaque=OPAQUE, hidden=HIDDEN)
        except SlimError as error:
            error.details = "\n".join(filter(None, (error.details, self._attachment.errors)))
            raise

    def close(self) -> None:
        """Stop serving; what was fetched stays readable."""
        self._attachment.close()
        self._session.discard(self.container)
