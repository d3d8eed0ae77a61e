"""The one place that speaks to the container engine, over the Docker SDK.

Every failure of the engine leaves here as a SlimError with its own exit code; no other module
sees an exception of the SDK.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import re
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import docker
import docker.errors
import docker.utils
import requests.exceptions
from docker.context import ContextAPI

from slimmer.engine.docker.logs import LogReader
from slimmer.engine.docker.streams import Attachment, Output, hijack, read_frames
from slimmer.errors import (
    CommandNotFoundError,
    EngineOperationError,
    EnginePermissionError,
    EngineUnreachableError,
    ImageNotFoundError,
    NoSpaceError,
    SlimError,
)
from slimmer.image import parse_tag

REQUEST_TIMEOUT = 120
"""Seconds for one request to the engine: a busy one takes long to create or to load."""


class Engine:
    """A connection to a container engine. Safe to use from several threads."""

    def __init__(self, client: docker.APIClient, address: str) -> None:
        self._client: Any = client  # the SDK's own annotations are incomplete
        self.address = address
        """Where the engine listens: `unix:///var/run/docker.sock`, `tcp://…`."""

    # ---- the engine itself

    def version(self) -> dict[str, Any]:
        """The engine's answer to `docker version` (server part)."""
        with translated("ask for the engine's version"):
            return cast(dict[str, Any], self._client.version())

    def info(self) -> dict[str, Any]:
        """The engine's answer to `docker info`."""
        with translated("ask for the engine's state"):
            return cast(dict[str, Any], self._client.info())

    @property
    def api_version(self) -> str:
        """The API version that was negotiated with the engine, e.g. `1.41`."""
        return cast(str, self._client.api_version)

    @property
    def host(self) -> str:
        """The host on which published ports can be reached."""
        parts = urlsplit(self.address)
        return (
            parts.hostname or "127.0.0.1"
            if parts.scheme in ("tcp", "http", "https")
            else "127.0.0.1"
        )

    @property
    def is_local(self) -> bool:
        """Whether the engine runs on this machine's socket, so that loopback reaches its ports."""
        return self.host in ("127.0.0.1", "localhost", "::1")

    def can_mount(self, file: Path) -> bool:
        """Whether containers of this engine can use the file by a bind mount.

        True only where nothing speaks against it: the engine runs on this very machine (its own
        name is the machine's) with its own eyes (no user namespace, no SELinux labels), and the
        file system lets programs be executed.
        """
        if not self.is_local or os.statvfs(file).f_flag & os.ST_NOEXEC:
            return False
        info = self.info()
        options = " ".join(info.get("SecurityOptions") or ())
        hindered = any(word in options for word in ("selinux", "userns", "rootless"))
        return not hindered and info.get("Name") == os.uname().nodename

    # ---- images

    def inspect_image(self, reference: str) -> dict[str, Any]:
        """The engine's description of an image. Raises ImageNotFoundError."""
        found = self.find_image(reference)
        if found is None:
            raise ImageNotFoundError(
                f"the image {reference} is not in the engine at {self.address}",
                hint=self._similar_images(reference),
            )
        return found

    def find_image(self, reference: str) -> dict[str, Any] | None:
        """The engine's description of an image; None where it has none of that name or id."""
        try:
            with translated(f"inspect the image {reference}"):
                return cast(dict[str, Any], self._client.inspect_image(reference))
        except ImageNotFoundError:
            return None

    def image_history(self, reference: str) -> list[dict[str, Any]]:
        """The steps that built an image, the newest first, as far as the engine knows them."""
        with translated(f"read the history of the image {reference}"):
            return cast(list[dict[str, Any]], self._client.history(reference))

    def _similar_images(self, reference: str) -> str:
        wanted = reference.split(":")[0].rsplit("/", 1)[-1]
        similar = sorted(
            tag
            for image in self._client.images()
            for tag in image.get("RepoTags") or []
            if wanted and wanted in tag
        )[:5]
        if similar:
            return "images with a similar name: " + ", ".join(similar)
        return (
            f"build it or fetch it first (docker pull {reference}); "
            "`docker images` lists what is there"
        )

    def load_image(self, archive: Iterable[bytes]) -> str:
        """Stream a docker-archive into the engine; returns the engine's own words on it."""
        said = []
        with translated("load the slim image"):
            for line in self._client.load_image(archive):
                if "error" in line:
                    raise EngineOperationError(f"the engine cannot load the image: {line['error']}")
                said.append(line.get("stream", ""))
        return "".join(said)

    def image_names(self, pattern: str) -> list[str]:
        """Names with tags that fit the pattern (`repository/*`)."""
        with translated("list images"):
            return [
                name
                for image in self._client.images(filters={"reference": pattern})
                for name in image.get("RepoTags") or []
            ]

    def tag_image(self, image: str, reference: str) -> None:
        """Point the name `reference` at the image."""
        name = parse_tag(reference)
        with translated(f"tag the image as {name}"):
            self._client.tag(image, name.name, name.tag, force=True)

    def remove_image(self, image: str) -> None:
        """Remove an image id or a tag; nothing happens where it is gone or still in use."""
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            self._client.remove_image(image, noprune=False)

    # ---- containers

    def create_container(self, configuration: Mapping[str, Any], name: str | None = None) -> str:
        """Create a container from the engine API's own JSON; returns its id.

        Engines before version 25 take one network: a container that cannot be connected to the
        others is removed.
        """
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

    def put_file(self, container: str, path: str, source: Path) -> None:
        """Copy one executable file to `path` in a container that need not run."""
        archive = io.BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            parts = path.strip("/").split("/")
            for depth in range(1, len(parts)):
                folder = tarfile.TarInfo("/".join(parts[:depth]))
                folder.type, folder.mode = tarfile.DIRTYPE, 0o755
                tar.addfile(folder)
            member = tarfile.TarInfo("/".join(parts))
            member.mode, member.size = 0o755, source.stat().st_size
            with source.open("rb") as stream:
                tar.addfile(member, stream)
        with translated("copy the sensor into the container"):
            self._client.put_archive(container, "/", archive.getvalue())

    def start_container(self, container: str) -> None:
        """Start a created container."""
        with translated("start the container"):
            self._client.start(container)

    def attach(self, container: str) -> Attachment:
        """Attach to stdin, stdout and stderr of a container that is created, not yet started."""
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
        """Start a command in a running container; returns the exec id and its streams. It has a
        stdin only where that is asked for."""
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
        """The exit status of a command that `execute` started; None while it runs."""
        with translated("ask how the command ended"):
            return cast("int | None", self._client.exec_inspect(identity)["ExitCode"])

    def inspect_container(self, container: str) -> dict[str, Any]:
        """The engine's description of a container."""
        with translated("inspect the container"):
            return cast(dict[str, Any], self._client.inspect_container(container))

    def wait_container(self, container: str, timeout: float) -> int | None:
        """The exit status once the container ends, or None after `timeout` seconds."""
        try:
            with translated("wait for the container"):
                return cast(int, self._client.wait(container, timeout=timeout)["StatusCode"])
        except _TimedOutError:
            return None

    def signal_container(self, container: str, signal: str | int) -> None:
        """Send a signal to the container's first process; nothing happens where it has ended."""
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            self._client.kill(container, signal)

    def remove_container(self, container: str) -> None:
        """Kill and remove a container with its anonymous volumes; gone already is fine."""
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            self._client.remove_container(container, force=True, v=True)

    def logs(self, container: str, lines: int = 20) -> str:
        """The last lines that a container wrote to stdout and stderr."""
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            written = cast(bytes, self._client.logs(container, tail=lines))
            return written.decode("utf-8", "replace").rstrip()
        return ""

    def follow_log(self, container: str) -> LogReader:
        """The container's log from its first line on; to be closed."""
        with translated("follow the container's log"):
            return LogReader(self._client.logs(container, stream=True, follow=True))

    def output(self, container: str) -> Output:
        """All that a container without a terminal wrote to stdout and stderr."""
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

    # ---- what carries a label

    def containers_labelled(self, label: str) -> list[dict[str, Any]]:
        """All containers, running or not, with the label (`KEY` or `KEY=VALUE`)."""
        with translated("list containers"):
            return cast(
                list[dict[str, Any]], self._client.containers(all=True, filters={"label": label})
            )

    def networks_labelled(self, label: str) -> list[dict[str, Any]]:
        """All networks with the label (`KEY` or `KEY=VALUE`)."""
        with translated("list networks"):
            return cast(list[dict[str, Any]], self._client.networks(filters={"label": label}))

    def has_network(self, name: str) -> bool:
        """Whether the engine has a network of this very name."""
        with translated("list networks"):
            return any(each["Name"] == name for each in self._client.networks(names=[name]))

    def remove_network(self, network: str) -> None:
        """Remove a network; gone already, or still in use, is fine."""
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            self._client.remove_network(network)

    def volumes_labelled(self, label: str) -> list[dict[str, Any]]:
        """All volumes with the label (`KEY` or `KEY=VALUE`)."""
        with translated("list volumes"):
            return list(self._client.volumes(filters={"label": label})["Volumes"] or ())

    def has_volume(self, name: str) -> bool:
        """Whether the engine has a volume of this very name."""
        with translated("list volumes"):
            found = self._client.volumes(filters={"name": name})["Volumes"] or ()
            return any(each["Name"] == name for each in found)

    def remove_volume(self, volume: str) -> None:
        """Remove a volume with its data; gone already, or still in use, is fine."""
        with contextlib.suppress(docker.errors.APIError), translated_connection():
            self._client.remove_volume(volume)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


