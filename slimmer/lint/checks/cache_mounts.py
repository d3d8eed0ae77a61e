"""SL011: downloads and build caches are thrown away with each build."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.lint.check import Check
from slimmer.lint.commands import commands_of
from slimmer.lint.finding import Finding
from slimmer.lint.managers import installs_of
from slimmer.lint.subject import Subject


class CacheMounts(Check):
    """One finding for each package manager: whoever wants the mount wants it everywhere."""

    code = "SL011"
    name = "no cache mount"
    severity = "info"

    def find(self, subject: Subject) -> Iterator[Finding]:
        told: set[str] = set()
        for stage in subject.dockerfile.stages:
            for step in subject.own_steps(stage):
                instruction = step.instruction
                if instruction.name != "RUN" or _has_cache(instruction.flags_of("mount")):
                    continue
                for install in installs_of(commands_of(instruction)):
                    manager = install.manager
                    if manager.cache and manager.name not in told:
                        told.add(manager.name)
                        first = manager.cache.partition(" ")[0]
                        has_option = "--no-cache-dir" in install.command.options
                        more = " and leave out --no-cache-dir" if has_option else ""
                        yield self.finding(
                            instruction.line,
                            f"{manager.name} downloads everything again whenever this step runs. "
                            f"Write `RUN --mount=type=cache,target={first}`{more}: the cache is "
                            "kept on the builder, in no layer",
                        )


def _has_cache(mounts: tuple[str, ...]) -> bool:
    return any("type=cache" in mount for mount in mounts)
