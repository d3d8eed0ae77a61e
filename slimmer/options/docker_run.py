"""Arguments of `docker run`, those that say how a container is run, as values.

Written as people know them from there; what slimmer has no use for is refused, not ignored, so
that nobody's container runs otherwise than it was asked to.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from slimmer.errors import UsageError
from slimmer.options.kinds import Switch
from slimmer.options.option import Option
from slimmer.options.settings import made, of_flags
from slimmer.options.table import TABLE
from slimmer.values import PortBinding, RunOptions

_SHORT = {
    "-p": "--publish", "-P": "--publish-all", "-e": "--env", "-v": "--volume", "-u": "--user",
    "-w": "--workdir", "-h": "--hostname", "-d": "--detach", "-i": "--interactive", "-t": "--tty",
}  # fmt: skip
_OTHER_NAMES = {"--net": "--network"}
_SWITCHES = ("--publish-all", "--detach", "--rm", "--interactive", "--tty")
"""Flags without a value that slim has no option for. Of these only --publish-all means anything
here: the container is always removed, and nobody is attached to it."""
_OPTIONS: Mapping[str, Option] = {option.name: option for option in TABLE if option.docker_run}
_WITHOUT_VALUE = {
    *_SWITCHES,
    *(name for name, option in _OPTIONS.items() if isinstance(option.kind, Switch)),
}
_KNOWN = ("--publish", "--name", "--mount", *_OPTIONS)
_OF_SLIM = {"-o", "--for", "--json", "--end-with", *(option.name for option in TABLE)}
"""Options of `slim watch` and `slim trace start` themselves, or taken for some."""
_PUBLISH = re.compile(
    r"(?:(?P<address>\[[0-9a-fA-F:]+\]|[0-9.]*):)?(?:(?P<host>[0-9-]*):)?"
    r"(?P<port>[0-9-]+)(?:/(?P<protocol>tcp|udp|sctp))?"
)


@dataclass(frozen=True, kw_only=True)
class DockerRun:
    """What `docker run` was asked for."""

    run: RunOptions = field(default_factory=RunOptions)
    name: str = ""
    """Of the container; empty: any."""
    bindings: tuple[PortBinding, ...] = ()
    publish_all: bool = False
    """Whether every port of EXPOSE is published at a free port."""

    def published(self, exposed: Iterable[int]) -> tuple[PortBinding, ...] | None:
        """What is published of an image that exposes these TCP ports; None where nothing was said
        of it."""
        if not self.bindings and not self.publish_all:
            return None
        named = {each.port for each in self.bindings}
        everything = (port for port in exposed if port not in named) if self.publish_all else ()
        return (*self.bindings, *(PortBinding(port=port) for port in everything))


def is_of_docker_run(name: str) -> bool:
    """Whether `parse_docker_run` understands this flag."""
    return name in (*_KNOWN, *_SWITCHES, *_SHORT, *_OTHER_NAMES)


def parse_docker_run(arguments: Sequence[str]) -> DockerRun:
    """`[FLAG…] [COMMAND…]`, as behind `docker run` but for the image. Raises UsageError, and
    ConfigurationError for an environment file."""
    reader = _Reader(arguments)
    reader.read()
    return reader.result()


class _Reader:
    def __init__(self, arguments: Sequence[str]) -> None:
        self._left = list(arguments)
        self._values: dict[str, list[str]] = {}
        self._command: list[str] = []

    def read(self) -> None:
        while self._left:
            word = self._left[0]
            if word == "--" or not word.startswith("-") or word == "-":
                self._command = self._left[word == "--" :]
                return
            del self._left[0]
            self._flag(word)

    def _flag(self, word: str) -> None:
        if word.startswith("--"):
            name, equals, value = word.partition("=")
        else:
            # `-p80:80`, `-p=80:80`, `-it`, `-dp 80:80`
            name, value = word[:2], word[2:]
            while value and _SHORT.get(name) in _SWITCHES and not value.startswith("="):
                self._values[_SHORT[name]] = [""]
                name, value = f"-{value[0]}", value[1:]
            equals, value = ("=" if value else ""), value.removeprefix("=")
        full = _SHORT.get(name, _OTHER_NAMES.get(name, name))
        if full not in (*_KNOWN, *_SWITCHES):
            raise self._unknown(name)
        if full in _WITHOUT_VALUE:
            if value not in ("", "true"):
                raise UsageError(f"{name}={value}: {full} takes no value")
        elif not equals:
            if not self._left:
                raise UsageError(f"{name} needs a value")
            value = self._left.pop(0)
        self._values.setdefault(full, []).append(value)

    def _unknown(self, name: str) -> UsageError:
        if name in _OF_SLIM:
            return UsageError(
                f"{name} is not one of the arguments of `docker run` that slim understands",
                hint=f"what slim itself takes stands in front of IMAGE: {name} … IMAGE, and behind "
                "it what `docker run` would be given",
            )
        near = get_close_matches(name, [*_KNOWN, *_SWITCHES, *_SHORT], n=1)
        return UsageError(
            f"{name} is not one of the arguments of `docker run` that slim understands",
            hint=f"did you mean {near[0]}?"
            if near
            else "`slim build --help` lists them, but for --publish, --name and --mount; a command "
            "that begins with a dash stands behind another --",
        )

    def result(self) -> DockerRun:
        given = self._values
        mounts = map(_mount, given.get("--mount", ()))
        texts = {
            **given,
            "--volume": [*map(_volume, given.get("--volume", ())), *mounts],
            # One word here, which may have spaces in it.
            "--entrypoint": [
                json.dumps([word] if word else []) for word in given.get("--entrypoint", ())
            ],
        }
        run = made(of_flags({name: texts[name] for name in _OPTIONS if name in texts}))["run"]
        return DockerRun(
            run=dataclasses.replace(run, command=tuple(self._command) or None),
            name=given.get("--name", [""])[-1],
            bindings=tuple(each for text in given.get("--publish", ()) for each in _bindings(text)),
            publish_all="--publish-all" in given,
        )


def _bindings(text: str) -> tuple[PortBinding, ...]:
    """`[[ADDRESS:][HOST]:]PORT[/PROTOCOL]`, ports being numbers or ranges of the same length."""
    found = _PUBLISH.fullmatch(text)
    if found is None:
        raise UsageError(f"--publish {text}: expected [[ADDRESS:]HOST_PORT:]CONTAINER_PORT")
    address, host = found["address"] or "", found["host"]
    if host is None:
        # With one colon, what stands before it is the host's port.
        address, host = ("", address) if "." not in address else (address, "")
    ports = _range(found["port"], text)
    common = {"protocol": found["protocol"] or "tcp", "host_address": address.strip("[]")}
    if len(ports) == 1:
        _range(host, text)
        return (PortBinding(port=ports[0], host_port=host, **common),)
    hosts = [str(number) for number in _range(host, text)] or [""] * len(ports)
    if len(hosts) != len(ports):
        raise UsageError(f"--publish {text}: the ranges differ in length")
    return tuple(
        PortBinding(port=port, host_port=here, **common)
        for port, here in zip(ports, hosts, strict=True)
    )


def _range(text: str, argument: str) -> range:
    """The numbers of `80` or `80-89`; none of an empty text."""
    first, dash, last = text.partition("-")
    if not text:
        return range(0)
    if first.isdigit() and (last.isdigit() or not dash):
        ports = range(int(first), int(last or first) + 1)
        if ports and ports[0] > 0 and ports[-1] < 65536:
            return ports
    raise UsageError(f"--publish {argument}: {text} is not a port (1 to 65535) or a range")


def _volume(text: str) -> str:
    if ":" not in text:
        raise UsageError(
            f"--volume {text}: expected SOURCE:TARGET[:ro]",
            hint="a volume without a name would be gone with the container",
        )
    return text


def _mount(text: str) -> str:
    """`type=bind,source=A,target=B[,readonly]` as `A:B[:ro]`."""
    fields = dict(part.partition("=")[::2] for part in text.split(","))
    source = fields.pop("source", "") or fields.pop("src", "")
    target = next(
        filter(None, (fields.pop(key, "") for key in ("target", "destination", "dst"))), ""
    )
    read_only = [fields.pop(key) for key in ("readonly", "ro") if key in fields]
    kind = fields.pop("type", "volume")
    if kind not in ("bind", "volume") or not source or not target or fields:
        raise UsageError(
            f"--mount {text}: expected type=bind|volume,source=SOURCE,target=TARGET[,readonly]"
        )
    return f"{source}:{target}" + (":ro" if read_only and read_only[-1] in ("", "true") else "")
