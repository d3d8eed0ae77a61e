"""Plans: YAML files with named phases of ordered and parallel steps. docs/plans.md describes them.

A plan becomes steps of one list, as all probes are; that they belong together is written on them.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer.errors import UsageError
from slimmer.options.document import Document, Section
from slimmer.options.ready_plans import ready_plans
from slimmer.options.steps import read_step
from slimmer.probing import ENVIRONMENT, HEALTHCHECK, expanded, references
from slimmer.values import Probe

RESERVED: Final = ("boot", "shutdown", "settle", HEALTHCHECK)
"""Phases that every run has by itself."""
_NAME: Final = re.compile(r"[A-Za-z0-9][\w .-]*")
_VALUE_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A plan as it was read, its values filled in."""

    name: str
    summary: str
    """What it exercises, in one line; empty where the file says nothing."""
    values: Mapping[str, str]
    """Name → text, as the file has it or as it was given."""
    steps: tuple[Probe, ...]


def read_plan(name: str, values: Mapping[str, str] | None = None, *, folder: Path = Path()) -> Plan:
    """The ready plan of that name, or the plan in the file, which is relative to `folder`.

    `values` replace those of the plan. Raises ConfigurationError with file, line and key, and
    UsageError where there is no such plan or value.
    """
    return _Reader(find_plan(name, folder), values or {}).read()


def find_plan(name: str, folder: Path = Path()) -> Path:
    """The file of a plan. What has a slash or ends with .yaml or .yml is a file."""
    if "/" in name or name.endswith((".yaml", ".yml")):
        return folder / name
    ready = ready_plans()
    if name in ready:
        return ready[name]
    near = difflib.get_close_matches(name, ready, n=1)
    known = f"did you mean {near[0]}?" if near else f"there are {', '.join(ready)}"
    raise UsageError(
        f"no ready plan is called `{name}`",
        hint=f"{known} (`slim plans` tells more); a file is named with its ending: {name}.yaml",
    )


def steps_of(plans: Iterable[Plan]) -> tuple[Probe, ...]:
    """The steps of all plans, one plan after the other. Raises UsageError for two of one name."""
    plans = tuple(plans)
    names = [plan.name for plan in plans]
    for name in names:
        if names.count(name) > 1:
            raise UsageError(
                f"two plans are called `{name}`", hint="give one of them another name: `plan:`"
            )
    return tuple(step for plan in plans for step in plan.steps)


class _Reader:
    """Reads one file from top to bottom, and knows which values there are by then."""

    def __init__(self, file: Path, given: Mapping[str, str]) -> None:
        self._file = file
        self._document = Document(file)
        self._given = given
        self._values: dict[str, str] = {}
        self._captured: set[str] = set()
        self._groups = 0
        self._name = ""

    def read(self) -> Plan:
        root = self._document.root()
        self._name = root.scalar("plan", str, "") or self._file.stem
        if not _NAME.fullmatch(self._name):
            raise root.error("plan", f"`{self._name}` is not a name (letters, digits, space . _ -)")
        summary = root.scalar("summary", str, "")
        self._read_values(root)
        phases = root.take("phases")
        root.finish()
        if not isinstance(phases, list) or not phases:
            raise root.error("phases", "expected a list of phases, each with its steps")
        steps: list[Probe] = []
        names: set[str] = set()
        for number, value in enumerate(phases):
            phase = Section(self._document, f"phases[{number}]", value)
            name = phase.scalar("phase", str, "").strip()
            if not name or name in names or name in RESERVED:
                problem = "expected a name" if not name else f"there is a phase `{name}` already"
                raise phase.error("phase", problem)
            names.add(name)
            steps += self._steps(phase, name)
            phase.finish()
        return Plan(name=self._name, summary=summary, values=self._values, steps=tuple(steps))

    def _read_values(self, root: Section) -> None:
        declared = root.mapping_of_texts("values")
        for name, _ in declared:
            if not _VALUE_NAME.fullmatch(name):
                raise root.error(f"values.{name}", "a name has letters, digits, _ and - only")
        unknown = [name for name in self._given if name not in dict(declared)]
        if unknown:
            known = ", ".join(dict(declared)) or "none"
            raise UsageError(
                f"the plan {self._name} has no value `{unknown[0]}`", hint=f"it has: {known}"
            )
        self._values = {**dict(declared), **self._given}

    def _steps(self, phase: Section, name: str) -> list[Probe]:
        items = phase.take("steps")
        if not isinstance(items, list) or not items:
            raise phase.error("steps", "expected a list of steps")
        steps: list[Probe] = []
        for number, value in enumerate(items):
            key = f"{phase.path_of('steps')}[{number}]"
            if isinstance(value, dict) and "parallel" in value:
                steps += self._side_by_side(Section(self._document, key, value), name)
            else:
                steps.append(self._step(value, key, name))
                self._captured |= {capture.name for capture in steps[-1].captures}
        return steps

    def _side_by_side(self, section: Section, phase: str) -> list[Probe]:
        items = section.take("parallel")
        section.finish()
        if not isinstance(items, list) or not items:
            raise section.error("parallel", "expected a list of steps")
        self._groups += 1
        steps = [
            dataclasses.replace(
                self._step(value, f"{section.path_of('parallel')}[{number}]", phase),
                beside=self._groups,
            )
            for number, value in enumerate(items)
        ]
        # None of them may wait for what another one captures.
        self._captured |= {capture.name for step in steps for capture in step.captures}
        return steps

    def _step(self, value: Any, key: str, phase: str) -> Probe:
        item = Section(self._document, key, self._filled(value, key))
        step = read_step(item, key, folder=self._file.parent, in_plan=True)
        return dataclasses.replace(step, name=f"{phase}: {step.name}", phase=phase, plan=self._name)

    def _filled(self, value: Any, key: str) -> Any:
        """The raw step with the plan's values in it. Raises ConfigurationError for a name that
        nothing gives."""
        if isinstance(value, dict):
            return {name: self._filled(inner, f"{key}.{name}") for name, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner, f"{key}[{at}]") for at, inner in enumerate(value)]
        if not isinstance(value, str) or "${" not in value:
            return value
        text = expanded(value, self._values)
        for name in references(text):
            if name not in self._captured and not name.startswith(ENVIRONMENT):
                raise self._document.error(
                    key,
                    f"nothing gives a value for ${{{name}}} here",
                    f"write $${{{name}}} for a shell's own variable, or let an earlier step "
                    f"`capture: {{{name}: …}}`",
                )
        return int(text) if key.endswith(".port") and text.isdigit() else text
