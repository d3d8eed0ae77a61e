"""Lines for humans, whatever the program put into its paths."""

from __future__ import annotations

import re

from slimmer.trace.wire.describe import describe_trace, quote
from tests.unit.trace.wire.stream import RECORDED


def test_the_recorded_run_reads_like_strace() -> None:
    lines = list(describe_trace(RECORDED))
    assert all(re.match(r" *\d+\.\d{6}  \S", line) for line in lines)
    words = [line[12:] for line in lines]
    assert words[0].startswith("--- trace of process 1 by fanotify and notify, Linux 6.")
    assert '--- phase "boot"' in words
    assert '/usr/bin/cat[14]  openat("/usr/share", "../../etc/hostname") = open' in words
    assert '/usr/bin/dash[1]  newfstatat("/no such\\x0aline") = lookup' in words
    assert '/usr/bin/ls[15]  statx("/tmp/./") = lookup no-follow' in words
    assert '/usr/bin/cat[14]  opened "/etc/hostname" = open' in words
    assert "--- the first program ends with status 3" in words
    assert words[-1].startswith("--- complete: ")


def test_hostile_text_stays_on_its_line() -> None:
    assert quote('a"b\\c') == r'"a\"b\\c"'
    assert quote("\033[2J\n\x00\x7f") == r'"\x1b[2J\x0a\x00\x7f"'
    assert quote("grün \udcff\u202e") == r'"grün \xff\xe2\x80\xae"'
