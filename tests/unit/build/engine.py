"""A container engine in memory, whose images are directories and whose programs are functions.

What the sensor would answer comes from the file server that is a test's own, and from records
that are made by the words of WIRE.md. Images are what slimmer really packed, unpacked again.
"""

from __future__ import annotations

import fnmatch
import hashlib
import io
import json
import os
import socket
import struct
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from slimmer.engine import SENSOR_PATH, STDERR, STDOUT, Attachment, Output
from slimmer.engine.interface import Engine
from slimmer.errors import EngineOperationError, ImageNotFoundError, PullError
from tests.unit.files.serving import ENGINE_ARCHITECTURES, SERVER
from tests.unit.trace.wire import stream
from tests.unit.xray.archives import digest, docker_archive

ORIGINAL = "my-app:1"
ORIGINAL_ID = "sha256:" + "0" * 64
MADE = 1_700_000_000
"""Seconds: the time of all files of the original, which is older than its image."""
EXECUTED = 2
"""The wire's number for the access of a program that is executed."""


@dataclass
class Process:
    """A program that runs in a container."""

    root: Path
    command: tuple[str, ...]
    image: str
    """The image's id."""
    is_traced: bool
    lookups: list[bytes] = field(default_factory=list)
    said: bytes = b""
    host_config: Mapping[str, Any] = field(default_factory=dict)
    """What its container may do, as the engine's API has it."""

    def opens(self, path: str) -> bool:
        """Look a file up; whether it is there. A missing one is complained of."""
        self.lookups.append(stream.lookup(path.encode(), access=1))
        found = self.root.joinpath(path.lstrip("/")).exists()
        if not found:
            self.says(f"cannot open {path}")
        return found

    def says(self, line: str) -> None:
        self.said += line.encode() + b"\n"


Program = Callable[[Process], int]
"""What every container runs; returns the exit status."""


@dataclass(eq=False)
class Container:
    id: str
    name: str
    configuration: Mapping[str, Any]
    arguments: tuple[str, ...]
    created: float
    status: int | None = None
    process: Process | None = None
    far: socket.socket | None = None
    """The container's end of its attachment."""


