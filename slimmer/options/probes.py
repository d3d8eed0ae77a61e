"""Probes and plans as options: texts on the command line, mappings in slim.yaml."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from slimmer.errors import UsageError
from slimmer.options.document import Section
from slimmer.options.kinds import Several
from slimmer.options.option import Settings
from slimmer.options.plan import Plan, read_plan, steps_of
from slimmer.options.steps import read_step
from slimmer.probing import with_unique_names
from slimmer.probing.kinds import exec_probe, grpc_probe, http_probe, websocket_probe
from slimmer.values import Probe


@dataclass(frozen=True, kw_only=True)
class Steps(Several):
    """Steps in slim.yaml."""

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[Probe, ...]:
        return section.each(name, partial(read_step, folder=folder))


@dataclass(frozen=True, kw_only=True)
class Plans(Several):
    """Plans, ready ones by name and others by file: in slim.yaml alone or as `plan:` with
    `values:`. A flag gives the name only, as its values are flags too."""

    def of_yaml(self, section: Section, name: str, folder: Path) -> tuple[Plan, ...]:
        value = section.take(name)
        items: Sequence[Any] = value if isinstance(value, list) else [value]
        return tuple(
            _plan(section, f"{section.path_of(name)}[{number}]", item, folder)
            for number, item in enumerate(items)
        )


def plans_named(names: Sequence[str], values: Mapping[str, str]) -> tuple[Plan, ...]:
    """Those that flags name. A value is for each plan that has one of that name."""
    plans = tuple(read_plan(name) for name in names)
    known = {name for plan in plans for name in plan.values}
    if unknown := sorted(set(values) - known):
        raise UsageError(
            f"no plan has a value `{unknown[0]}`",
            hint=f"there are: {', '.join(sorted(known)) or 'none'}",
        )
    if not values:
        return plans
    return tuple(
        read_plan(name, {each: values[each] for each in plan.values if each in values})
        for name, plan in zip(names, plans, strict=True)
    )


def with_plans(settings: Settings) -> Settings:
    """With the steps of `plans` among the probes, and no two probes or checks of one name."""
    probes = (*settings.pop("probes", ()), *steps_of(settings.pop("plans", ())))
    named = with_unique_names((*probes, *settings.pop("checks", ())))
    steps = {"probes": named[: len(probes)], "checks": named[len(probes) :]}
    return settings | {name: value for name, value in steps.items() if value}


def _plan(section: Section, key: str, item: Any, folder: Path) -> Plan:
    values: tuple[tuple[str, str], ...] = ()
    if isinstance(item, dict):
        inner = Section(section.document, key, item)
        item = inner.scalar("plan", str, "")
        values = inner.mapping_of_texts("values")
        inner.finish()
    try:
        if not isinstance(item, str) or not item:
            raise UsageError("expected the name or the file of a plan")
        return read_plan(item, dict(values), folder=folder)
    except UsageError as error:
        raise section.document.error(key, error.message, error.hint) from error


STEPS: Final = Steps()
PLANS: Final = Plans(metavar="FILE|NAME", parse=lambda text, _: (text,))
PLAN_VALUES: Final = Several(
    metavar="NAME=VALUE",
    pattern=r"(?s)[^=]+=.*",
    parse=lambda text, _: (tuple(text.split("=", 1)),),
)
HTTP_PROBES: Final = Several(metavar="REQUEST", parse=lambda text, _: (http_probe(text),))
GRPC_PROBES: Final = Several(metavar="CALL", parse=lambda text, _: (grpc_probe(text),))
WEBSOCKET_PROBES: Final = Several(metavar="PATH", parse=lambda text, _: (websocket_probe(text),))
EXEC_PROBES: Final = Several(metavar="COMMAND", parse=lambda text, _: (exec_probe(text),))
