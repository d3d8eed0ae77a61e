"""What slimmer asks of a container engine. One folder for each engine implements it: `docker/`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from slimmer.engine.logs import LogReader
from slimmer.engine.streams import Attachment, Output


class Engine(Protocol):
    """A connection to a container engine. Safe to use from several threads.

    Every failure is raised as a SlimError with the exit code of its cause. Descriptions of images
    and containers, and the configuration of a new container, are the JSON of Docker's engine API.
    """

    address: str
    """Where the engine listens: `unix:///var/run/docker.sock`, `tcp://…`."""

    tool: str
    """The program that people speak to it with: `docker` or `podman`."""

    def version(self) -> dict[str, Any]:
        """The engine's answer to `docker version` (server part)."""
        ...

    def info(self) -> dict[str, Any]:
        """The engine's answer to `docker info`."""
        ...

    @property
    def architecture(self) -> str:
        """Of the machine that the engine runs on, in the words of images: `amd64`, `arm64`."""
        ...

    @property
    def api_version(self) -> str:
        """The API version that was negotiated with the engine, e.g. `1.41`."""
        ...

    @property
    def host(self) -> str:
        """The host on which published ports can be reached."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether the engine runs on this machine's socket, so that loopback reaches its ports."""
        ...

    @property
    def network(self) -> str:
        """The network to put a container on that asks for none: `default`, or the one that this
        process' own container is on, where others cannot be reached from it."""
        ...

    def can_mount(self, file: Path) -> bool:
        """Whether containers of this engine can use the file by a bind mount.

        True only where nothing speaks against it: the engine is reached by a socket of this machine
        or loopback, has no user namespace and no SELinux labels, and the file system lets programs
        be executed. Whether it sees the same files is seen in a container: `has_file`.
        """
        ...

    def has_file(self, container: str, path: str, file: Path) -> bool:
        """Whether a container that need not run has this very file at `path`, by size and time of
        modification."""
        ...

    def inspect_image(self, reference: str) -> dict[str, Any]:
        """The engine's description of an image. Raises ImageNotFoundError."""
        ...

    def find_image(self, reference: str) -> dict[str, Any] | None:
        """The engine's description of an image; None where it has none of that name or id."""
        ...

    def image_history(self, reference: str) -> list[dict[str, Any]]:
        """The steps that built an image, the newest first, as far as the engine knows them."""
        ...

    @property
    def takes_index(self) -> bool:
        """Whether an archive is to have an OCI index beside Docker's own table of contents. Who
        reads the index makes an OCI image of it, which has no HEALTHCHECK for Podman."""
        ...

    @property
    def adds_to_layers(self) -> bool:
        """Whether the engine keeps layers apart from images, so that it may be given an archive
        without those that it has. One that refuses it all the same says so."""
        ...

    @property
    def knows_pushed(self) -> bool:
        """Whether the engine calls an image that it has pushed by its digest in the registry from
        then on (`RepoDigests`)."""
        ...

    def load_image(self, archive: Iterable[bytes]) -> str:
        """Stream a docker-archive into the engine; returns the engine's own words on it."""
        ...

    def import_layer(self, layer: Iterable[bytes], reference: str) -> bool:
        """Stream a tar into the engine as the only layer of an image of that name. It is not put
        aside before, as an archive is: that takes half of the time. False, and nothing is done,
        where the engine would keep the layer in another form."""
        ...

    def save_image(self, image: str) -> Iterator[bytes]:
        """Stream an image out of the engine as a docker-archive."""
        ...

    def push_image(self, reference: str, told: Callable[[int, int], None]) -> str:
        """Send an image to the registry that its name says, with the credentials of the `docker`
        command; returns the digest of its manifest there. `told` gets the bytes that were sent and
        those that are to be, as far as is known. Raises PushRefusedError and PushBrokenError."""
        ...

    def pull_image(self, reference: str, told: Callable[[int, int], None]) -> None:
        """Get an image from the registry that its name says, with the credentials of the `docker`
        command. `told` is as of `push_image`. Raises PullError."""
        ...

    def image_names(self, pattern: str) -> list[str]:
        """Names with tags that fit the pattern (`repository/*`)."""
        ...

    def images_labelled(self, label: str) -> list[dict[str, Any]]:
        """The engine's list entries of the images with the label, the newest first."""
        ...

    def tag_image(self, image: str, reference: str) -> None:
        """Point the name `reference` at the image."""
        ...

    def remove_image(self, image: str) -> None:
        """Remove an image id or a tag; nothing happens where it is gone or still in use."""
        ...

    def create_container(self, configuration: Mapping[str, Any], name: str | None = None) -> str:
        """Create a container from the engine API's own JSON; returns its id.

        Engines before version 25 take one network: a container that cannot be connected to the
        others is removed.
        """
        ...

    def put_file(
        self, container: str, path: str, source: Path, *, capabilities: bytes = b""
    ) -> None:
        """Copy one executable file to `path`, in a folder or volume that is there, of a container
        that need not run. `capabilities`: its `security.capability`; dropped without a word where
        the engine's storage has no such attributes."""
        ...

    def start_container(self, container: str) -> None:
        """Start a created container."""
        ...

    def attach(self, container: str) -> Attachment:
        """Attach to stdin, stdout and stderr of a container that is created, not yet started."""
        ...

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
        ...

    def exec_exit_status(self, identity: str) -> int | None:
        """The exit status of a command that `execute` started; None while it runs."""
        ...

    def inspect_container(self, container: str) -> dict[str, Any]:
        """The engine's description of a container."""
        ...

    def container_state(self, container: str) -> dict[str, Any]:
        """The `State` of the engine's description; one that is gone was killed (137)."""
        ...

    def await_health(self, container: str, timeout: float) -> str | None:
        """Wait until the engine calls the container healthy by its HEALTHCHECK, `timeout` seconds
        at most: empty then, else the last words of the check; None where it has no check."""
        ...

    def changed_paths(self, container: str) -> tuple[str, ...]:
        """Paths of its root that a container has added or changed, sorted; mounts are none of it.
        Empty where the engine does not tell."""
        ...

    def process_users(self, container: str) -> tuple[tuple[int, int], ...]:
        """(user id, group id) of its processes, the first one's first, as the engine's machine
        counts them. Empty where the engine does not tell, or the container has ended."""
        ...

    def wait_container(self, container: str, timeout: float) -> int | None:
        """The exit status once the container ends, or None after `timeout` seconds. One that is
        gone was killed (137)."""
        ...

    def signal_container(self, container: str, signal: str | int) -> None:
        """Send a signal to the container's first process; nothing happens where it has ended."""
        ...

    def remove_container(self, container: str) -> None:
        """Kill and remove a container with its anonymous volumes; gone already is fine."""
        ...

    def logs(self, container: str, lines: int = 20) -> str:
        """The last lines that a container wrote to stdout and stderr (`last_lines`)."""
        ...

    def follow_log(self, container: str) -> LogReader:
        """The container's log from its first line on; to be closed."""
        ...

    def output(self, container: str) -> Output:
        """All that a container without a terminal wrote to stdout and stderr."""
        ...

    def containers_labelled(self, label: str) -> list[dict[str, Any]]:
        """All containers, running or not, with the label (`KEY` or `KEY=VALUE`)."""
        ...

    def networks_labelled(self, label: str) -> list[dict[str, Any]]:
        """All networks with the label (`KEY` or `KEY=VALUE`)."""
        ...

    def has_network(self, name: str) -> bool:
        """Whether the engine has a network of this very name."""
        ...

    def remove_network(self, network: str) -> None:
        """Remove a network; gone already, or still in use, is fine."""
        ...

    def volumes_labelled(self, label: str) -> list[dict[str, Any]]:
        """All volumes with the label (`KEY` or `KEY=VALUE`)."""
        ...

    def has_volume(self, name: str) -> bool:
        """Whether the engine has a volume of this very name."""
        ...

    def remove_volume(self, volume: str) -> None:
        """Remove a volume with its data; gone already, or still in use, is fine."""
        ...

    def hasten(self, seconds: float | None) -> None:
        """Let requests that begin from now on fail after so many seconds; None: as usual."""
        ...

    def close(self) -> None:
        """Give the connections back."""
        ...
