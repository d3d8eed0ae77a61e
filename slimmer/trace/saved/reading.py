"""The bytes of a file → the saved trace, or a clear word on why not."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from slimmer.errors import TraceFileError
from slimmer.trace.saved.call_text import read_calls
from slimmer.trace.saved.escapes import unescaped
from slimmer.trace.saved.probe_text import read_probe
from slimmer.trace.saved.saved import (
    READY_STEPS,
    Contents,
    Fact,
    Identity,
    Kind,
    Passed,
    SavedRole,
    SavedTrace,
    SeenPath,
    Use,
)
from slimmer.trace.saved.writing import ENTITLED, FORMAT, VERSION, WHOLE, WITH_CALLS, checksum
from slimmer.values import Access, CallUse, Probe, Repair, Source

_RAW_MAGIC: Final = b"SLIMTRC\0"
"""The first bytes of what the sensor itself writes, see probes/sensor/WIRE.md."""
_CONFLICT: Final = re.compile(rb"^(?:<{7} |={7}$|>{7} |\|{7} )", re.MULTILINE)
_LAST_LINE: Final = re.compile(rb"^end\t(sha256:[0-9a-f]{64})\n\Z", re.MULTILINE)
_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_SAVE: Final = "`slim build --save-trace FILE` saves one"
_ACCESSES: Final = frozenset(access.value for access in Access)
_SOURCES: Final = frozenset(source.value for source in Source)
_WORDS: Final = (
    *("original", "platform", "configuration", "layer", "runs", "source", "missing-source"),
    *("setting", "package", "installed"),
    "privileges",
    *(
        "port",
        "ready-within",
        "exit-status",
        "note",
        "probe",
        "role",
        "phase",
        "calls",
        "repair",
        "passed",
    ),
)
_OF_ROLE: Final = ("port", "ready-within", "exit-status", "probe")
"""Words that speak of the role above them, or of the whole where no role is named."""
_WITH_FIELDS: Final = ("probe", "calls", "repair", "passed", "setting", "package", "installed")
"""Words whose text is more than one field."""
_PLAIN_KINDS: Final = {
    kind.value: Fact(kind=kind) for kind in (Kind.DIRECTORY, Kind.OTHER, Kind.MISSING)
}


def read_saved_trace(file: Path) -> SavedTrace:
    """The trace that a file holds. Raises TraceFileError for one that cannot be read, is no saved
    trace, is damaged, cut off, of a newer format, or holds a conflict of a merge."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise TraceFileError(
            f"the trace {file} cannot be read: {error.strerror}", hint=_SAVE
        ) from error
    return from_bytes(data, str(file))


def from_bytes(data: bytes, name: str) -> SavedTrace:
    """As `read_saved_trace`; `name` is what errors call the file."""
    if data.startswith(_RAW_MAGIC):
        raise TraceFileError(
            f"{name} is the sensor's own record of one run, not a saved trace",
            hint=f"`slim debug trace` prints it; {_SAVE}",
        )
    # No line holds a carriage return of its own: what checked the file out has put them there.
    data = data.replace(b"\r\n", b"\n")
    first, _, _ = data.partition(b"\n")
    version = re.fullmatch(rf"{FORMAT} ([0-9]{{1,9}})".encode(), first)
    if version is None:
        what = "is empty" if not data else "is not a saved trace"
        raise TraceFileError(f"{name} {what}", hint=_SAVE)
    if int(version[1]) not in (VERSION, WITH_CALLS):
        raise TraceFileError(
            f"{name} has format {int(version[1])}, this version of slimmer reads {WITH_CALLS}",
            hint="use the version of slimmer that saved it, or a newer one",
        )
    if _CONFLICT.search(data):
        raise TraceFileError(
            f"{name} holds a conflict of a merge",
            hint="take one side, or have both: save each side to a file of its own "
            "(git show :2:FILE, git show :3:FILE) and join them with `slim trace merge`",
        )
    ending = _LAST_LINE.search(data)
    if ending is None:
        raise TraceFileError(f"{name} is cut off: its last line is missing", hint=_SAVE)
    body = data[: ending.start()]
    if checksum(body) != ending[1].decode():
        raise TraceFileError(
            f"{name} was damaged or changed: its checksum is another one",
            hint="take the file as it was saved. What a trace misses can be kept with "
            "--include, and what it has too much of can be dropped with --exclude",
        )
    return _Parser(name).parse(body)