def connect() -> Engine:
    """Connect as the docker command would: DOCKER_HOST, else the current context, else the socket.

    Raises EngineUnreachableError or EnginePermissionError.
    """
    address, tls = _endpoint()
    try:
        client = docker.APIClient(
            base_url=address, version="auto", tls=tls, timeout=REQUEST_TIMEOUT, max_pool_size=16
        )
        # Else each request looks through the environment for proxies, which no socket file has.
        client.trust_env = not address.startswith("unix:")
        return Engine(client, address)
    except docker.errors.DockerException as error:
        raise _connection_error(error, address) from error


def _endpoint() -> tuple[str, Any]:
    """The engine's address and TLS settings (False where none)."""
    if os.environ.get("DOCKER_HOST"):
        settings = docker.utils.kwargs_from_env()
        return settings.get("base_url") or os.environ["DOCKER_HOST"], settings.get("tls", False)
    with contextlib.suppress(Exception):  # an unreadable context is as good as none
        context = ContextAPI.get_current_context()
        if context is not None and context.name != "default" and context.Host:
            return context.Host, context.TLSConfig or False
    return "unix:///var/run/docker.sock", False


def _connection_error(error: Exception, address: str) -> SlimError:
    text = str(error)
    if "Permission denied" in text or f"Errno {errno.EACCES}" in text:
        return EnginePermissionError(
            f"this user may not use the container engine at {address}",
            hint="add the user to the group that owns the socket (usually `docker`) and log in "
            "again, or run slim with sudo",
        )
    return EngineUnreachableError(
        f"no container engine answers at {address}",
        hint="start it (systemctl start docker), or set DOCKER_HOST to where it listens; "
        "`slim doctor` looks closer",
        details=text,
    )


