"""Containers of a Docker engine."""

from __future__ import annotations

import base64
import io
import json
import tarfile
import threading
from collections.abc import Iterable, Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final, cast

from slimmer.engine.broken import TimedOutError
from slimmer.engine.docker.failures import ContainerGoneError, agreed, if_possible, translated
from slimmer.engine.logs import MANY_TIMES, LogReader, last_lines
from slimmer.engine.streams import Attachment, Output, hijack, read_frames

_FILE_STATUS: Final = "X-Docker-Container-Path-Stat"
_STATE: Final = ("Running", "ExitCode", "OOMKilled", "StartedAt", "FinishedAt")
_DELETED: Final = 2
"""Of the kinds of changes: 0 is changed, 1 added."""
_END: Final = 2 * tarfile.BLOCKSIZE
"""Bytes of zeros that end an archive; tarfile writes some more, up to a whole record."""
_GONE: Final = {"Running": False, "ExitCode": 137, "OOMKilled": False}
"""The state of a container that somebody has removed: to do so is to kill it."""


class Containers:
    """The part of interface.Engine that is about containers."""

    _client: Any

    def create_container(self, configuration: Mapping[str, Any], name: str | None = None) -> str:
        endpoints = dict((configuration.get("NetworkingConfig") or {}).get("EndpointsConfig") or {})
        configuration = dict(configuration)
        if endpoints:
            first = next(iter(endpoints))
            one = {first: endpoints.pop(first)}
            configuration["NetworkingConfig"] = {"EndpointsConfig": one}
        with translated("create a container"):
            container = str(self._client.create_container_from_config(configuration, name)["Id"])
        try:
            for network, endpoint in endpoints.items():
                with translated(f"connect the container to the network {network}"):
                    self._client.connect_container_to_network(
                        container, network, aliases=endpoint.get("Aliases")
                    )
        except BaseException:
            self.remove_container(container)
            raise
        return container

    def put_file(
        self, container: str, path: str, source: Path, *, capabilities: bytes = b""
    ) -> None:
        archive = io.BytesIO()
        folder, _, name = path.rpartition("/")
        with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:
            member = tarfile.TarInfo(name)
            member.mode, member.size = 0o755, source.stat().st_size
            if capabilities:
                # Bytes beyond ASCII would become two each: there are none.
                text = capabilities.decode("ascii")
                member.pax_headers = {"SCHILY.xattr.security.capability": text}
            with source.open("rb") as stream:
                tar.addfile(member, stream)
            end = tar.offset + _END
        # Podman stops reading there, and now and then the rest breaks its pipe.
        data = archive.getvalue()[:end]
        with translated("copy the sensor into the container"):
            self._client.put_archive(container, folder or "/", data)

    def has_file(self, container: str, path: str, file: Path) -> bool:
        with translated("look for the sensor in the container"):
            response = self._client.head(
                self._client._url("/containers/{0}/archive", container), params={"path": path}
            )
            if response.status_code == HTTPStatus.NOT_FOUND:
                return False
            self._client._raise_for_status(response)
            told = json.loads(base64.b64decode(response.headers[_FILE_STATUS]))
        here, modified = file.stat(), datetime.fromisoformat(told["mtime"]).timestamp()
        return bool(told["size"] == here.st_size and int(modified) == int(here.st_mtime))

    def start_container(self, container: str) -> None:
        with translated("start the container"):
            self._client.start(container)

    def attach(self, container: str) -> Attachment:
        with translated("attach to the container"):
            return hijack(
                self._client,
                f"/containers/{container}/attach",
                parameters={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1},
            )

    def execute(
        self,
        container: str,
        command: Iterable[str],
        *,
        user: str = "",
        environment: Mapping[str, str] | None = None,
        stdin: bool = False,
    ) -> tuple[str, Attachment]:
        with translated("run a command in the container"):
            created = self._client.exec_create(
                container,
                list(command),
                user=user,
                stdin=stdin,
                environment=dict(environment or {}) or None,
            )
            identity = cast(str, created["Id"])
            stream = hijack(
                self._client, f"/exec/{identity}/start", body={"Detach": False, "Tty": False}
            )
            return identity, stream

    def exec_exit_status(self, identity: str) -> int | None:
        with translated("ask how the command ended"):
            return agreed(
                lambda: cast("int | None", self._client.exec_inspect(identity)["ExitCode"])
            )

    def inspect_container(self, container: str) -> dict[str, Any]:
        with translated("inspect the container"):
            return agreed(
                lambda: cast(dict[str, Any], self._client.inspect_container(container)),
                lambda found: (
                    [found["State"][key] for key in _STATE],
                    [found[key] for key in ("Id", "Name", "Created", "Config", "NetworkSettings")],
                ),
            )

    def container_state(self, container: str) -> dict[str, Any]:
        try:
            return dict(self.inspect_container(container)["State"])
        except ContainerGoneError:
            return dict(_GONE)

    def await_health(self, container: str, timeout: float) -> str | None:
        with translated("follow the container's health"):
            events = self._client.events(
                filters={"container": container, "event": ["health_status", "die"]}
            )
        timer = threading.Timer(timeout, events.close)
        timer.start()
        try:
            while True:  # asked after the events are followed, so that none is missed
                state = self.inspect_container(container)["State"]
                health = state.get("Health") or {"Status": "none"}
                if health["Status"] in ("healthy", "none"):
                    return "" if health["Status"] == "healthy" else None
                if not state.get("Running") or not timer.is_alive() or not next(events, b""):
                    return last_words(health)
        finally:
            timer.cancel()
            events.close()

    def changed_paths(self, container: str) -> tuple[str, ...]:
        with if_possible("ask what the container changed"):
            changes = self._client.diff(container) or ()
            return tuple(sorted(each["Path"] for each in changes if each["Kind"] != _DELETED))
        return ()

    def process_users(self, container: str) -> tuple[tuple[int, int], ...]:
        with if_possible("ask for the container's processes"):
            first = str(self.inspect_container(container)["State"].get("Pid"))
            told = self._client.top(container, ps_args="-eo pid,uid,gid")["Processes"] or ()
            rows = sorted(told, key=lambda row: row[0] != first)
            if all(word.isdigit() for row in rows for word in row):
                return tuple((int(uid), int(gid)) for _, uid, gid in rows)
        return ()

    def wait_container(self, container: str, timeout: float) -> int | None:
        try:
            with translated("wait for the container"):
                self._client.wait(container, timeout=timeout)
        except (TimedOutError, ContainerGoneError):
            pass  # the limit of the wait, or the engine's
        state = self.container_state(container)
        return None if state["Running"] else int(state["ExitCode"])

    def signal_container(self, container: str, signal: str | int) -> None:
        with if_possible("send the container a signal"):
            self._client.kill(container, signal)

    def remove_container(self, container: str) -> None:
        with if_possible("remove the container"):
            self._client.remove_container(container, force=True, v=True)

    def logs(self, container: str, lines: int = 20) -> str:
        with if_possible("read the container's log"):
            written = cast(bytes, self._client.logs(container, tail=lines * MANY_TIMES))
            return last_lines(written.decode("utf-8", "replace").rstrip(), lines)
        return ""

    def follow_log(self, container: str) -> LogReader:
        with translated("follow the container's log"):
            return LogReader(self._client.logs(container, stream=True, follow=True))

    def output(self, container: str) -> Output:
        written = Output()
        with translated("read what the container wrote"):
            response = self._client._get(
                self._client._url("/containers/{0}/logs", container),
                params={"stdout": 1, "stderr": 1},
            )
            self._client._raise_for_status(response)
            for number, data in read_frames(response.content):
                written.add(number, data)
        return written


def last_words(health: Mapping[str, Any]) -> str:
    """What a HEALTHCHECK said at last, on one line, of a container's `Health`."""
    log = health.get("Log")
    said = str(log[-1].get("Output") or "nothing") if log else "it has not run yet"
    return " ".join(said.split())
