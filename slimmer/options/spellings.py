"""How docker-slim and `docker run` spell what slim is asked for: read where the meaning is plain,
else answered with what to type. None of it is in the help, in slim.yaml or in the docs' table."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from slimmer.errors import UsageError
from slimmer.options import kinds, probes
from slimmer.options.kinds import SECONDS_OR_NONE, TEXT, Kind, Several, Switch, several
from slimmer.options.option import Option, Scope

_ADDED: Final = frozenset({"includes", "excludes"})
"""Fields of which flags add to slim.yaml's value."""


def _same(field: str, spelling: str, kind: Kind, ours: str, scope: Scope = Scope.BUILD) -> Option:
    """Another spelling of our flag `ours`."""
    appends = field in _ADDED
    return Option(field, spelling, "", kind, f"As {ours}", scope, appends=appends, is_foreign=True)


def _told(spelling: str, reason: str, *, has_value: bool = True) -> Option:
    """A flag that is answered with what to type instead."""

    def refuse(text: str, _: Path) -> Any:
        raise UsageError(reason)

    kind = Several(parse=refuse) if has_value else kinds.Refused(reason=reason)
    return Option("", spelling, "", kind, "Refused", is_foreign=True)


def _without_effect(spelling: str, reason: str, *, has_value: bool = False) -> Option:
    """A flag of `docker run` that changes nothing about a build."""
    name = spelling.split()[-1]

    def note(_text: str, _folder: Path) -> tuple[str, ...]:
        return (f"{name} has no effect: {reason}",)

    kind = Several(parse=note) if has_value else _NotedSwitch(parse=note)
    return Option("notes", spelling, "", kind, "No effect", is_foreign=True)


class _NotedSwitch(Switch):
    """A switch of which only a note is left."""

    repeatable = True

    def of_text(self, text: str, folder: Path) -> Any:
        return self.parse(text, folder)


def _seconds_to_go_on(text: str, folder: Path) -> float:
    """docker-slim's --continue-after: seconds, or a word for what it waits for."""
    if text == "probe":
        return 0.0
    if text in _LIVE:
        raise UsageError(
            f"`{text}` is for a container that you use yourself",
            hint="type `slim trace start IMAGE`, use it, and then `slim trace stop NAME -o "
            "app.trace` and `slim build IMAGE --from-trace app.trace`",
        )
    return float(SECONDS_OR_NONE.of_text(text, folder))


_LIVE: Final = ("enter", "signal", "exec", "container.probe")
_PATHS: Final = several(Kind(metavar="PATH"))
_GLOBS: Final = several(Kind(metavar="GLOB"))
_ONE_ROLE: Final = Scope.ONE_ROLE

# fmt: off
SPELLINGS: Final[tuple[Option, ...]] = (
    # docker-slim's
    _same("image", "--target", TEXT, "IMAGE"),
    _same("includes", "--include-path", _PATHS, "--include"),
    _same("includes", "--include-bin", _PATHS, "--include"),
    _same("includes", "--include-exe", _PATHS, "--include"),
    _same("includes", "--preserve-path", _PATHS, "--include"),
    _same("includes", "--include-path-file", kinds.LINES, "--include-file"),
    _same("excludes", "--exclude-pattern", _GLOBS, "--exclude"),
    _same("excludes", "--exclude-path", _GLOBS, "--exclude"),
    _same("probes", "--http-probe-cmd", probes.HTTP_PROBES, "--http-probe", _ONE_ROLE),
    _same("probes", "--exec", probes.EXEC_PROBES, "--exec-probe", _ONE_ROLE),
    _same("run.settle", "--continue-after", Kind(metavar="SECONDS", parse=_seconds_to_go_on),
          "--settle", Scope.EVERY_ROLE),
    _same("compose.files", "--compose-file", several(kinds.FILE), "--compose"),
    _same("compose.service", "--target-compose-svc", kinds.NAME, "--service"),
    _told("--dockerfile", "slim starts from an image: `docker build -t NAME -f DOCKERFILE .` makes "
          "it, and `slim build NAME` slims it"),
    _told("--http-probe-off", "leave the probes out, or name others: --exec-probe COMMAND",
          has_value=False),
    _told("--include-shell", "the debug image has a shell, and the slim image gets one with "
          "--include /bin/sh", has_value=False),
    _told("--show-clogs", "a container that fails has its last lines shown, and all of them in the "
          "report's folder", has_value=False),
    _told("--mount", "say it with --volume FROM:TO[:ro]"),
    _told("--http-probe-ports", "one port is named with --port, and others in the probe: "
          "--http-probe http://localhost:PORT/PATH"),
    _told("--http-probe-cmd-file", "write the requests into slim.yaml (`probes:`), or into a "
          "plan: --plan FILE"),
    _told("--new-tag", "the slim image's name is given with --tag"),
    # docker build's and run's
    _without_effect("-d --detach", "a build runs the container as it needs it"),
    _without_effect("--rm", "what a build has run goes with it"),
    _without_effect("-P --publish-all", "slim finds the ports, and publishes free ones"),
    _without_effect("-i --interactive", "nobody types into the container of a build"),
    _without_effect("--tty", "the container of a build has no terminal"),
    _without_effect("--expose", "slim finds the ports by itself", has_value=True),
    _without_effect("--name", "the container of a build has a name of its own; --tag names the "
                    "slim image", has_value=True),
    _without_effect("--restart", "a container is run once", has_value=True),
)
# fmt: on
"""Rows of the table of options that have no key and no line in the help."""
