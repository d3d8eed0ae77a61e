"""What a command wrote, and what the engine calls a container."""

from __future__ import annotations

import struct

import pytest

from slimmer.engine import STDERR, STDOUT, BrokenAnswerError, Output, own_names
from slimmer.engine.streams import OUTPUT_LIMIT, read_frames


def test_streams_are_told_apart_and_their_order_is_kept() -> None:
    output = Output()
    for number, data in ((STDOUT, b"one\n"), (STDERR, b"oops\n"), (STDOUT, b"two\n")):
        output.add(number, data)
    assert output.stdout == b"one\ntwo\n"
    assert output.stderr == b"oops\n"
    assert output.both == b"one\noops\ntwo\n"
    assert output.complete


def test_a_flood_is_cut_and_says_so() -> None:
    output = Output()
    output.add(STDOUT, b"x" * (OUTPUT_LIMIT - 1))
    output.add(STDERR, b"ab")
    output.add(STDERR, b"c")
    assert len(output.both) == OUTPUT_LIMIT
    assert output.stderr == b"a"
    assert not output.complete


def frame(number: int, data: bytes) -> bytes:
    return struct.pack(">BxxxI", number, len(data)) + data


def test_frames_of_a_whole_answer() -> None:
    whole = frame(STDOUT, b"out") + frame(STDERR, b"") + frame(STDERR, b"error")
    assert list(read_frames(whole)) == [(1, b"out"), (2, b""), (2, b"error")]


@pytest.mark.parametrize(
    ("place", "byte"), [(0, 0), (0, 3), (2, 1), (5, 7), (7, 2), (7, 4)], ids=str
)
def test_an_answer_that_is_out_of_step_is_none(place: int, byte: int) -> None:
    """A garbled header is noticed, by itself or as the next one is none; what it is for is not."""
    whole = bytearray(frame(1, b"out") + frame(2, b"error"))
    whole[place] = byte
    with pytest.raises(BrokenAnswerError):
        list(read_frames(bytes(whole)))


@pytest.mark.parametrize("length", [5, 8, -2])
def test_an_answer_that_is_cut_is_none(length: int) -> None:
    with pytest.raises(BrokenAnswerError):
        list(read_frames(frame(1, b"out")[:length]))


def test_own_names_are_what_the_engine_chose() -> None:
    """An inspection cut down to what is read; longest texts first, so that none hides in one
    that is replaced before it."""
    description = {
        "Config": {"Hostname": "0123456789ab"},
        "NetworkSettings": {
            "Ports": {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": "49153"}], "81/tcp": None},
            "Networks": {
                "bridge": {
                    "IPAddress": "172.17.0.2",
                    "GlobalIPv6Address": "",
                    "MacAddress": "02:42:ac:11:00:02",
                }
            },
        },
    }
    assert own_names(description) == (
        ("02:42:ac:11:00:02", "mac"),
        ("0123456789ab", "hostname"),
        ("172.17.0.2", "address"),
        ("49153", "port"),
    )
    assert own_names({}) == ()
