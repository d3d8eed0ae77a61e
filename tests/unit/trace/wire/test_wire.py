"""Bytes to records: what the sensor recorded is read as it was meant, and every damage to it is
an error with a name."""

from __future__ import annotations

import struct

import pytest

from slimmer.errors import SlimError, TraceFileError, TraceIncompleteError
from slimmer.trace.wire.describe import describe
from slimmer.trace.wire.reader import RecordReader
from slimmer.trace.wire.records import (
    Activity,
    Adopted,
    Exiting,
    Hello,
    Listening,
    Lookup,
    Loss,
    Note,
    Opened,
    Phase,
    Record,
    Signals,
    SystemCall,
    Trailer,
)
from slimmer.trace.wire.trace import build_trace
from slimmer.values import Access, CallUse, Source
from tests.unit.trace.wire.stream import (
    HEADER,
    RECORDED,
    call,
    complete,
    hello,
    lookup,
    opened,
    phase,
    program,
    record,
    text,
)


def read(data: bytes, piece: int = 1 << 20) -> list[Record]:
    """All records of a complete stream, fed in pieces."""
    reader = RecordReader()
    records = []
    for start in range(0, len(data), piece):
        records += reader.feed(data[start : start + piece])
    reader.close()
    return records


@pytest.fixture(scope="module")
def recorded() -> bytes:
    return RECORDED.read_bytes()


def test_what_the_sensor_recorded(recorded: bytes) -> None:
    records = read(recorded)
    first, second, *_, last = records
    assert isinstance(first, Hello)
    assert first.sources == frozenset(Source)
    assert first.missing == {}
    assert (first.target, first.machine) == (1, "x86_64")
    assert isinstance(second, Phase)
    assert second.name == "boot"
    assert isinstance(last, Trailer)
    assert sum(last.counts) == len(records) - 1
    assert [item.time for item in records] == sorted(item.time for item in records)

    lookups = {item.path: item for item in records if isinstance(item, Lookup)}
    below = lookups["../../etc/hostname"]
    assert below.directory == "/usr/share"
    assert (below.call, below.access, below.program) == ("openat", Access.OPEN, "/usr/bin/cat")
    assert below.follows
    assert not lookups["/tmp/./"].follows
    assert lookups["/no such\nline"].access is Access.LOOKUP
    assert lookups["/dev/null"].access is Access.CREATE
    assert lookups["/usr/bin/cat"].access is Access.EXECUTE

    real = {(item.path, item.access) for item in records if isinstance(item, Opened)}
    assert ("/etc/hostname", Access.OPEN) in real
    assert ("/usr/bin/cat", Access.EXECUTE) in real
    kinds = {type(item) for item in records}
    assert kinds >= {Exiting, Adopted, Signals, Note}


@pytest.mark.parametrize("piece", [1, 2, 7, 4096])
def test_pieces_do_not_matter(recorded: bytes, piece: int) -> None:
    assert read(recorded, piece) == read(recorded)


def test_cut_off_at_each_byte_it_is_never_complete(recorded: bytes) -> None:
    whole = read(recorded)
    for size in range(len(recorded)):
        reader = RecordReader()
        cut = recorded[:size]
        assert reader.feed(cut) == whole[: len(_complete_records(cut))]
        with pytest.raises(TraceIncompleteError, match=r"offset \d+"):
            reader.close()


def _complete_records(data: bytes) -> list[int]:
    """Offsets of the records that are whole in `data`, by the lengths alone."""
    offsets, position = [], len(HEADER)
    while position + 16 <= len(data):
        end = position + 16 + struct.unpack_from("<I", data, position)[0]
        if end > len(data):
            break
        offsets.append(position)
        position = end
    return offsets


def test_no_flipped_bit_goes_unnoticed(recorded: bytes) -> None:
    whole = read(recorded)
    for position in range(len(recorded)):
        damaged = bytearray(recorded)
        damaged[position] ^= 1 << position % 8
        try:
            records = read(bytes(damaged))
        except (TraceFileError, TraceIncompleteError):
            continue
        # The trailer itself is not under the checksum: its own figures may differ.
        assert position >= _complete_records(recorded)[-1]
        assert records[:-1] == whole[:-1]


def test_what_is_no_trace_is_told_apart() -> None:
    with pytest.raises(TraceFileError, match="not a trace"):
        RecordReader().feed(b"\x7fELF and so on, for a while")
    with pytest.raises(TraceFileError, match="not a trace"):
        RecordReader().feed(b"SLIMSRV\0\1")


def test_what_threads_do() -> None:
    body = struct.pack("<IIIIQQ", 1, 2, 3, 1, 4_500_000_000, 70_000_000)
    (_, seen, *_) = read(complete(hello(), record(15, body)))
    assert seen == Activity(
        time=0, running=1, waiting=2, limited=3, connected=True, left=4.5, used=0.07
    )
    (line,) = describe([seen])
    assert "1 run, 2 wait for an event, 3 for a time (4.500 s and more); 0.07 s" in line
    assert line.endswith("; connected")
    assert build_trace([seen]).sightings == ()


