"""A container's log: lines in order, whatever the pieces, and a bound on what is remembered."""

from __future__ import annotations

import re
import time

import pytest

from slimmer.engine import LogReader, logs
from slimmer.engine.logs import last_lines

ANY = re.compile("")
LONG = 60.0


def lines_of(reader: LogReader) -> list[str]:
    """Up to the end of the log."""
    found, position = [], 0
    while (line := reader.wait_for(ANY, position, LONG)) is not None:
        text, position = line
        found.append(text)
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_lines_do_not_depend_on_pieces(size: int) -> None:
    data = b"one\r\n\ntwo words\n\xff end"
    pieces = [data[begin : begin + size] for begin in range(0, len(data), size)]
    assert lines_of(LogReader(iter(pieces))) == ["one", "", "two words", "\ufffd end"]


def test_a_program_that_never_ends_its_line() -> None:
    """32 MB in pieces of 4 kB took 32 s; twice as much takes twice as long, and not four times."""
    begun = time.process_time()
    reader = LogReader(iter([b"x" * 4096] * 8192))
    found = lines_of(reader)
    assert time.process_time() - begun < 5
    assert {len(line) for line in found} == {logs.LONGEST_LINE}


def test_memory_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SIZE_LIMIT", 1000)
    reader = LogReader(iter([b"%d" % number + b"x" * 90 + b"\n" for number in range(100)]))
    reader._thread.join()
    assert reader.wait_for(re.compile("^0x"), 0, LONG) is None
    found = reader.wait_for(re.compile("^99x"), 0, LONG)
    assert found is not None
    assert found[1] == 100, "lines are numbered from the log's first one on"
    assert sum(map(len, reader._lines)) <= 1000


def test_lines_that_repeat_leave_room_for_others() -> None:
    asked = [
        f'172.17.0.1:{port} - "GET /health" 503 in {port % 7} ms' for port in range(40000, 40090)
    ]
    text = "\n".join(["APP_SECRET is not set", "starting", *asked, "still waiting"])
    assert last_lines(text, 20).splitlines() == [
        *("APP_SECRET is not set", "starting"),
        *(asked[0], "… 88 like it …", asked[-1]),
        "still waiting",
    ]


def test_what_differs_in_words_is_told_line_by_line() -> None:
    lines = [f"loading {name}" for name in ("one", "two", "three", "four", "five")]
    assert last_lines("\n".join(lines), 3).splitlines() == lines[-3:]
    assert last_lines("a 1\na 2\na 3", 20) == "a 1\na 2\na 3"
    assert last_lines("", 20) == ""
