"""The history of an image, as instructions of a Dockerfile.

/bin/sh -c #(nop)  CMD ["bash"]                   Docker's classic builder
/bin/sh -c apt-get update                         the same, for RUN
|1 VERSION=3 /bin/sh -c make                      the same, with build arguments
RUN |1 VERSION=3 /bin/sh -c make # buildkit       BuildKit
COPY app/ ./ # buildkit                           BuildKit
RUN make                                          kaniko
/bin/bash -o pipefail -c make                     any, below a SHELL of its own
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_NOTHING: Final = "#(nop)"
_BUILDKIT: Final = "# buildkit"
_KEYWORDS: Final = (
    *("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL"),
    *("MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"),
)
_SHELL: Final = re.compile(
    r"(?P<shell>/bin/sh|/bin/bash|/bin/ash|/usr/bin/(?:ba|da|z)?sh|cmd|powershell)"
    r"(?P<flags>(?: -\w+| pipefail| [+-]o \w+)*) (?:-\w*c|/S /C) (?P<command>.*)",
    re.DOTALL,
)
_PORTS: Final = re.compile(r"map\[(?P<ports>[^\]]*)\]")
_PORT: Final = re.compile(r"([\w/-]+):\{\}")
_CHECK: Final = re.compile(r"&\{(?P<test>\[.*?\]) (?P<times>.*)\}\Z", re.DOTALL)
_TIMES: Final = ("interval", "timeout", "start-period")
_BY_DIGEST: Final = re.compile(r"(?P<what>file|dir|multi):(?P<digest>[0-9a-f]{32,}) in ")
_WORD: Final = re.compile(r"(?:[^\s\"\\]|\\.|\"(?:[^\"\\]|\\.)*\")+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One entry of the history."""

    instruction: str
    """As it would stand in a Dockerfile, on one line or several; empty where nobody knows."""
    created_by: str
    created: str
    makes_layer: bool
    arguments: tuple[tuple[str, str], ...] = ()
    """Build arguments that a RUN was given, which the history has with their values."""

    @property
    def keyword(self) -> str:
        """`RUN`; empty where the step is none that is known."""
        return self.instruction.partition(" ")[0]


def steps_of(configuration: Mapping[str, Any]) -> list[Step]:
    """The history of an image's configuration, oldest first."""
    return [_step(each) for each in configuration.get("history") or () if isinstance(each, Mapping)]


def steps_of_layers(steps: Sequence[Step], layers: int) -> list[Step | None]:
    """The step that made each layer, lowest first; None for all where the history is another
    image's: some builders write none, or one entry for all."""
    making = [step for step in steps if step.makes_layer]
    return list(making) if len(making) == layers else [None] * layers


def dockerfile_of(steps: Sequence[Step]) -> tuple[str, ...]:
    """Lines of a Dockerfile with these steps. What an author has written and the history does not
    have is lost: names of files that were copied, stages, comments, the base image's name."""
    lines = [
        "# Made from the image's history by slim xray. The context's files are not in it.",
        "FROM scratch",
    ]
    for step in steps:
        if not step.instruction:
            text = " ".join(step.created_by.split())
            lines.append(f"# a layer of unknown making{f': {text}' if text else ''}")
            continue
        lines += _laid_out(step)
    return tuple(lines)


def _step(entry: Mapping[str, Any]) -> Step:
    text = str(entry.get("created_by") or "")
    instruction, arguments = _instruction(text.strip())
    # Tools that read no Dockerfile (jib, ko, slimmer) tell their layers apart by their comments.
    comment = "" if instruction else str(entry.get("comment") or "")
    return Step(
        instruction=instruction,
        created_by=": ".join(filter(None, (text, comment))),
        created=str(entry.get("created") or ""),
        makes_layer=not entry.get("empty_layer"),
        arguments=arguments,
    )


