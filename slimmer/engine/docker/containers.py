"""Containers of a Docker engine."""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import docker.errors

from slimmer.engine.docker.failures import TimedOutError, translated, translated_connection
from slimmer.engine.logs import LogReader
from slimmer.engine.streams import Attachment, Output, hijack, read_frames


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
            created = self._client.create_container_from_config(configuration, name)
        container = cast(str, created["Id"])
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
        with translated("copy the sensor into the container"):
            self._client.put_archive(container, folder or "/", archive.getvalue())

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
            return cast("int | None", self._client.exec_inspect(identity)["ExitCode"])

    def inspect_container(self, container: str) -> dict[str, Any]:
        with translated("inspect the container"):
            return cast(dict[str, Any], self._client.inspect_container(container))

    def wait_container(self, container: str, timeout: float) -> int | None:
        try:
            with translated("wait for the container"):
                return cast(int, self._client.wait(container, timeout=timeout)["StatusCode"])
        except TimedOutError:
            return None

    def signal_container(self, container: str, signal: str | int) -> None:
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            self._client.kill(container, signal)

    def remove_container(self, container: str) -> None:
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            self._client.remove_container(container, force=True, v=True)

    def logs(self, container: str, lines: int = 20) -> str:
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            written = cast(bytes, self._client.logs(container, tail=lines))
            return written.decode("utf-8", "replace").rstrip()
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
