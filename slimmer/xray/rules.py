"""dive's three rules for CI, over dive's own figures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from slimmer.errors import ConfigurationError
from slimmer.xray.dive import DiveFigures
from slimmer.xray.document import RuleVerdict, Verdict

DEFAULTS: Final[Mapping[str, str]] = {
    "lowestEfficiency": "0.9",
    "highestWastedBytes": "disabled",
    "highestUserWastedPercent": "0.1",
}
"""dive's own, where `.dive-ci` does not set a rule."""
_OFF: Final = ("", "disabled", "off", "false")
_UNITS: Final = {
    unit: base**power
    for base, endings in ((1000, ("", "b")), (1024, ("i", "ib")))
    for power, letter in enumerate("kmgtp", 1)
    for unit in (letter + ending for ending in endings)
} | {"": 1, "b": 1}
_SIZE: Final = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-z]*)", re.IGNORECASE)


def judge(figures: DiveFigures, rules: Mapping[str, str]) -> Verdict:
    """Hold the figures against the rules: name → threshold, as dive writes them. Raises
    ConfigurationError for a rule that there is not, and for a threshold that is none."""
    unknown = sorted(set(rules) - set(DEFAULTS))
    if unknown:
        raise ConfigurationError(
            f"there is no rule {', '.join(unknown)}", hint=f"the rules are {', '.join(DEFAULTS)}"
        )
    told = {**DEFAULTS, **{name: str(value).strip() for name, value in rules.items()}}
    verdicts = (
        _lowest_efficiency(figures, told["lowestEfficiency"]),
        _highest_wasted(figures, told["highestWastedBytes"]),
        _highest_percent(figures, told["highestUserWastedPercent"]),
    )
    return Verdict(passed=all(each.verdict != "fail" for each in verdicts), rules=verdicts)


def _lowest_efficiency(figures: DiveFigures, told: str) -> RuleVerdict:
    name = "lowestEfficiency"
    if told.lower() in _OFF:
        return _skipped(name, told, figures.efficiency, "disabled")
    failed = figures.efficiency < _share(name, told)
    return _verdict(name, told, figures.efficiency, failed, f"{figures.efficiency:.1%}")


def _highest_wasted(figures: DiveFigures, told: str) -> RuleVerdict:
    name = "highestWastedBytes"
    if told.lower() in _OFF:
        return _skipped(name, told, figures.wasted_size, "disabled")
    match = _SIZE.fullmatch(told)
    if match is None or match["unit"].lower() not in _UNITS:
        raise _wrong(name, told, "a size such as 20MB or 20MiB")
    limit = float(match["number"]) * _UNITS[match["unit"].lower()]
    return _verdict(name, told, figures.wasted_size, figures.wasted_size > limit, "")


def _highest_percent(figures: DiveFigures, told: str) -> RuleVerdict:
    name = "highestUserWastedPercent"
    share = figures.wasted_user_percent
    if told.lower() in _OFF:
        return _skipped(name, told, share, "disabled")
    limit = _share(name, told)
    if share is None:  # to dive it is infinite, or not a number, which is not above any
        failed = figures.wasted_size > 0
        return RuleVerdict(
            rule=name,
            threshold=told,
            value=None,
            verdict="fail" if failed else "pass",
            detail="no layer above the first has any bytes",
        )
    return _verdict(name, told, share, share > limit, f"{share:.1%}")


def _share(name: str, told: str) -> float:
    try:
        value = float(told)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise _wrong(name, told, "a number between 0 and 1")
    return value


def _verdict(name: str, told: str, value: float, failed: bool, detail: str) -> RuleVerdict:
    return RuleVerdict(
        rule=name,
        threshold=told,
        value=value,
        verdict="fail" if failed else "pass",
        detail=detail,
    )


def _skipped(name: str, told: str, value: float | None, why: str) -> RuleVerdict:
    return RuleVerdict(rule=name, threshold=told, value=value, verdict="skip", detail=why)


def _wrong(name: str, told: str, expected: str) -> ConfigurationError:
    return ConfigurationError(
        f"{name} is {told!r}, which is not {expected}",
        hint="`disabled` turns a rule off",
    )