class _TimedOutError(EngineOperationError):
    """A request did not end within its time limit."""


@contextlib.contextmanager
def translated_connection() -> Iterator[None]:
    """Turn failures of the connection into EngineUnreachableError."""
    try:
        yield
    except requests.exceptions.ReadTimeout as error:
        raise _TimedOutError("the engine did not answer in time", details=str(error)) from error
    except requests.exceptions.ConnectionError as error:
        if "Read timed out" in str(error):
            raise _TimedOutError("the engine did not answer in time") from error
        raise EngineUnreachableError(
            "the connection to the container engine broke",
            hint="is the engine still running?",
            details=str(error),
        ) from error


@contextlib.contextmanager
def translated(action: str) -> Iterator[None]:
    """Turn every failure of the engine in the block into a SlimError that says what was tried."""
    try:
        with translated_connection():
            yield
    except docker.errors.ImageNotFound as error:
        raise ImageNotFoundError(
            f"cannot {action}: no such image", details=_words(error)
        ) from error
    except docker.errors.APIError as error:
        raise _operation_error(action, _words(error)) from error
    except docker.errors.DockerException as error:
        raise EngineOperationError(f"cannot {action}: {error}") from error


def _words(error: docker.errors.APIError) -> str:
    return str(error.explanation or error)


_NOT_EXECUTABLE = re.compile(
    r"executable file not found|no such file or directory|exec format error|permission denied"
)


def _operation_error(action: str, words: str) -> SlimError:
    lowered = words.lower()
    if "no space left on device" in lowered or "disk quota exceeded" in lowered:
        return NoSpaceError(
            f"cannot {action}: the engine's disk is full",
            hint="free space where the engine keeps its data (docker system df shows what uses it)",
            details=words,
        )
    if "start the container" in action and _NOT_EXECUTABLE.search(lowered) and "exec" in lowered:
        return CommandNotFoundError(f"cannot {action}: {words}")
    return EngineOperationError(f"cannot {action}: {words}")
