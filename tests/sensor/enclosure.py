"""A container without an engine: own PID, mount and network namespaces, an overlay of this
machine's root as `/`, the gate as PID 1, and the watcher in the PID namespace around it.

So the sensor is tested as it runs later, in seconds, and its trace holds nothing of the rest of
the machine: fanotify marks the overlay, which nobody else uses. Needs root and util-linux.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TypeVar

from slimmer.trace.wire.reader import RecordReader
from slimmer.trace.wire.records import Exiting, Lookup, Opened, Phase, Record, Trailer
from slimmer.trace.wire.trace import build_trace
from slimmer.values import Trace

R = TypeVar("R", bound=Record)

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PATIENCE = 60.0
"""Seconds after which a test has hung; nothing waits that long otherwise."""

# Everything happens in a mount namespace of its own and goes away with it.
_TARGET = """
set -e
mount -t tmpfs tmpfs "$FOLDER/space"
cd "$FOLDER/space"
mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root
cp -a "$FOLDER/files/." root/
cd root
mkdir -p .slim .former
cp "$SENSOR" .slim/sensor
mount -t proc proc proc
mount --rbind /dev dev
pivot_root . .former
umount -l /.former
cd /
exec "$@"
"""


class Enclosure:
    """One traced run. `with` starts the target, which waits in its gate, and the watcher."""

    def __init__(
        self,
        sensor: Path,
        folder: Path,
        command: Sequence[str],
        *,
        gate: Sequence[str] = (),
        watch: Sequence[str] = (),
        prefix: Sequence[str] = (),
        environment: dict[str, str] | None = None,
    ) -> None:
        self.sensor = sensor
        self.folder = folder
        self.files = folder / "files"
        """What is put here before the start is in the target's root."""
        for name in ("files", "space"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        self._arguments = [*prefix, "/.slim/sensor", "gate", *gate, "--", *command]
        self._watch = watch
        self._environment = {
            "FOLDER": str(folder),
            "SENSOR": str(sensor),
            "PATH": SEARCH_PATH,
            "LC_ALL": "C",
            # The leak check wants to trace its process at the exit, which is traced already.
            "ASAN_OPTIONS": "detect_leaks=0",
            **(environment or {}),
        }
        self.records: list[Record] = []
        self.raw = bytearray()
        """Every byte of the stream."""
        self._arrived: queue.Queue[Record | None] = queue.Queue()
        self._reader = RecordReader()
        self._failure: BaseException | None = None

    def __enter__(self) -> Self:
        self.target = subprocess.Popen(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
             "--propagation", "private", "sh", "-c", _TARGET, "target", *self._arguments],
            stdin=subprocess.DEVNULL,
            stdout=(self.folder / "stdout").open("wb"),
            stderr=(self.folder / "stderr").open("wb"),
            env=self._environment,
        )  # fmt: skip
        try:
            self.first = self._first_process()
            self.watcher = self._start_watcher()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()
        if kind is None:
            said = self.errors()
            assert "Sanitizer" not in said, said
            assert "runtime error" not in said, said

    def _end(self) -> None:
        self.target.kill()  # --kill-child: the namespace goes with it
        self.target.wait()
        watcher = getattr(self, "watcher", None)
        if watcher is not None:
            watcher.stdin.close()
            watcher.wait(PATIENCE)

    def _first_process(self) -> int:
        """The id, outside of the namespace, of its first process once that waits in its gate."""
        found: list[int] = []

        def is_waiting() -> bool:
            assert self.target.poll() is None, f"the gate did not come up: {self.errors()}"
            found[:] = _children(self.target.pid)
            return bool(found) and _name(found[0]).startswith("slim:")

        self.wait_until(is_waiting)
        return found[0]

    def _start_watcher(self) -> subprocess.Popen[bytes]:
        watcher = subprocess.Popen(
            ["unshare", "--mount", "--propagation", "private",
             self.sensor, "watch", "--pid", str(self.first), *self._watch],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=(self.folder / "watch-stderr").open("wb"),
            env=self._environment,
            bufsize=0,
        )  # fmt: skip
        assert watcher.stdout is not None
        threading.Thread(target=self._read, args=(watcher.stdout,), daemon=True).start()
        return watcher

    def _read(self, stream: BinaryIO) -> None:
        try:
            while data := os.read(stream.fileno(), 1 << 16):
                self.raw += data
                for record in self._reader.feed(data):
                    self._arrived.put(record)
        except BaseException as error:  # raised again where a test waits
            self._failure = error
        self._arrived.put(None)

    # ---- what a test says

    def tell(self, line: str) -> None:
        """Send a control line."""
        assert self.watcher.stdin is not None
        self.watcher.stdin.write(line.encode() + b"\n")

    def wait_for(self, kind: type[R], matches: Callable[[R], bool] = lambda record: True) -> R:
        """The next record of a kind; an AssertionError when the stream ends before it."""
        while True:
            try:
                record = self._arrived.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError(f"no {kind.__name__} in time: {self.state()}") from None
            if record is None:
                if self._failure is not None:
                    raise self._failure
                raise AssertionError(f"no {kind.__name__} in the stream: {self.errors()}")
            self.records.append(record)
            if isinstance(record, kind) and matches(record):
                return record

    def phase(self, name: str) -> None:
        """Begin a phase and wait for its record."""
        self.tell(f"phase {name}")
        self.wait_for(Phase, lambda phase: phase.name == name)

    def finish(self) -> Trace:
        """Complete the trace; raises where it is not."""
        self.tell("finish")
        self.wait_for(Trailer)
        self._reader.close()
        return build_trace(self.records)

    def run_to_the_end(self) -> Trace:
        """Wait until the command ends, complete the trace, and let the command go."""
        seen = [record for record in self.records if isinstance(record, Exiting)]
        exiting = seen[0] if seen else self.wait_for(Exiting)
        trace = self.finish()
        assert self.target.wait(PATIENCE) == exiting.status
        return trace

    def execute(self, *command: str, gate: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start a command in the enclosure as an engine's exec does: from outside."""
        return subprocess.Popen(
            ["nsenter", "--target", str(self.first), "--mount", "--pid", "--root", "--wd", "--",
             "/.slim/sensor", "gate", *gate, "--", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self._environment,
        )  # fmt: skip

    def signal_first(self, number: signal.Signals) -> None:
        """Send a signal to the target's first process, as `docker kill` does."""
        os.kill(self.first, number)

    def pause_watcher(self) -> None:
        """Stop the watcher: events wait, and so do notified calls."""
        self.watcher.send_signal(signal.SIGSTOP)

    def resume_watcher(self) -> None:
        """Let the watcher go on."""
        self.watcher.send_signal(signal.SIGCONT)

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Wait for something that no record tells."""
        pause = threading.Event()
        for _ in range(int(PATIENCE * 100)):
            if condition():
                return
            pause.wait(0.01)
        raise AssertionError(f"{condition} has not come true: {self.errors()}")

    # ---- what a test looks at

    def commands(self) -> list[int]:
        """Ids, outside of the namespace, of the first process' children."""
        return _children(self.first)

    def write_inside(self, path: str, text: str) -> None:
        """Write into a file or FIFO of the target."""
        Path(f"/proc/{self.first}/root{path}").write_text(text)

    def output(self) -> str:
        """The target's stdout."""
        return (self.folder / "stdout").read_text(errors="replace")

    def errors(self) -> str:
        """What target and watcher said on stderr."""
        files = (self.folder / "stderr", self.folder / "watch-stderr")
        return "\n".join(file.read_text(errors="replace") for file in files if file.exists())

    def state(self) -> str:
        """Where everybody is, for a test that hangs."""
        watcher = [self.watcher.pid]
        target = [self.target.pid, self.first, *_children(self.first)]
        lines = [f"last record: {self.records[-1:]}", self.errors()]
        for process in (*watcher, *target):
            for name in ("comm", "wchan", "syscall", "stack"):
                with contextlib.suppress(OSError):
                    lines.append(f"{process} {name}: {Path(f'/proc/{process}/{name}').read_text()}")
        return "\n".join(lines)

    def lookups(self) -> list[Lookup]:
        """All records of notified calls so far."""
        return [record for record in self.records if isinstance(record, Lookup)]

    def opened(self) -> list[Opened]:
        """All records of fanotify so far."""
        return [record for record in self.records if isinstance(record, Opened)]


def _children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(number) for number in text.split()]


def _name(process: int) -> str:
    try:
        return Path(f"/proc/{process}/comm").read_text()
    except OSError:
        return ""


def why_impossible() -> str:
    """Why this machine cannot hold an enclosure; empty where it can."""
    missing = [name for name in ("unshare", "nsenter", "pivot_root") if shutil.which(name) is None]
    if missing:
        return f"{', '.join(missing)} is not installed"
    return "" if os.geteuid() == 0 else "needs root"