@pytest.mark.parametrize(("version", "advice"), [(4, "newer slimmer"), (0, "trace again")])
def test_another_version_is_told_apart(version: int, advice: str) -> None:
    with pytest.raises(TraceFileError, match=f"version {version}") as caught:
        RecordReader().feed(struct.pack("<8sHHI", b"SLIMTRC\0", version, 0, 0))
    assert advice in caught.value.hint


def test_streams_of_before_the_census_are_read() -> None:
    assert struct.unpack_from("<H", RECORDED.read_bytes(), 8) == (1,)
    assert not any(isinstance(each, SystemCall) for each in read(RECORDED.read_bytes()))


def test_system_calls_belong_to_the_phase_before_them() -> None:
    body = struct.pack("<IIII", 0xC000003E, 41, 1, 10)
    end = struct.pack("<IIII", 0x40000003, 1, 0, 0)
    data = complete(
        *(hello(11), phase(b"boot"), record(14, body), phase(b"asked"), record(14, end))
    )
    records = read(data)
    (first, _) = (each for each in records if isinstance(each, SystemCall))
    assert (first.number, first.index, first.argument) == (41, 1, 10)
    assert isinstance(records[0], Hello)
    assert records[0].census
    assert build_trace(records).calls == (
        CallUse(phase="asked", architecture="i386", name="exit"),
        CallUse(phase="boot", architecture="x86_64", name="socket", argument=10),
    )
    assert "--- system call 41 of 0xc000003e, argument 1 = 0xa" in "\n".join(describe(records))


@pytest.mark.parametrize(
    "damaged",
    [
        record(99, b""),
        record(14, b"\0" * 15),
        record(15, b"\0" * 31),
        record(0, b""),
        struct.pack("<IIQ", 1 << 30, 4, 0),
        record(6, struct.pack("<H", 10) + b"short"),
        record(6, text(b"name") + b"more"),
        record(8, b"\0"),
        record(7, struct.pack("<HH16s", 5, 80, b"")),
        record(12, struct.pack("<IQ", 9, 0) + text(b"")),
        lookup(b"/by a call that nobody announced"),
        call(1, b"open") + lookup(b"/by an unknown program", by=5),
        call(1, b"open") + program(1, b"/x") + lookup(b"/of an unknown access", access=9),
        program(1, b"/x") + opened(b"/x", access=0),
        record(4, b"\0\0"),
        record(5, b"\0" * 13),
    ],
)
def test_a_record_that_does_not_fit_names_its_offset(damaged: bytes) -> None:
    with pytest.raises(TraceFileError, match=r"offset \d+") as caught:
        RecordReader().feed(HEADER + hello() + damaged)
    assert caught.value.details.startswith("expected ")


def test_nothing_follows_the_trailer() -> None:
    for more in (b"x", phase(b"late")):
        with pytest.raises(TraceFileError, match="damaged"):
            read(complete(hello()) + more)


def test_a_record_that_went_missing_is_noticed() -> None:
    stream = complete(hello(), phase(b"boot"), phase(b"lost"))
    with pytest.raises(TraceFileError, match="damaged") as caught:
        read(stream.replace(phase(b"lost"), b""))
    assert "checksum" in caught.value.details


def test_a_loss_makes_it_incomplete() -> None:
    loss = record(12, struct.pack("<IQ", 2, 0) + text(b"the queue overflowed"))
    reader = RecordReader()
    assert any(isinstance(item, Loss) for item in reader.feed(complete(hello(), loss)))
    with pytest.raises(TraceIncompleteError, match="the queue overflowed"):
        reader.close()


def test_missing_sources_say_why() -> None:
    (first, _) = read(complete(hello(sources=2)))
    assert isinstance(first, Hello)
    assert first.sources == {Source.FANOTIFY}
    assert first.missing == {Source.NOTIFY: "why not"}


def test_numbers_may_be_given_anew() -> None:
    records = read(
        complete(
            hello(), call(1, b"open"),
            program(1, b"/one"), lookup(b"/a"), program(1, b"/two"), lookup(b"/a"),
        )
    )  # fmt: skip
    assert [item.program for item in records if isinstance(item, Lookup)] == ["/one", "/two"]


@pytest.mark.parametrize(
    ("family", "raw", "shown", "loopback"),
    [
        (4, bytes([127, 0, 0, 1]), "127.0.0.1", True),
        (4, bytes([0, 0, 0, 0]), "0.0.0.0", False),
        (6, bytes(16), "::", False),
        (6, bytes(15) + b"\1", "::1", True),
        (6, bytes(10) + b"\xff\xff\x7f\0\0\1", "::ffff:127.0.0.1", True),
    ],
)
def test_addresses(family: int, raw: bytes, shown: str, loopback: bool) -> None:
    (_, item, _) = read(complete(hello(), record(7, struct.pack("<HH16s", family, 8080, raw))))
    assert isinstance(item, Listening)
    assert item.port == 8080
    assert item.loopback is loopback
    assert str(item.address) in (shown, "::ffff:7f00:1")


def test_every_error_has_a_hint(recorded: bytes) -> None:
    for data in (b"foreign bytes", recorded[:-1], recorded[:40]):
        with pytest.raises(SlimError) as caught:
            read(data)
        assert caught.value.hint
