"""Builds the samples again and again: most in this one process, which must not grow, and some in
processes of their own that are killed or signalled somewhere on the way. Then `slim clean`, and a
look at what is left. Ends with status 1 where anything is, or a build has failed."""

from __future__ import annotations

import argparse
import gc
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import psutil

from slimmer.build import build_image
from slimmer.engine import connect
from slimmer.errors import SlimError
from slimmer.options import read_options
from slimmer.progress.progress import QuietProgress
from tests.soak.left import left_images, left_in, left_in_engine
from tests.survey.survey import SAMPLES, sample_folders

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_SHARE: Final = 0.05
"""Of the builds that are killed, and of those that get a signal."""
_LONGEST: Final = 600.0
_MOST_GROWTH: Final = {"descriptors": 2, "threads": 1, "MB": 30}
_INTERRUPTED: Final = 130


@dataclass(kw_only=True)
class Soak:
    """What happened so far."""

    folder: Path
    """`tmp` and `state` in it are where runs put their things."""
    ended: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    pids: set[int] = field(default_factory=lambda: {os.getpid()})
    images: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)
    """Sample → how long its last build took."""
    sizes: list[dict[str, float]] = field(default_factory=list)
    """Of this process, behind each of its builds."""

    def build_here(self, name: str) -> None:
        options = replace(
            read_options(SAMPLES / name / "slim.yaml"),
            tag=self.tag(name),
            report_directory=self.folder / "report",
        )
        begun = time.monotonic()
        try:
            report = build_image(options, QuietProgress())
        except SlimError as error:
            self.end("failed", f"{name}: {error.message}\n{error.details}")
        else:
            made = [image for image in (report.slim, report.debug) if image is not None]
            self.images |= {image.id for image in made}
            self.end("built")
            _remove(image.reference for image in made)
        self.seconds[name] = time.monotonic() - begun
        gc.collect()
        process = psutil.Process()
        self.sizes.append(
            {
                "descriptors": process.num_fds(),
                "threads": threading.active_count(),
                "MB": process.memory_info().rss / 1e6,
            }
        )

    def build_and_stop(self, name: str, word: signal.Signals, delay: float) -> None:
        command: list[str | Path] = [
            *(sys.executable, "-m", "slimmer", "build", "--file", SAMPLES / name / "slim.yaml"),
            *("--tag", self.tag(name), "--report-dir", self.folder / "report", "--quiet"),
        ]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            self.pids.add(process.pid)
            try:
                process.wait(delay)
            except subprocess.TimeoutExpired:
                process.send_signal(word)
            try:
                _, said = process.communicate(timeout=_LONGEST)
            except subprocess.TimeoutExpired:
                process.kill()
                self.end("hung", f"{name}: goes on after {word.name}")
                return
        status = process.returncode
        if status == 0:
            self.end("built before it was stopped")
            _remove((self.tag(name), f"{self.tag(name)}-debug"))
        elif word is signal.SIGKILL:
            self.end("killed", "" if status == -word else f"{name}: exit {status}: {said}")
        else:
            expected = status == _INTERRUPTED
            self.end("interrupted", "" if expected else f"{name}, {word.name}: {status}: {said}")

    def end(self, word: str, problem: str = "") -> None:
        if word in ("failed", "hung"):
            problem = problem or word
        self.ended[word] += 1
        if problem:
            self.wrong.append(problem)

    @staticmethod
    def tag(name: str) -> str:
        return f"slimmer-soak-{os.getpid()}/{name}:latest"

    def growth(self) -> dict[str, float]:
        """Of each size, the largest of the second half above the largest of the first."""
        half = len(self.sizes) // 2
        first, second = self.sizes[:half], self.sizes[half:]
        return {
            key: max(each[key] for each in second) - max(each[key] for each in first)
            for key in _MOST_GROWTH
        }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--builds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all)")
    asked = parser.parse_args()
    known = [each.name for each in sample_folders() if (each / "slim.yaml").is_file()]
    names = asked.names or known
    # In the background of a script it is ignored, by the builds as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        soak = Soak(folder=Path(name))
        for key, place in (("TMPDIR", "tmp"), ("XDG_STATE_HOME", "state")):
            (soak.folder / place).mkdir()
            os.environ[key] = str(soak.folder / place)
        tempfile.tempdir = os.environ["TMPDIR"]
        _builds(soak, names, asked.builds, random.Random(asked.seed))
        return _look(soak)


def _builds(soak: Soak, names: Sequence[str], count: int, chosen: random.Random) -> None:
    connect().close()  # without an engine nothing begins
    for number in range(count):
        name = names[number % len(names)]
        fate = chosen.random()
        if fate < 2 * _SHARE:
            word = signal.SIGKILL if fate < _SHARE else chosen.choice(_SIGNALS)
            delay = chosen.uniform(0.5, soak.seconds.get(name, 8.0))
            soak.build_and_stop(name, word, delay)
        else:
            soak.build_here(name)
        _say(f"{number + 1:4} of {count}  {name:12} {_words(soak.ended)}")


def _look(soak: Soak) -> int:
    before = left_in_engine(soak.pids)
    cleaned = subprocess.run(
        [sys.executable, "-m", "slimmer", "clean"], capture_output=True, text=True, check=False
    )
    removed = cleaned.stdout.count("removed ")
    left = [
        *left_in_engine(soak.pids),
        *left_images(soak.images),
        *left_in(soak.folder / "tmp"),
        *left_in(soak.folder / "state"),
    ]
    growth = soak.growth() if len(soak.sizes) > 3 else {}
    grown = [key for key, value in growth.items() if value > _MOST_GROWTH[key]]
    _say(f"builds: {_words(soak.ended)}")
    _say(f"left before slim clean: {len(before)} in the engine; it removed {removed} things")
    _say(f"left behind it: {', '.join(left) or 'nothing'}")
    _say("growth: " + (", ".join(f"{value:+.0f} {key}" for key, value in growth.items()) or "?"))
    for problem in (*soak.wrong, *(f"grown: {key}" for key in grown)):
        _say(f"WRONG: {problem}")
    return 1 if soak.wrong or left or grown or cleaned.returncode else 0


def _words(ended: Counter[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in sorted(ended.items()))


def _remove(references: Iterable[str]) -> None:
    engine = connect()
    try:
        for reference in references:
            engine.remove_image(reference)
    finally:
        engine.close()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
