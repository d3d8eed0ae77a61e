"""Searching large files piece by piece finds what searching them whole finds."""

from __future__ import annotations

import io
import random
import re

from slimmer.keep import scanning

NAME = re.compile(rb"\0([a-z]{2,9})[\0 ]")


def test_the_pieces_find_what_the_whole_has() -> None:
    made = random.Random(3)
    words = [bytes(made.choices(b"abcxyz", k=made.randint(2, 9))) for _ in range(400)]
    step = scanning._STEP
    content = bytearray(2 * step + 5000)
    # Around each end of a piece as well as anywhere.
    for word in words[:300]:
        content[(at := made.randrange(len(content) - 12)) : at + len(word)] = word
    for edge, word in zip((step, 2 * step), words[300:], strict=False):
        content[edge - 4 : edge - 4 + len(word)] = word
    whole = bytes(content)
    stream = io.BytesIO(whole)
    assert scanning.texts_matching(stream, NAME) == set(NAME.findall(whole))
    wanted = [*words, b"never there at all"]
    assert scanning.held_by(stream, wanted) == {word for word in wanted if word in whole}


def test_small_and_empty_files() -> None:
    assert scanning.texts_matching(io.BytesIO(b""), NAME) == set()
    assert scanning.texts_matching(io.BytesIO(b"\0abc\0"), NAME) == {b"abc"}
    assert scanning.held_by(io.BytesIO(b"/bin/sh"), [b"/bin/sh"]) == {b"/bin/sh"}