def _instruction(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    text = text.removesuffix(_BUILDKIT).strip()
    keyword, _, rest = text.partition(" ")
    if keyword == "RUN":
        text = rest.strip()
    elif keyword.upper() in _KEYWORDS:
        return _written(keyword.upper(), rest.strip()), ()
    arguments: list[tuple[str, str]] = []
    if text.startswith("|"):
        text, arguments = _without_arguments(text)
    match = _SHELL.fullmatch(text)
    if match is None:
        return (f"RUN {text}" if keyword == "RUN" else ""), tuple(arguments)
    command = match["command"].strip()
    if command.startswith(_NOTHING):
        keyword, _, rest = command.removeprefix(_NOTHING).strip().partition(" ")
        return (_written(keyword.upper(), rest.strip()) if keyword.upper() in _KEYWORDS else ""), ()
    return f"RUN {command}", tuple(arguments)


def _without_arguments(text: str) -> tuple[str, list[tuple[str, str]]]:
    """`|2 A=1 B=two words /bin/sh -c …`: values are not quoted, the shell is what ends them."""
    number, _, rest = text[1:].partition(" ")
    end = re.search(r"(?:^| )(?=/\S+(?: [+-]?\w+)* -\w*c )", rest)
    if not number.isdigit() or end is None:
        return text, []
    told, rest = rest[: end.start()], rest[end.end() :]
    pairs = re.findall(r"(?:^| )([A-Za-z_]\w*)=(.*?)(?= [A-Za-z_]\w*=|$)", told, re.DOTALL)
    return rest, pairs


def _written(keyword: str, rest: str) -> str:
    """In the words of a Dockerfile, where the history has those of a program."""
    if keyword == "EXPOSE" and (ports := _PORTS.fullmatch(rest)):
        rest = " ".join(_PORT.findall(ports["ports"]))
    elif keyword == "HEALTHCHECK" and (check := _CHECK.fullmatch(rest)):
        rest = _health_check(check["test"], check["times"])
    elif keyword in ("VOLUME", "SHELL") and rest.startswith("[") and '"' not in rest:
        rest = json.dumps(rest[1:-1].split())
    elif keyword in ("CMD", "ENTRYPOINT") and rest.startswith("["):
        words = re.findall(r'"(?:[^"\\]|\\.)*"', rest)
        rest = f"[{', '.join(words)}]"
    elif keyword in ("COPY", "ADD"):
        rest = _BY_DIGEST.sub(lambda found: f" {found['what']}:{found['digest'][:12]} ", rest)
        rest = " ".join(rest.split())
    elif keyword in ("ENV", "LABEL") and len(pairs := list(_pairs(rest))) == 1:
        name, value = pairs[0]
        rest = f"{name}={value}" if _WORD.fullmatch(value) else f"{name}={json.dumps(value)}"
    return f"{keyword} {rest}".rstrip()


def _health_check(test: str, times: str) -> str:
    kind, *words = re.findall(r'"((?:[^"\\]|\\.)*)"', test) or [""]
    if kind == "NONE":
        return "NONE"
    options = [
        f"--{name}={value}"
        for name, value in zip(_TIMES, re.findall(r'"([^"]*)"', times), strict=False)
        if value != "0s"
    ]
    command = " ".join(words) if kind == "CMD-SHELL" else f"[{', '.join(map(json.dumps, words))}]"
    return " ".join([*options, "CMD", command])


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    """One pair whose value may hold blanks, as the builders write it down without quotes."""
    if len(re.findall(r"(?:^| )[\w.-]+=", text)) == 1 and "=" in text:
        name, _, value = text.partition("=")
        yield name, value


def _laid_out(step: Step) -> Iterable[str]:
    """Long commands get a line for each of their parts."""
    if step.keyword != "RUN" or "\n" in step.instruction or "<<" in step.instruction:
        return step.instruction.split("\n")
    arguments = [f"ARG {name}={value}" for name, value in step.arguments]
    command = re.sub(r"[ \t]{2,}", " ", step.instruction)
    parts = re.split(r" (?=&& |\|\| )", command) if len(command) > 80 else [command]
    lines = [f"{part} \\" for part in parts[:-1]] + parts[-1:]
    return [*arguments, lines[0], *(f"    {line}" for line in lines[1:])]
