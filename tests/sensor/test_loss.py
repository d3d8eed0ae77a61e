"""Loss is data: what the kernel drops is in the stream, and such a stream is no trace."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from slimmer.errors import TraceIncompleteError
from slimmer.trace.wire.records import Exiting, Loss, Opened
from slimmer.values import Source
from tests.sensor.enclosure import Enclosure


@pytest.fixture
def queue_limit() -> int:
    """How many events a limited queue holds; by default 16384."""
    limit = int(Path("/proc/sys/fs/fanotify/max_queued_events").read_text())
    if limit > 100_000:
        pytest.skip(f"this machine's fanotify queue holds {limit} events")
    return limit


@contextlib.contextmanager
def flood(
    enclose: Callable[..., Enclosure], tracee: Callable[[str], Path], files: int, *watch: str
) -> Iterator[Enclosure]:
    """A target that opens so many files while the watcher is stopped."""
    script = f"mkfifo /go; read line </go; exec /many_files {files}"
    enclosure = enclose("/bin/sh", "-c", script, gate=["--no-notify"], watch=watch)
    shutil.copy(tracee("many_files"), enclosure.files / "many_files")
    with enclosure:
        enclosure.wait_for(Opened, lambda record: record.path.endswith("/mkfifo"))
        enclosure.pause_watcher()
        enclosure.write_inside("/go", "go\n")
        enclosure.wait_until(lambda: not enclosure.commands())
        enclosure.resume_watcher()
        yield enclosure


def test_an_overflow_of_the_queue_makes_the_trace_incomplete(
    enclose: Callable[..., Enclosure], tracee: Callable[[str], Path], queue_limit: int
) -> None:
    with flood(enclose, tracee, queue_limit + 1000, "--limited-queue") as enclosure:
        enclosure.wait_for(Exiting)
        with pytest.raises(TraceIncompleteError, match="fanotify lost"):
            enclosure.finish()
        (loss,) = [record for record in enclosure.records if isinstance(record, Loss)]
        assert loss.source == Source.FANOTIFY.value


def test_the_unlimited_queue_holds_them_all(
    enclose: Callable[..., Enclosure], tracee: Callable[[str], Path], queue_limit: int
) -> None:
    with flood(enclose, tracee, queue_limit + 1000) as enclosure:
        enclosure.run_to_the_end()
        opened = {record.path for record in enclosure.opened()}
        assert len([path for path in opened if path.startswith("/many-files/")]) == (
            queue_limit + 1000
        )