def is_saved_trace(data: bytes) -> bool:
    """Whether a file claims to be one, sound or not."""
    return data.startswith((FORMAT.encode() + b" ", _RAW_MAGIC))


class _Parser:
    """One pass over the lines. What is said of the whole comes before the first path."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._number = 0
        self._header: dict[str, list[str]] = {word: [] for word in _WORDS}
        self._roles: list[dict[str, list[str]]] = []

    def parse(self, body: bytes) -> SavedTrace:
        try:
            lines = body.decode().split("\n")[:-1]
            paths = next((n for n, line in enumerate(lines) if line.startswith("/")), len(lines))
            self._read_header(lines[1:paths])
            trace = self._composed()
            return dataclasses.replace(trace, paths=self._read_paths(lines[paths:], trace))
        except (ValueError, LookupError) as error:
            raise TraceFileError(
                f"{self._name}:{self._number}: not what a saved trace has there",
                hint=_SAVE,
                details=str(error),
            ) from error

    def _read_header(self, lines: Sequence[str]) -> None:
        for self._number, line in enumerate(lines, 2):
            if not line.startswith("#"):
                word, _, text = line.partition("\t")
                if word == "role":
                    self._roles.append({word: [] for word in ("role", *_OF_ROLE)})
                of_role = self._roles and word in ("role", *_OF_ROLE)
                block = self._roles[-1] if of_role else self._header
                block[word].append(text if word in _WITH_FIELDS else unescaped(text))

    def _read_paths(self, lines: Sequence[str], trace: SavedTrace) -> dict[str, SeenPath]:
        """Each path with the uses that are listed below it."""
        found: dict[str, SeenPath] = {}
        uses: dict[Use, int] = {}
        phases = frozenset(trace.phases)
        latest = ""
        for number, line in enumerate(lines, self._number + 1):
            self._number = number
            if line.startswith("\t"):
                uses |= _uses(line, phases, trace.runs)
                continue
            field, *fields = line.split("\t")
            path = _absolute(unescaped(field))
            if path <= latest:
                raise ValueError(f"{path} behind {latest}")
            latest, uses = path, {}
            count = _take_count(fields, trace.runs)
            found[path] = SeenPath(fact=_fact(fields), runs=count, uses=uses)
        for path, seen in found.items():
            if not seen.uses or max(seen.uses.values()) > seen.runs:
                raise ValueError(f"{path} without a use, or with more than its own")
        return found

    def _composed(self) -> SavedTrace:
        header = self._header
        roles = tuple(map(_role, self._roles)) or (_role(header),)
        _different(tuple(role.name for role in roles))
        named = roles if self._roles else ()
        return SavedTrace(
            identity=Identity(
                reference=self._one("original"),
                platform=self._one("platform"),
                configuration=_digest(self._one("configuration")),
                layers=tuple(_digest(layer) for layer in header["layer"]),
                contents=_contents(header),
            ),
            runs=_positive(self._one("runs")),
            sources=frozenset(Source(name) for name in header["source"]),
            missing_sources=frozenset(Source(name) for name in header["missing-source"]),
            as_entitled=header["privileges"] == [ENTITLED],
            port=None if named else roles[0].port,
            ready_within=max(role.ready_within for role in roles),
            exit_status=None if named else roles[0].exit_status,
            notes=tuple(header["note"]),
            probes=() if named else roles[0].probes,
            roles=named,
            phases=_different(tuple(header["phase"])),
            calls=self._calls(),
            repairs=tuple(map(_repair, header["repair"])),
            passed=tuple(map(_passed, header["passed"])),
        )

    def _calls(self) -> tuple[CallUse, ...]:
        found: list[CallUse] = []
        for text in self._header["calls"]:
            phase, architecture, words = map(unescaped, text.split("\t"))
            if phase not in self._header["phase"]:
                raise ValueError(f"calls of no phase: {phase}")
            found += read_calls(phase, architecture, words)
        if found != sorted(set(found)):
            raise ValueError("calls in another order, or twice")
        return tuple(found)

    def _one(self, word: str) -> str:
        (text,) = self._header[word]
        return text


def _contents(header: Mapping[str, list[str]]) -> Contents | None:
    """None for a trace that says nothing of it, as those of before."""
    settings, packages, installed = (
        dict(map(_named, header[word])) for word in ("setting", "package", "installed")
    )
    if not (settings or packages or installed):
        return None
    for fact in (*settings.values(), *installed.values()):
        _digest(fact)
    return Contents(settings=settings, packages=packages, installed=installed)


def _named(text: str) -> tuple[str, str]:
    name, fact = map(unescaped, text.split("\t"))
    return name, fact


def _role(block: Mapping[str, list[str]]) -> SavedRole:
    """A role's lines, or those of a trace without roles."""
    (ready_within,) = block["ready-within"]
    (name,) = block["role"] or ("",)
    if block["role"] == [""]:
        raise ValueError("a role without a name")
    return SavedRole(
        name=name,
        port=_number_of(block, "port", 65535),
        ready_within=_one_of(READY_STEPS, _natural(ready_within)),
        exit_status=_number_of(block, "exit-status", 255),
        probes=_with_different_names(tuple(read_probe(text) for text in block["probe"])),
    )


