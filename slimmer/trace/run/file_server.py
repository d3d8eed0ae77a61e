"""The third container of a run: it gives the rootfs index and the bytes of the untouched
original, and never runs a program of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from slimmer.engine import Attachment, DirectStreams, Session, file_server
from slimmer.errors import EngineOperationError, SlimError
from slimmer.files import ContainerMarks, FileServerClient, RootfsIndex, ancestors
from slimmer.trace.run.sensor import sensor_binary
from slimmer.values import Entry, Original

OPAQUE = ("/proc", "/sys", "/dev")
"""The engine mounts these over whatever the image has there."""
HIDDEN = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf")
"""The engine mounts files of its own over these in every container, the server's included: what
the image has there cannot be seen, by us as little as by any container."""
MARK = "/run/.containerenv"
"""Podman makes this file in every container."""
MADE = ("/etc/mtab",)
"""The engine makes this link for every container of an image that has none."""

SILENCE = 120.0
"""Seconds that the server may take for its next bytes: it reads files, and a disk may be slow."""
_BEFORE, _AFTER = 1, 2
"""Seconds about the making and the start of a container, of which only whole ones are read."""


class FileServer:
    """A running file server and its client."""

    def __init__(self, session: Session, image: Original, spool: Path) -> None:
        """Create and start the container. `spool` is a file for the fetched bytes."""
        self._session = session
        self._image = image
        self._direct = _direct(session, spool.with_name(f"{spool.name}.socket"))
        self.container = self._created()
        self._attachment = session.attach(self.container)
        self._attachment.set_timeout(SILENCE)
        session.engine.start_container(self.container)
        streams: DirectStreams | Attachment = self._attachment
        if self._direct is not None:
            streams = self._direct
            streams.beside(self._attachment, SILENCE)
        self.content = FileServerClient(streams.stdout(), streams.stdin(), spool)

    def _created(self) -> str:
        sensor = sensor_binary(self._session.engine.architecture)
        configuration = file_server(self._image.id)
        if self._direct is not None:
            try:
                return self._session.create_with_sensor(
                    "files", self._direct.given_to(configuration), sensor
                )
            except EngineOperationError:  # it does not see this machine's files
                self._direct.close()
                self._direct = None
        return self._session.create_with_sensor("files", configuration, sensor)

    def index(self, known: Mapping[str, Entry] = MappingProxyType({})) -> RootfsIndex:
        """The rootfs index of the image. `known` as in FileServerClient.index."""
        try:
            return self.content.index(
                opaque=OPAQUE,
                hidden=HIDDEN,
                marks=container_marks(self._image, self._made_between()),
                known=known,
            )
        except SlimError as error:
            error.details = "\n".join(filter(None, (error.details, self._attachment.errors)))
            raise

    def _made_between(self) -> tuple[int, int]:
        """As ContainerMarks.made_between: engine and files have the time of one machine."""
        found = self._session.engine.inspect_container(self.container)
        begin, end = _nanoseconds(found["Created"]), _nanoseconds(found["State"]["StartedAt"])
        return begin - _BEFORE * 10**9, end + _AFTER * 10**9

    def close(self) -> None:
        """Stop serving; what was fetched stays readable."""
        if self._direct is not None:
            self._direct.close()
        self._attachment.close()
        self._session.discard(self.container)


def _direct(session: Session, place: Path) -> DirectStreams | None:
    """None where the engine does not see this machine's files, or the path is too long."""
    if not session.engine.can_mount(place.parent):
        return None
    try:
        return DirectStreams(place)
    except OSError:
        return None


def container_marks(image: Original, made_between: tuple[int, int] = (0, 0)) -> ContainerMarks:
    """What a container of the image shows that is not the image's."""
    volumes = tuple(image.config.get("Volumes") or ())
    places = (*OPAQUE, *HIDDEN, MARK, *volumes, str(image.config.get("WorkingDir") or "/"))
    return ContainerMarks(
        touched=frozenset(path for place in places for path in (place, *ancestors(place))),
        made=frozenset(MADE),
        volumes=volumes,
        made_between=made_between,
        image_ns=_nanoseconds(image.created),
    )


def _nanoseconds(moment: str) -> int:
    """Since the epoch, in whole seconds; 0 for what is no time."""
    try:
        return int(datetime.fromisoformat(moment).timestamp()) * 10**9
    except ValueError:
        return 0
