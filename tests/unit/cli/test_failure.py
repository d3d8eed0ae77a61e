"""How an error is spoken: nothing that an image has said steers the terminal."""

from __future__ import annotations

import pytest

from slimmer.cli.failure import show
from slimmer.errors import OriginalProbeError
from slimmer.words import printable_lines

HOSTILE = (
    "\x1b]0;your title\x07",  # the window's title
    "\x1b[2J\x1b[H",  # clears the screen
    "\x1bc",  # resets the terminal
    "\x9b31m",  # as ESC [ in one byte
    "a\rb",  # writes over the line
    "\x1b[31mred\x1b[0m plain",
    "\u202egnp.exe",  # turns the direction
    "\x1b]52;c;cm0gLXJmIC8=\x07",  # fills the clipboard
    "\udcff\x00\x08",
    "two\nlines\u2028three\x0bfour",
)


@pytest.mark.parametrize("said", HOSTILE)
def test_nothing_of_an_error_steers_the_terminal(
    said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    show(OriginalProbeError(f"answer: {said}", hint=f"hint: {said}", details=f"log: {said}"))
    written = capfd.readouterr().err
    assert "error: answer: " in written
    assert [each for each in written if not each.isprintable()] == ["\n"] * written.count("\n")


def test_logs_stay_readable() -> None:
    text = "\x1b[32m[Nest] 1\x1b[39m  started\n\tat line\tone\nZwölf Boxkämpfer\n"
    assert printable_lines(text) == ["[Nest] 1  started", "        at line one", "Zwölf Boxkämpfer"]
