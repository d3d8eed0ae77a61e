"""What checks are given: a Dockerfile with its stages, and the context that it is built in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from slimmer.dockerfile import Context, Copy, Dockerfile, Stage, Step, copy_of, steps_of
from slimmer.lint.commands import Command, commands_of
from slimmer.lint.weights import heaviest

_SYSTEMS: Final = re.compile(
    r"(?:.*/)?(?:scratch|debian|ubuntu|alpine|fedora|centos|rockylinux|almalinux|archlinux|busybox"
    r"|opensuse/\w+|amazonlinux|ubi\w*|ubi-\w+|buildpack-deps)(?::.*)?"
)


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One Dockerfile and its context."""

    dockerfile: Dockerfile
    context: Context | None
    """None where the Dockerfile came without one, from stdin."""
    target: Stage
    """The stage that becomes the image."""

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """What the image consists of: the steps of its stage, and of those that it is built on."""
        return tuple(steps_of(self.dockerfile, self.target))

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The stages of the image itself, the lowest first; other stages only serve it."""
        return self.dockerfile.lineage(self.target)

    @property
    def base(self) -> str | None:
        """The image below all; None where it is not known."""
        return self.stages[0].base

    @cached_property
    def runs(self) -> tuple[tuple[Step, tuple[Command, ...]], ...]:
        """The RUN steps of the image, with their commands."""
        return tuple(
            (step, commands_of(step.instruction))
            for step in self.steps
            if step.instruction.name == "RUN"
        )

    @cached_property
    def starts_nothing(self) -> bool:
        """Whether the image has no command of its own and its base has none to inherit: a base for
        other images, or a carrier of files."""
        names = {step.instruction.name for step in self.steps}
        is_bare = self.base is not None and _SYSTEMS.fullmatch(self.base) is not None
        return is_bare and names.isdisjoint(("CMD", "ENTRYPOINT"))

    @cached_property
    def copies(self) -> tuple[Copy, ...]:
        """Every COPY and ADD of every stage, each once."""
        escape = self.dockerfile.source.escape
        found = (
            copy_of(step, escape)
            for stage in self.dockerfile.stages
            for step in self.own_steps(stage)
        )
        return tuple(copy for copy in found if copy is not None)

    @cached_property
    def _by_instruction(self) -> dict[int, Copy]:
        return {id(copy.step.instruction): copy for copy in self.copies}

    def copy_at(self, step: Step) -> Copy | None:
        """What a step copies; None for one that is neither COPY nor ADD."""
        return self._by_instruction.get(id(step.instruction))

    @cached_property
    def heaviest(self) -> tuple[tuple[str, int], ...]:
        """The ten largest entries of the context."""
        return heaviest(self.context.files) if self.context else ()

    def own_steps(self, stage: Stage) -> Iterator[Step]:
        """The steps of one stage, without those that it is built on."""
        return (step for step in steps_of(self.dockerfile, stage) if step.stage is stage)

    def is_in_image(self, copy: Copy) -> bool:
        """Whether a COPY is one of the image, not of a stage that only serves it."""
        return any(stage is copy.step.stage for stage in self.stages)

    def last(self, name: str) -> Step | None:
        """The last instruction of this name in the image, which is the one that counts."""
        return next((s for s in reversed(self.steps) if s.instruction.name == name), None)