class MemoryEngine(Engine):
    """Runs containers of one original and of the images that are loaded."""

    address = "unix:///nowhere.sock"
    tool = "docker"
    host = "127.0.0.1"
    is_local = True
    adds_to_layers = True
    api_version = "1.41"
    takes_index = True
    knows_pushed = True
    architecture = ENGINE_ARCHITECTURES[os.uname().machine]
    emulates = False
    """Whether it runs programs for other processors."""

    def __init__(self, folder: Path, files: Iterable[str], program: Program) -> None:
        """`folder` is for the images' files. The original has `files` (those in `/bin` are
        programs), and `/bin/app` for its ENTRYPOINT."""
        self.program = program
        self.now = time.time()
        """What its clock shows."""
        self.names: dict[str, str] = {}
        """Name with tag → image id."""
        self.ran: list[tuple[str, str]] = []
        """(what the container was for, its image's id), in the order of their starts."""
        self.archives: list[set[str]] = []
        """Members of each archive that was loaded."""
        self.imported: list[str] = []
        """Layers that came on their own, as they are called in an archive."""
        self.registry: Callable[[str], str] = lambda reference: digest(reference.encode())
        """Gives the digest of what it took, or raises."""
        self.to_pull: dict[str, str] = {}
        """Name to id of the images in registries."""
        self._saved: dict[str, list[bytes]] = {}
        self._folder = folder
        self._images: dict[str, dict[str, Any]] = {}
        self._roots: dict[str, Path] = {}
        self._layers: dict[str, bytes] = {}
        """Names of a layer and of all below → its bytes."""
        self._containers: dict[str, Container] = {}
        self._created: list[Container] = []
        """Each by its process id, less one."""
        self._lock = threading.Lock()
        self._add_original(files)

    def _add_original(self, files: Iterable[str]) -> None:
        root = self._folder / "original"
        for path in files:
            file = root / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"this is {path}\n")
            file.chmod(0o755 if file.parent.name == "bin" else 0o644)
        for place in (*root.rglob("*"), root):
            os.utime(place, (MADE, MADE))
        self._roots[ORIGINAL_ID] = root
        self.names[ORIGINAL] = ORIGINAL_ID
        self._images[ORIGINAL_ID] = {
            "Id": ORIGINAL_ID,
            "Config": {"Entrypoint": ["/bin/app"]},
            "Architecture": ENGINE_ARCHITECTURES[os.uname().machine],
            "Os": "linux",
            "Created": "2024-01-01T00:00:00Z",
            "Size": sum(path.stat().st_size for path in root.rglob("*") if path.is_file()),
            "RootFS": {"Layers": ["sha256:" + "1" * 64]},
        }

    def version(self) -> dict[str, Any]:
        return {"Version": "0 of tests", "Arch": self.architecture}

    def make_original_foreign(self) -> str:
        """The original is for other processors from now on; which these are."""
        foreign = {"amd64": "arm64", "arm64": "amd64"}[self.architecture]
        self._images[ORIGINAL_ID]["Architecture"] = foreign
        return foreign

    def forget(self, identity: str) -> None:
        """As if the image had never been there."""
        del self._images[identity]

    def write_original(self, path: str, text: str) -> None:
        """Give the original a file, or another content to one that it has."""
        file = self._roots[ORIGINAL_ID] / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        os.utime(file, (MADE, MADE))

    def rebuild_original(self, files: Mapping[str, str | None], **config: object) -> None:
        """Build it again: files get a content, or are removed (None), and keys of the
        configuration a value. Its uppermost layer is another one then."""
        root = self._roots[ORIGINAL_ID]
        for path, text in files.items():
            file = root / path.lstrip("/")
            if text is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            for place in (file, *file.parents):
                if place.is_relative_to(root):
                    os.utime(place, (MADE, MADE))
        image = self._images[ORIGINAL_ID]
        image["Config"] = {**image["Config"], **config}
        built = json.dumps([image["RootFS"], sorted(files.items()), sorted(config)])
        image["RootFS"] = {"Layers": [digest(built.encode())]}

    def files_of(self, name: str) -> set[str]:
        """The paths of all files of an image."""
        root = self._roots[self.names[name]]
        return {f"/{path.relative_to(root)}" for path in root.rglob("*") if path.is_file()}

    def text_of(self, name: str, path: str) -> str:
        return (self._roots[self.names[name]] / path.lstrip("/")).read_text()

    def left_behind(self) -> set[str]:
        """Containers that are still there, and names of images that no user has given."""
        names = {name for name in self.names if name.startswith("slimmer-session")}
        return names | set(self._containers)

    # ---- images

    def inspect_image(self, reference: str) -> dict[str, Any]:
        found = self.find_image(reference)
        if found is None:
            raise ImageNotFoundError(f"no image {reference}")
        return found

    def find_image(self, reference: str) -> dict[str, Any] | None:
        identity = self.names.get(reference, reference)
        if identity not in self._images:
            return None
        return {**self._images[identity], "RepoTags": self.tags_of(identity)}

    def tags_of(self, identity: str) -> list[str]:
        return [name for name, image in self.names.items() if image == identity]

    def image_history(self, reference: str) -> list[dict[str, Any]]:
        return []

    def load_image(self, archive: Iterable[bytes]) -> str:
        with tarfile.open(fileobj=io.BytesIO(b"".join(archive))) as tar:
            members = {member.name: tar.extractfile(member) for member in tar}
            blobs = {name: member.read() for name, member in members.items() if member is not None}
        self.archives.append(set(blobs))
        for each in json.loads(blobs["manifest.json"]):
            config = json.loads(blobs[each["Config"]])
            identity = "sha256:" + each["Config"].rpartition("/")[2]
            root = self._folder / identity.partition(":")[2]
            size, chain = 0, ""
            for layer in each["Layers"]:
                chain += layer
                if layer not in blobs and chain not in self._layers:
                    raise EngineOperationError(f"open {layer}: no such file or directory")
                data = self._layers.setdefault(chain, blobs.get(layer, b""))
                size += len(data)
                with tarfile.open(fileobj=io.BytesIO(data)) as tar:
                    # As an argument, Python 3.11.2 does not know it.
                    tar.extraction_filter = staticmethod(lambda member, _: member)
                    tar.extractall(root, numeric_owner=True)
            os.utime(root, (MADE, MADE))
            self._roots[identity] = root
            self._images[identity] = {
                "Id": identity,
                "Config": config["config"],
                "Architecture": config["architecture"],
                "Os": config["os"],
                "Created": config["created"],
                "Size": size,
                "RootFS": {"Layers": config["rootfs"]["diff_ids"]},
            }
            self.names.update(dict.fromkeys(each["RepoTags"], identity))
        return "loaded"

    def import_layer(self, layer: Iterable[bytes], reference: str) -> bool:
        data = b"".join(layer)
        digest = hashlib.sha256(data).hexdigest()
        self._layers[f"blobs/sha256/{digest}"] = data
        self.names[reference] = f"sha256:{'0' * 32}{digest[:32]}"
        self._images[self.names[reference]] = {"RootFS": {"Layers": [f"sha256:{digest}"]}}
        self.imported.append(f"blobs/sha256/{digest}")
        return True

    def save_image(self, image: str) -> Iterator[bytes]:
        yield docker_archive(self._saved[image]) if image in self._saved else b""

    def add_image(self, name: str, layer: bytes, **inspection: Any) -> None:
        """An image that is saved and never run."""
        identity = digest(b"image " + layer)
        self._saved[identity] = [layer]
        self._layers[f"blobs/sha256/{digest(layer)[7:]}"] = layer
        self.names[name] = identity
        self._images[identity] = {
            "Id": identity,
            "Config": {},
            "Architecture": ENGINE_ARCHITECTURES[os.uname().machine],
            "Os": "linux",
            "RootFS": {"Layers": [digest(layer)]},
            **inspection,
        }

    def push_image(self, reference: str, told: Callable[[int, int], None]) -> str:
        """`self.registry` says what becomes of it."""
        told(1, 2)
        found = self.registry(reference)
        image = self._images[self.names[reference]]
        image.setdefault("RepoDigests", []).append(f"{reference.rpartition(':')[0]}@{found}")
        return found

    def pull_image(self, reference: str, told: Callable[[int, int], None]) -> None:
        told(1, 2)
        if reference not in self.to_pull:
            raise PullError(f"{reference} could not be pulled: not found")
        self.names[reference] = self.to_pull[reference]

    def tag_image(self, image: str, reference: str) -> None:
        self.names[reference] = image

    def remove_image(self, image: str) -> None:
        self.names.pop(image, None)

    # ---- containers

    def can_mount(self, file: Path) -> bool:
        return True

    def has_file(self, container: str, path: str, file: Path) -> bool:
        return True

    def create_container(self, configuration: Mapping[str, Any], name: str | None = None) -> str:
        image = self.inspect_image(configuration["Image"])
        given = configuration.get("Entrypoint")
        command = configuration.get("Cmd") or image["Config"].get("Cmd") or []
        arguments = (*(given or image["Config"].get("Entrypoint") or ()), *command)
        container = Container(
            id=f"container-{name}",
            name=name or "",
            configuration=configuration,
            arguments=arguments,
            created=self.now,
        )
        with self._lock:
            self._containers[container.id] = container
            self._created.append(container)
        return container.id

    def attach(self, container: str) -> Attachment:
        near, far = socket.socketpair()
        self._containers[container].far = far
        return Attachment(near.makefile("rb"), near)

    def start_container(self, container: str) -> None:
        started = self._containers[container]
        image = self.inspect_image(started.configuration["Image"])["Id"]
        with self._lock:
            self.ran.append((started.configuration["Labels"]["dev.slimmer.role"], image))
        if started.arguments == (SENSOR_PATH,):  # what tries whether there is an emulator
            if not self.emulates:
                raise EngineOperationError("exec format error")
            started.status = 0
        elif started.arguments[:2] == (SENSOR_PATH, "serve"):
            threading.Thread(target=self._serve, args=(started, image), daemon=True).start()
        elif started.arguments[:2] == (SENSOR_PATH, "watch"):
            threading.Thread(target=self._watch, args=(started,), daemon=True).start()
        elif started.arguments[:2] == (SENSOR_PATH, "gate"):
            command = started.arguments[started.arguments.index("--") + 1 :]
            started.process = Process(self._roots[image], command, image, is_traced=True)
        else:
            started.process = Process(
                self._roots[image],
                started.arguments,
                image,
                is_traced=False,
                host_config=started.configuration.get("HostConfig") or {},
            )
            started.status = self.program(started.process)

    def inspect_container(self, container: str) -> dict[str, Any]:
        found = self._containers[container]
        return {
            "Id": found.id,
            "Name": f"/{found.name}",
            "Created": "2024-01-02T00:00:00.123456789Z",
            "State": {
                "Running": found.status is None,
                "ExitCode": found.status or 0,
                "OOMKilled": False,
                "StartedAt": "2024-01-02T00:00:01Z",
                "Pid": self._created.index(found) + 1,
            },
            "Config": {"Env": found.configuration.get("Env") or []},
            "HostConfig": found.configuration.get("HostConfig") or {},
            "NetworkSettings": {"Networks": {}, "Ports": {}},
        }

    def wait_container(self, container: str, timeout: float) -> int | None:
        return self._containers[container].status

    def remove_container(self, container: str) -> None:
        with self._lock:
            self._containers.pop(container, None)

    def logs(self, container: str, lines: int = 20) -> str:
        process = self._containers[container].process
        return process.said.decode() if process else ""

    def output(self, container: str) -> Output:
        output = Output()
        output.add(STDERR, self.logs(container).encode())
        return output

    def containers_labelled(self, label: str) -> list[dict[str, Any]]:
        key, _, value = label.partition("=")
        with self._lock:
            return [
                {
                    "Id": each.id,
                    "Names": [f"/{each.name}"],
                    "Labels": each.configuration.get("Labels") or {},
                    "Created": each.created,
                    "State": "running" if each.status is None else "exited",
                }
                for each in self._containers.values()
                if value in ("", (each.configuration.get("Labels") or {}).get(key))
            ]

    def image_names(self, pattern: str) -> list[str]:
        return fnmatch.filter(self.names, pattern)

    def images_labelled(self, label: str) -> list[dict[str, Any]]:
        return [
            {"Id": identity, "Created": number, "RepoTags": self.tags_of(identity)}
            for number, (identity, image) in enumerate(self._images.items())
            if label in ((image.get("Config") or {}).get("Labels") or {})
        ][::-1]

    def networks_labelled(self, label: str) -> list[dict[str, Any]]:
        return []

    def volumes_labelled(self, label: str) -> list[dict[str, Any]]:
        return []

    def info(self) -> dict[str, Any]:
        return {"SystemTime": datetime.fromtimestamp(self.now, UTC).isoformat()}

    def hasten(self, seconds: float | None) -> None:
        """It always answers at once."""

    def close(self) -> None:
        """Nothing is held."""

    # ---- the sensor

    def _serve(self, container: Container, image: str) -> None:
        assert container.far is not None
        command = [sys.executable, "-I", "-S", str(SERVER), str(self._roots[image]), ""]
        with (
            container.far as far,
            subprocess.Popen(command, stdin=far.fileno(), stdout=subprocess.PIPE) as server,
        ):
            assert server.stdout is not None
            while data := server.stdout.read1():  # type: ignore[attr-defined]
                _send(far, data)

    def _watch(self, container: Container) -> None:
        """The target's program runs to its end as soon as it is watched."""
        assert container.far is not None
        lines = container.far.makefile("rb")
        word, _, number = lines.readline().partition(b" ")
        assert word == b"target"
        target = self._created[int(number) - 1]
        assert target.process is not None
        process = target.process
        status = self.program(process)
        path = process.command[0].encode()
        records = [
            stream.hello(),
            stream.phase(b"boot"),
            stream.program(1, path),
            stream.call(1, b"openat"),
            stream.lookup(path, access=EXECUTED),
            *process.lookups,
            stream.record(8, struct.pack("<I", status)),
        ]
        sent = stream.HEADER + b"".join(records)
        with container.far as far, lines:
            _send(far, sent)
            for line in lines:
                word, _, text = line.rstrip(b"\n").partition(b" ")
                if word == b"phase":
                    records.append(stream.phase(text))
                    _send(far, records[-1])
                    sent += records[-1]
                if word == b"finish":
                    target.status = status
                    _send(far, stream.complete(*records)[len(sent) :])
                    return


def _send(far: socket.socket, data: bytes) -> None:
    """As one frame of stdout."""
    try:
        far.sendall(struct.pack(">BxxxI", STDOUT, len(data)) + data)
    except OSError:
        return  # nobody listens any more
