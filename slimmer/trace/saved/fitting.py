"""Whether a saved trace still says what another build of its original needs.

Each build of an application has other files of its own; those are taken as they are now. What the
application stands on has to be what was traced: how the container is run, the packages of the
distribution, those of languages, and each seen file that is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from slimmer.trace.saved.contents import is_byte_code, source_of
from slimmer.trace.saved.drift import Change, Drift
from slimmer.trace.saved.saved import Contents

_SHOWN: Final = 3
_CHANGES: Final = {
    Change.GONE: "was removed",
    Change.NEW: "is new",
    Change.TYPE: "is of another type",
    Change.CONTENT: "has changed",
}


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """Why the original has to be traced anew."""

    part: str
    """`configuration`, `system` or `dependencies`."""
    findings: tuple[str, ...]
    """What has changed in it, in words; at least one."""

    def __str__(self) -> str:
        shown = ", ".join(self.findings[:_SHOWN])
        more = f" and {len(self.findings) - _SHOWN:,} more" if len(self.findings) > _SHOWN else ""
        return f"{self.part}: {shown}{more}"


def misfits(
    before: Contents,
    now: Contents,
    drifted: Sequence[Drift],
    *,
    application: str,
    used_packages: frozenset[str],
    unit: Callable[[str], str],
    seen: Iterable[str],
) -> tuple[Misfit, ...]:
    """The parts that are others now, in what matters to what was traced; none where the trace fits.

    `application` is the layer whose files may change. A package that no traced run has used may
    change its version; a new one was installed for something that nobody has traced.
    `used_packages` are keys of `now.packages`; `unit` gives the key of `installed` for a path.
    """
    changed = {each.path for each in drifted}
    foreign = [
        each
        for each in drifted
        if each.layer != application
        and not (is_byte_code(each.path) and source_of(each.path) not in changed)
    ]
    used_units = {unit(path) for path in seen} | {unit(each.path) for each in foreign}
    units = tuple(_units(before.installed, now.installed, used_units))
    settings = tuple(_settings(before.settings, now.settings))
    found = {"configuration": settings, "system": (), "dependencies": ()}
    found["system"] = (
        *_packages(before.packages, now.packages, used_packages),
        *_files(each for each in foreign if each.layer == "system"),
    )
    found["dependencies"] = (
        *(f"{path} {words}" for path, words in units),
        *_files(
            each
            for each in foreign
            if each.layer != "system" and unit(each.path) not in dict(units)
        ),
    )
    return tuple(Misfit(part=part, findings=words) for part, words in found.items() if words)


def _settings(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *now}):
        if before.get(name) != now.get(name):
            yield f"{name.replace('Env ', 'ENV ')} {_words(before.get(name), now.get(name))}"


def _packages(
    before: Mapping[str, str], now: Mapping[str, str], used: frozenset[str]
) -> Iterator[str]:
    for name, version in now.items():
        if name not in before:
            yield f"{name} {version} is new"
        elif before[name] != version and name in used:
            yield f"{name} {before[name]} is {version} now"


def _units(
    before: Mapping[str, str], now: Mapping[str, str], used: set[str]
) -> Iterator[tuple[str, str]]:
    """(path, what has become of it)"""
    for path in sorted({*before, *now}):
        if before.get(path) != now.get(path) and (path not in before or path in used):
            yield path, _words(before.get(path), now.get(path))


def _files(drifted: Iterable[Drift]) -> Iterator[str]:
    for each in drifted:
        yield f"{each.path} {_CHANGES[each.change]}"


def _words(before: str | None, now: str | None) -> str:
    if before is None:
        return "is new"
    return "was removed" if now is None else "has changed"
