"""A fleet on three Docker engines, each in namespaces of its own; then the same with one of them
killed in the middle, worker and all, and with a scheduler that is started anew.

All of it runs in one network namespace that has nothing but loopback and the engines' bridges.
Needs root, dockerd and util-linux.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.engines.starting import await_engine, hand_over
from tests.fleet.samples import write_fleet

_INSIDE: Final = "SLIMMER_FLEET_INSIDE"
_PORT: Final = 18786
_SCHEDULER: Final = f"tcp://127.0.0.1:{_PORT}"
_ENGINES: Final = 3
_LONGEST: Final = 3600.0


def try_engines(names: Sequence[str], *, copies: int) -> int:
    """0 where no build is lost."""
    if os.environ.get(_INSIDE) is None:
        command = [*("unshare", "--net", sys.executable, "-m", "tests.fleet", "engines")]
        command += [*names, "--copies", str(copies)]
        return subprocess.run(command, env={**os.environ, _INSIDE: "1"}, check=False).returncode
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    with ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="fleet-", ignore_cleanup_errors=True)
            )
        )
        trial = _Trial(folder=folder, names=names, copies=copies)
        engines = [trial.engine(number, stack) for number in range(_ENGINES)]
        one = trial.local("one", engines[:1])
        three = trial.local("three", engines)
        _say(f"speed-up of three engines: {one.seconds / three.seconds:.2f}")
        _say(f"processor time: {one.processor:.0f} s and {three.processor:.0f} s")
        killed = trial.killed("killed", engines, stack)
        lost = [each for run in (one, three, killed) for each in run.failed]
        _say(f"lost: {lost or 'none'}")
    return 1 if lost else 0


@dataclass(frozen=True, kw_only=True)
class _Engine:
    address: str
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        """The engine with all that it runs: its PID namespace ends with its first process."""
        first = subprocess.run(
            ["pgrep", "--parent", str(self.process.pid)], capture_output=True, text=True
        )
        for pid in first.stdout.split():
            os.kill(int(pid), signal.SIGKILL)


@dataclass(frozen=True, kw_only=True)
class _Ran:
    seconds: float
    processor: float
    """Seconds of the whole machine that were not idle."""
    failed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Trial:
    folder: Path
    names: Sequence[str]
    copies: int

    def engine(self, number: int, stack: ExitStack) -> _Engine:
        place = self.folder / f"engine-{number}"
        place.mkdir()
        bridge = f"fleet{number}"
        subprocess.run(["ip", "link", "add", bridge, "type", "bridge"], check=True)
        subprocess.run(["ip", "addr", "add", f"172.30.{number}.1/24", "dev", bridge], check=True)
        subprocess.run(["ip", "link", "set", bridge, "up"], check=True)
        address = f"unix://{place}/engine.sock"
        log = (place / "log").open("wb")
        process = subprocess.Popen(
            [
                *("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"),
                *("dockerd", "--host", address, "--data-root", place / "data"),
                *("--exec-root", place / "exec", "--pidfile", place / "pid"),
                *("--bridge", bridge, "--iptables=false", "--ip-masq=false"),
            ],
            stdout=log,
            stderr=log,
        )
        log.close()
        engine = _Engine(address=address, process=process)
        stack.callback(process.wait)
        # `unshare --fork` passes over SIGTERM, and its child would stay.
        stack.callback(engine.kill)
        await_engine(address, process, place / "log")
        hand_over([f"slimmer-samples/{name}:latest" for name in self.names], address)
        return engine

    def local(self, title: str, engines: Sequence[_Engine]) -> _Ran:
        """With a scheduler of its own."""
        flags = [word for each in engines for word in ("--engine", each.address)]
        return self._told(title, self._begun(title, *flags), time.monotonic(), _busy())

    def killed(self, title: str, engines: Sequence[_Engine], stack: ExitStack) -> _Ran:
        """With a scheduler and workers that run: after a third of the builds an engine and its
        worker are killed, after two thirds the scheduler is started anew, and with it the workers
        that are left."""
        scheduler = self._scheduler(stack)
        workers = [self._worker(each, stack) for each in engines]
        begun, busy = time.monotonic(), _busy()
        process = self._begun(
            title, "--scheduler", _SCHEDULER, "--engine", engines[0].address, "--workers", "1"
        )
        total = len(self.names) * self.copies
        self._await(title, total // 3, process)
        os.killpg(workers[-1].pid, signal.SIGKILL)
        engines[-1].kill()
        _say("killed a worker and its engine")
        self._await(title, 2 * total // 3, process)
        scheduler.kill()
        scheduler.wait()
        for worker in workers[:-1]:
            worker.terminate()
            worker.wait()
        self._scheduler(stack)
        for each in engines[:-1]:
            self._worker(each, stack)
        _say("started the scheduler anew")
        return self._told(title, process, begun, busy)

    def _scheduler(self, stack: ExitStack) -> subprocess.Popen[bytes]:
        command = ("scheduler", "--host", "127.0.0.1", "--port", str(_PORT), "--no-dashboard")
        return self._dask(command, {}, stack)

    def _worker(self, engine: _Engine, stack: ExitStack) -> subprocess.Popen[bytes]:
        command = ("worker", _SCHEDULER, "--nthreads", "1", "--resources", "engine=1")
        return self._dask((*command, "--no-dashboard"), {"DOCKER_HOST": engine.address}, stack)

    def _dask(
        self, command: Sequence[str], environment: dict[str, str], stack: ExitStack
    ) -> subprocess.Popen[bytes]:
        with (self.folder / "dask.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *command],
                env={**os.environ, **environment},
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        return process

    def _begun(self, title: str, *flags: str) -> subprocess.Popen[bytes]:
        place = self.folder / title
        place.mkdir()
        write_fleet(
            place / "fleet.yaml", self.names, prefix=f"fleet-{title}", copies=self.copies,
            share="off",
        )  # fmt: skip
        command = [sys.executable, "-m", "slimmer", "fleet", *flags]
        with (place / "log").open("wb") as log:
            return subprocess.Popen(command, cwd=place, stderr=log, stdout=log)

    def _await(self, title: str, count: int, process: subprocess.Popen[bytes]) -> None:
        """Until so many builds have ended."""
        deadline = time.monotonic() + _LONGEST
        while (self.folder / title / "log").read_text().count("x smaller, in") < count:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / title / "log").read_text()[-4000:])
            time.sleep(0.2)

    def _told(
        self, title: str, process: subprocess.Popen[bytes], begun: float, busy: float
    ) -> _Ran:
        process.wait(_LONGEST)
        seconds, processor = time.monotonic() - begun, _busy() - busy
        place = self.folder / title
        file = place / "slim-fleet" / "fleet.json"
        if not file.is_file():
            raise RuntimeError((place / "log").read_text()[-4000:])
        report: dict[str, Any] = json.loads(file.read_text())
        failed = tuple(f"{each['name']}: {each['problem']}"
                       for each in report["builds"] if each["status"] == "failed")  # fmt: skip
        _say(
            f"{title}: {len(report['builds'])} builds in {seconds:.0f} s, {processor:.0f} s of "
            f"processor time, engines {report['engines']}, failed {len(failed)}"
        )
        for each in failed:
            _say(f"  {each}")
        return _Ran(seconds=seconds, processor=processor, failed=failed)


def _busy() -> float:
    """Seconds that the machine's processors were at work since its start."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _, _, irq, soft, *_ = map(int, fields)
    return (user + nice + system + irq + soft) / os.sysconf("SC_CLK_TCK")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
