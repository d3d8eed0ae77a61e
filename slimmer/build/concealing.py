"""Secrets that a build was given, taken out of what it tells."""

from __future__ import annotations

import dataclasses

from slimmer.options import BuildOptions
from slimmer.probing import Concealment, values_to_conceal
from slimmer.values import Hardening, ProbeResult, SmokeOutcome


def concealment_of(options: BuildOptions) -> Concealment:
    """Of the variables and probes of all roles."""
    return Concealment(
        value
        for role in options.all_roles
        for value in values_to_conceal(role.run.environment, (*role.probes, *role.checks))
    )


def concealed_outcome(outcome: SmokeOutcome, conceal: Concealment) -> SmokeOutcome:
    """As a report may tell it."""
    return dataclasses.replace(
        outcome,
        problem=conceal(outcome.problem),
        unhealthy=conceal(outcome.unhealthy),
        logs=conceal(outcome.logs),
        results=tuple(_concealed_result(each, conceal) for each in outcome.results),
    )


def _concealed_result(result: ProbeResult, conceal: Concealment) -> ProbeResult:
    comparison = result.comparison
    if comparison is not None:
        comparison = dataclasses.replace(
            comparison,
            differences=tuple(
                dataclasses.replace(each, lines=tuple(map(conceal, each.lines)))
                for each in comparison.differences
            ),
        )
    return dataclasses.replace(
        result,
        answer=conceal(result.answer),
        excerpt=conceal(result.excerpt),
        comparison=comparison,
    )


def concealed_hardening(hardening: Hardening, conceal: Concealment) -> Hardening:
    """The reasons have words of the application."""
    return dataclasses.replace(
        hardening,
        capabilities=tuple(
            dataclasses.replace(each, reason=conceal(each.reason))
            for each in hardening.capabilities
        ),
        notes=tuple(map(conceal, hardening.notes)),
    )