def _number_of(block: Mapping[str, list[str]], word: str, limit: int) -> int | None:
    if not block[word]:
        return None
    (text,) = block[word]
    number = _natural(text)
    if number > limit:
        raise ValueError(f"{word} {number}")
    return number


def _repair(text: str) -> Repair:
    path, phase, program, listing, *rest = map(unescaped, text.split("\t"))
    if rest not in ([], [WHOLE]):
        raise ValueError(f"not a repair: {text}")
    return Repair(
        path=_absolute(path), phase=phase, program=program, listing=listing, whole=bool(rest)
    )


def _passed(text: str) -> Passed:
    image, test = map(_digest, text.split("\t"))
    return Passed(image=image, test=test)


def _fact(fields: list[str]) -> Fact:
    match fields:
        case [kind] if kind in _PLAIN_KINDS:
            return _PLAIN_KINDS[kind]
        case [Kind.FILE.value, size, digest]:
            return Fact(kind=Kind.FILE, size=_natural(size), digest=_digest(digest))
    raise ValueError(f"not a fact: {fields}")


def _uses(line: str, phases: frozenset[str], runs: int) -> dict[Use, int]:
    _, *fields = line.split("\t")
    count = _take_count(fields, runs)
    phase, access, program, sources = map(unescaped, fields)
    names = sources.split(" ")
    if phase not in phases or access not in _ACCESSES or not _SOURCES.issuperset(names):
        raise ValueError(f"not a use: {line}")
    return {
        Use(phase=phase, access=access, program=program, source=source): count for source in names
    }


def _take_count(fields: list[str], runs: int) -> int:
    """In how many runs a line's subject was seen, without the field that says so."""
    if not fields or not fields[-1].startswith("seen "):
        return runs
    count = _positive(fields.pop()[len("seen ") :])
    if count >= runs:
        raise ValueError(f"seen in {count} of {runs} runs")
    return count


def _natural(text: str) -> int:
    if not re.fullmatch("0|[1-9][0-9]{0,18}", text):
        raise ValueError(f"not a number: {text}")
    return int(text)


def _positive(text: str) -> int:
    number = _natural(text)
    if not number:
        raise ValueError("0 runs")
    return number


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise ValueError(f"not a digest: {text}")
    return text


def _absolute(path: str) -> str:
    if not path.startswith("/"):
        raise ValueError(f"not an absolute path: {path}")
    return path


def _one_of(known: tuple[int, ...], number: int) -> int:
    if number not in known:
        raise ValueError(f"not one of {known}: {number}")
    return number


def _different(texts: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(texts)) != len(texts):
        raise ValueError(f"twice the same: {texts}")
    return texts


def _with_different_names(probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    _different(tuple(probe.name for probe in probes))
    return probes
