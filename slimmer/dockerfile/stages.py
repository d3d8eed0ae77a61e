"""A Dockerfile as the builder follows it: stages, each with what it is built on, and at each step
the variables and the working directory that it runs with."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slimmer.dockerfile.instruction import Instruction, Source
from slimmer.dockerfile.words import expanded, pairs, split_words, unquoted


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One FROM, and the instructions up to the next one."""

    index: int
    name: str = ""
    """In lower case; empty where it has none."""
    base: str | None
    """The image as FROM names it, arguments replaced by their defaults; None where one has none."""
    written_base: str
    """As it is written: `debian:${VERSION}`."""
    parent: int | None = None
    """The index of the stage that it is built on; None where that is an image."""
    line: int
    instructions: tuple[Instruction, ...]
    """Without FROM."""


@dataclass(frozen=True, kw_only=True)
class Dockerfile:
    """The stages of a Dockerfile."""

    source: Source
    arguments: Mapping[str, str | None]
    """Those before the first FROM, with their defaults."""
    stages: tuple[Stage, ...]
    """At least one."""

    @property
    def final(self) -> Stage:
        """The stage that becomes the image, where the build names no other."""
        return self.stages[-1]

    def lineage(self, stage: Stage) -> tuple[Stage, ...]:
        """The stages whose layers are in its image: it, and those that it is built on, the lowest
        first."""
        found = [stage]
        while (parent := found[0].parent) is not None:
            found.insert(0, self.stages[parent])
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One instruction where it is carried out."""

    instruction: Instruction
    stage: Stage
    variables: Mapping[str, str | None]
    """What ARG and ENV have set before; None for an argument without a default."""
    workdir: str | None
    """Absolute; None where it is not known."""
    shell: tuple[str, ...]
    """What the shell form is run with."""


def stages_of(source: Source) -> Dockerfile:
    """The stages of a Dockerfile that was read."""
    arguments: dict[str, str | None] = {}
    heads: list[Instruction] = []
    bodies: list[list[Instruction]] = []
    for instruction in source.instructions:
        if instruction.name == "FROM":
            heads.append(instruction)
            bodies.append([])
        elif bodies:
            bodies[-1].append(instruction)
        else:
            _set_argument(arguments, arguments, instruction, source.escape)
    stages: list[Stage] = []
    for head, body in zip(heads, bodies, strict=True):
        words = split_words(head.text, source.escape)
        base = expanded(unquoted(words[0], source.escape), arguments)
        stages.append(
            Stage(
                index=len(stages),
                name=words[2].lower() if len(words) == 3 else "",
                base=base,
                written_base=words[0],
                parent=_index_of(base, stages),
                line=head.line,
                instructions=tuple(body),
            )
        )
    return Dockerfile(source=source, arguments=arguments, stages=tuple(stages))


def _index_of(name: str | None, stages: list[Stage]) -> int | None:
    found = [stage.index for stage in stages if name and stage.name == name.lower()]
    return found[-1] if found else None


def steps_of(dockerfile: Dockerfile, stage: Stage) -> Iterator[Step]:
    """The steps of a stage's image: of the stages that it is built on, and then its own."""
    escape = dockerfile.source.escape
    variables: dict[str, str | None] = {}
    workdir: str | None = "/"
    shell: tuple[str, ...] = ("/bin/sh", "-c")
    for each in dockerfile.lineage(stage):
        for instruction in each.instructions:
            yield Step(
                instruction=instruction,
                stage=each,
                variables=dict(variables),
                workdir=workdir,
                shell=shell,
            )
            if instruction.name == "ARG":
                _set_argument(variables, dockerfile.arguments, instruction, escape)
            elif instruction.name == "ENV":
                for name, value in pairs(instruction.text, escape) or ():
                    variables[name] = expanded(value, variables)
            elif instruction.name == "WORKDIR":
                path = expanded(unquoted(instruction.text, escape), variables)
                workdir = _joined(workdir, path)
            elif instruction.name == "SHELL":
                shell = instruction.json or shell


def _joined(workdir: str | None, path: str | None) -> str | None:
    if path is None or (workdir is None and not path.startswith("/")):
        return None
    return posixpath.normpath(posixpath.join(workdir or "/", path))


def _set_argument(
    variables: dict[str, str | None],
    defaults: Mapping[str, str | None],
    instruction: Instruction,
    escape: str,
) -> None:
    for word in split_words(instruction.text, escape):
        name, equals, value = word.partition("=")
        if equals:
            variables[name] = expanded(unquoted(value, escape), variables)
        elif variables.get(name) is None:
            variables[name] = defaults.get(name)
