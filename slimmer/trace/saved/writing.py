"""A saved trace → its file's bytes: the same value gives the same bytes, everywhere."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Final

from slimmer.trace.saved.call_text import call_text
from slimmer.trace.saved.escapes import escaped
from slimmer.trace.saved.probe_text import probe_text
from slimmer.trace.saved.saved import Contents, Fact, Kind, SavedRole, SavedTrace, Use

FORMAT: Final = "slimmer trace"
VERSION: Final = 1
WITH_CALLS: Final = 2
"""The version of a file that has system calls: slimmer of before cannot read it."""
ENTITLED: Final = "as in the original"
"""Of a run in which setuid programs and file capabilities had their effect."""
WHOLE: Final = "whole"
"""At the end of a repair that stands for all below its path."""
_EXPLANATION: Final = "# What an image's container used. Made by slim; read with: slim trace show"


def to_bytes(saved: SavedTrace) -> bytes:
    """The whole file, its checksum last; docs/trace.md describes it."""
    version = WITH_CALLS if saved.calls else VERSION
    lines = [f"{FORMAT} {version}", _EXPLANATION, *_header(saved)]
    position = {phase: number for number, phase in enumerate(saved.phases)}
    for path, seen in saved.paths.items():
        lines.append(_line(path, *_fact(seen.fact), *_seen(seen.runs, saved.runs)))
        lines += _uses(seen.uses, position, saved.runs)
    body = "".join(f"{line}\n" for line in lines).encode()
    return body + f"end\t{checksum(body)}\n".encode()


def checksum(body: bytes) -> str:
    """`sha256:…` of everything before the last line."""
    return "sha256:" + hashlib.sha256(body).hexdigest()


def _header(saved: SavedTrace) -> Iterator[str]:
    identity = saved.identity
    yield _line("original", identity.reference)
    yield _line("platform", identity.platform)
    yield _line("configuration", identity.configuration)
    for layer in identity.layers:
        yield _line("layer", layer)
    if identity.contents is not None:
        yield from _contents(identity.contents)
    yield _line("runs", str(saved.runs))
    for word, sources in (("source", saved.sources), ("missing-source", saved.missing_sources)):
        for name in sorted(source.value for source in sources):
            yield _line(word, name)
    if saved.as_entitled:
        yield _line("privileges", ENTITLED)
    for note in saved.notes:
        yield _line("note", note)
    for role in saved.all_roles:
        yield from _role(role)
    for phase in saved.phases:
        yield _line("phase", phase)
    for (phase, architecture), calls in groupby(
        saved.calls, key=lambda call: (call.phase, call.architecture)
    ):
        yield _line("calls", phase, architecture, " ".join(map(call_text, calls)))
    for repair in saved.repairs:
        whole = (WHOLE,) if repair.whole else ()
        yield _line("repair", repair.path, repair.phase, repair.program, repair.listing, *whole)
    for passed in saved.passed:
        yield _line("passed", passed.image, passed.test)


def _contents(contents: Contents) -> Iterator[str]:
    for word, facts in (
        ("setting", contents.settings),
        ("package", contents.packages),
        ("installed", contents.installed),
    ):
        for name, fact in facts.items():
            yield _line(word, name, fact)


def _role(role: SavedRole) -> Iterator[str]:
    if role.name:
        yield _line("role", role.name)
    if role.port is not None:
        yield _line("port", str(role.port))
    yield _line("ready-within", str(role.ready_within))
    if role.exit_status is not None:
        yield _line("exit-status", str(role.exit_status))
    for probe in role.probes:
        yield f"probe\t{probe_text(probe)}"


def _uses(uses: Mapping[Use, int], position: Mapping[str, int], runs: int) -> Iterator[str]:
    """One line for the uses that differ in their source alone."""
    sources: defaultdict[tuple[int, str, str, str, int], list[str]] = defaultdict(list)
    for use, count in uses.items():
        sources[position[use.phase], use.phase, use.access, use.program, count].append(use.source)
    for (_, phase, access, program, count), names in sorted(sources.items()):
        yield _line("", phase, access, program, " ".join(sorted(names)), *_seen(count, runs))


def _fact(fact: Fact) -> tuple[str, ...]:
    if fact.kind is Kind.FILE:
        return fact.kind.value, str(fact.size), fact.digest
    return (fact.kind.value,)


def _seen(count: int, runs: int) -> tuple[str, ...]:
    """Nothing for what every run saw: a further run that saw the same changes no line."""
    return () if count == runs else (f"seen {count}",)


def _line(*fields: str) -> str:
    return "\t".join(map(escaped, fields))
