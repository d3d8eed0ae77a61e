"""Held-out behaviours: what a user meets a week later, and what no probe of slim.yaml touches.

`sample_apps/NAME/held_out.yaml` is a list of them, in the notation of slim.yaml's probes and a few
words more. One item is one behaviour, and counts once:

    - name: a page in Latin-1                # unique in the list
      http: {path: /latin, body_pattern: …}  # or `exec:`; short for a list of one step
    - name: reload on SIGHUP
      steps:                                 # in order
        - signal: HUP
        - log: reloaded                      # a regular expression; waited for
        - http: {path: /, retry: true}       # asked again until it passes; `exec` as well
        - restart: true                      # `docker restart`, then ready again
        - stop: {exit_status: 0}             # `docker stop`, and how the command must end
    - name: nobody, and nowhere to write
      run: {user: "65534", read_only: true, tmpfs: [/tmp]}
      http: /
    - name: converts to WebP
      run: {command: [in.png, out.webp]}
      ends: {exit_status: 0, output_pattern: …}

`run:` knows user, read_only, tmpfs, environment, entrypoint, command, stdin, options (further ones
of `docker run`) and port (which is waited for, instead of the first of EXPOSE). `http:` knows
`answer_headers` (name → regular expression), `exec:` knows `user` and `stdin`. `lost:` says why the
strategy balanced cannot keep a behaviour: a test then expects it to be lost, and the survey counts
it among the failures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.apps.expectation import Command, Request, expectation


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A request or a command, asked once, or again and again until it passes."""

    what: Request | Command
    retry: bool = False


@dataclass(frozen=True, kw_only=True)
class Signal:
    """A signal to PID 1, by its name without `SIG`."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Log:
    """A line that appears in the container's log from the step before on."""

    pattern: str


@dataclass(frozen=True, kw_only=True)
class Restart:
    """`docker restart`."""


@dataclass(frozen=True, kw_only=True)
class Stop:
    """`docker stop`, and the exit status that the command must have."""

    exit_status: int


Step = Ask | Signal | Log | Restart | Stop


@dataclass(frozen=True, kw_only=True)
class Run:
    """How a container is started, where it is not as slim.yaml says."""

    user: str = ""
    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    """Beside slim.yaml's."""
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    stdin: str = ""
    options: tuple[str, ...] = ()
    port: int | None = None

    @property
    def is_another_command(self) -> bool:
        """Whether the probes of slim.yaml say nothing about this container."""
        return bool(self.entrypoint or self.command or self.port)


@dataclass(frozen=True, kw_only=True)
class Ends:
    """How the container's command must end by itself."""

    exit_status: int = 0
    output_pattern: str = ""


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One held-out behaviour."""

    name: str
    steps: tuple[Step, ...]
    run: Run | None = None
    ends: Ends | None = None
    """Instead of steps."""
    lost: str = ""
    """Why the strategy balanced loses it; empty where it must not."""

    @property
    def needs_own_container(self) -> bool:
        """Whether others could not go on in the container behind it."""
        return self.run is not None or any(
            isinstance(step, Signal | Restart | Stop) for step in self.steps
        )


class FormatError(Exception):
    """held_out.yaml says something that nobody understands."""


def read_behaviours(folder: Path) -> tuple[Behaviour, ...]:
    """Those of a sample's folder, in order; none where it has no list."""
    file = folder / "held_out.yaml"
    if not file.exists():
        return ()
    found = tuple(_behaviour(item) for item in yaml.safe_load(file.read_text()))
    names = [behaviour.name for behaviour in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FormatError(f"{file}: more than one of {', '.join(twice)}")
    return found


def _behaviour(item: dict[str, Any]) -> Behaviour:
    name = item["name"]
    kinds = sorted(set(item) & {"http", "exec", "steps", "ends"})
    if len(kinds) != 1 or set(item) - {"name", "run", "lost", *kinds}:
        raise FormatError(f"{name}: expected one of http, exec, steps, ends; found {sorted(item)}")
    try:
        run = _run(item["run"]) if "run" in item else None
        ends = Ends(**(item["ends"] or {})) if "ends" in item else None
        alone = {kind: item[kind] for kind in kinds if kind in ("http", "exec")}
        steps = tuple(_step(step) for step in ([alone] if alone else item.get("steps", ())))
    except (TypeError, KeyError, ValueError) as error:
        raise FormatError(f"{name}: {error}") from error
    if not steps and ends is None:
        raise FormatError(f"{name}: no steps")
    return Behaviour(name=name, steps=steps, run=run, ends=ends, lost=item.get("lost", ""))


def _run(fields: dict[str, Any]) -> Run:
    listed = ("tmpfs", "entrypoint", "command", "options")
    lists: dict[str, Any] = {key: tuple(fields[key]) for key in listed if key in fields}
    return Run(**{**fields, **lists})


def _step(item: dict[str, Any]) -> Step:
    ((kind, value),) = item.items()
    match kind:
        case "http" | "exec":
            retry = False
            if isinstance(value, dict):
                retry = bool(value.get("retry", False))
                value = {key: other for key, other in value.items() if key != "retry"}
            return Ask(what=expectation({kind: value}), retry=retry)
        case "signal":
            return Signal(name=value)
        case "log":
            return Log(pattern=value)
        case "restart":
            return Restart()
        case "stop":
            return Stop(**value)
    raise FormatError(f"no such step: {kind}")
