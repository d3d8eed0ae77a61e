"""Results are written whole, and a stream that was named is written to."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from slimmer.disk import write_result
from slimmer.errors import UsageError


def test_a_result_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "result.json"
    file.write_text("before")
    with file.open() as before:
        write_result(file, b"after", "writing the result")
        assert before.read() == "before", "another file has its name"
    assert file.read_bytes() == b"after"
    assert os.listdir(tmp_path) == ["result.json"]


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    """As `/dev/stdout` must: it is a name that others use."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_result(pipe, b"result", "writing the result")
    reader.join(10)
    assert read == [b"result"]
    assert pipe.is_fifo()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written to while writing the result"):
        write_result(tmp_path / "none" / "result.json", b"", "writing the result")
