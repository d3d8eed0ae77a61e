"""Records as lines for humans, in the manner of strace: `slim debug trace FILE`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from slimmer.trace.wire.records import (
    Activity,
    Adopted,
    Call,
    Exiting,
    Hello,
    Listening,
    Lookup,
    Loss,
    Note,
    Opened,
    Phase,
    Program,
    Record,
    Signals,
    SystemCall,
    Trailer,
)
from slimmer.trace.wire.trace import read_records


def describe_trace(path: Path) -> Iterator[str]:
    """A trace file's lines; errors as for `read_records`, after the lines before them."""
    yield from describe(read_records(path))


def describe(records: Iterable[Record]) -> Iterator[str]:
    """One line per record: seconds since the start, then what happened."""
    for record in records:
        # Numbers for programs and calls are the format's own affair.
        if not isinstance(record, Program | Call):
            yield f"{record.time / 1e9:10.6f}  {_words(record)}"


def quote(text: str) -> str:
    """Text in double quotes that cannot move a cursor or end a line, whatever a program chose:
    control characters and bytes that are no UTF-8 as `\\xNN`."""
    escaped = []
    for character in text:
        code = ord(character)
        if character in '"\\':
            escaped.append("\\" + character)
        elif 0xDC80 <= code <= 0xDCFF:
            escaped.append(f"\\x{code - 0xDC00:02x}")
        elif character.isprintable():
            escaped.append(character)
        else:
            escaped.append("".join(f"\\x{byte:02x}" for byte in character.encode()))
    return '"' + "".join(escaped) + '"'


def _words(record: Record) -> str:
    match record:
        case Lookup():
            return _lookup(record)
        case Opened():
            return (
                f"{_who(record.program, record.process)}  opened {quote(record.path)} "
                f"= {record.access.value}"
            )
        case Hello():
            sources = " and ".join(sorted(source.value for source in record.sources)) or "nothing"
            missing = "".join(
                f"; no {source.value}: {_plain(reason)}"
                for source, reason in record.missing.items()
            )
            return (
                f"--- trace of process {record.target} by {sources}, "
                f"Linux {_plain(record.kernel)} {_plain(record.machine)}{missing}"
            )
        case Phase():
            return f"--- phase {quote(record.name)}"
        case Listening():
            shown = f"[{record.address}]" if record.address.version == 6 else str(record.address)
            return f"--- listening on {shown}:{record.port}"
        case Exiting():
            return f"--- the first program ends with status {record.status}"
        case Signals():
            return (
                f"--- signals caught {record.caught:#x}, blocked {record.blocked:#x}, "
                f"ignored {record.ignored:#x}"
            )
        case Adopted():
            joined = f"process {record.process} joined" if record.process else "nobody joined"
            return f"--- {joined}" + (f": {_plain(record.text)}" if record.text else "")
        case SystemCall():
            argument = f", argument {record.index} = {record.argument:#x}" if record.index else ""
            return f"--- system call {record.number} of {record.architecture:#x}{argument}"
        case Activity():
            limited = f" ({record.left:.3f} s and more)" if record.limited else ""
            return (
                f"--- threads: {record.running} run, {record.waiting} wait for an event, "
                f"{record.limited} for a time{limited}; {record.used:.2f} s of processor time"
                + ("; connected" if record.connected else "")
            )
        case Note():
            return f"--- note: {_plain(record.text)}"
        case Loss():
            return f"--- LOSS of {record.count or 'some'} {record.source}: {_plain(record.text)}"
        case Trailer():
            return (
                f"--- complete: {sum(record.counts)} records of {record.notifications} calls and "
                f"{record.opens} opens; {record.folded} repeated what was known"
            )
    return repr(record)


def _lookup(record: Lookup) -> str:
    if not record.readable:
        named = "an unreadable address"
    elif not record.anchored:
        named = f"{quote(record.path)} relative to no directory"
    elif record.directory:
        named = f"{quote(record.directory)}, {quote(record.path)}"
    else:
        named = quote(record.path)
    marks = ("" if record.follows else " no-follow") + (" 32-bit" if record.compat else "")
    return (
        f"{_who(record.program, record.thread)}  {_plain(record.call)}({named}) "
        f"= {record.access.value}{marks}"
    )


def _who(program: str, number: int) -> str:
    return f"{_plain(program) or '?'}[{number}]"


def _plain(text: str) -> str:
    return quote(text)[1:-1]
