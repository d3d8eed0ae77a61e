"""`python -m tests.survey.hardened`: of the behaviours that no probe touches, how many does a slim
image show with everything on that hardens it at once: the seccomp profile, dropped capabilities, a
read-only root and no new privileges?

`slim build --strategy balanced --harden --seccomp` makes the image from the probes of slim.yaml.
The behaviours run in containers with exactly what the `hardened-run.sh` beside the report gives to
`docker run`. What a behaviour needs to be another container (its user, its command) goes behind
that, as a user would add it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.bench.slim_build import REPOSITORY, ROOT, forget
from tests.survey.behaviour import read_behaviours
from tests.survey.runner import Subject
from tests.survey.survey import SAMPLES, sample_folders, say
from tests.survey.table import aligned

_CLIENT = "#!/bin/sh\nprintf '%s\\0' \"$@\"\n"
"""A docker client that only says what it was asked for."""


@dataclass(frozen=True, kw_only=True)
class Hardened:
    """One sample's row."""

    name: str
    error: str = ""
    """Why there is no result."""
    flags: tuple[str, ...] = ()
    """What hardened-run.sh gives to `docker run`; the profile's place is shortened."""
    allowed: int = 0
    """System calls that the profile allows."""
    default: int = 0
    """System calls that Docker's default profile allows."""
    seen: int = 0
    """System calls that the traced run made."""
    trials: int = 0
    seconds: float = 0.0
    """Of `slim build`, wall clock."""
    behaviours: int = 0
    lost: dict[str, str] | None = None
    """Behaviour that the slim image shows without all that, and not with it → what was wrong."""
    missing: dict[str, str] | None = None
    """Behaviour that the slim image does not show without all that either → what was wrong."""
    notes: tuple[str, ...] = ()
    """Of the hardening."""

    @property
    def shown(self) -> int:
        return self.behaviours - len(self.lost or {}) - len(self.missing or {})


def main() -> int:
    known = [folder.name for folder in sample_folders()]
    parser = argparse.ArgumentParser(prog="python -m tests.survey.hardened", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all)")
    parser.add_argument("--output", type=Path, help="also write the results to this JSON file")
    parser.add_argument(
        "--traces", type=Path, help="save traces in this folder, and build from those there"
    )
    parser.add_argument("--at-once", type=int, default=2, help="samples side by side [2]")
    arguments = parser.parse_args()
    names = arguments.names or known
    if unknown := sorted(set(names) - set(known)):
        parser.error(f"no list of behaviours for {', '.join(unknown)}; there are {' '.join(known)}")
    with ThreadPoolExecutor(arguments.at_once) as pool:
        pending = [pool.submit(surveyed, name, arguments.traces) for name in names]
        rows = [each.result() for each in pending]
    if arguments.output:
        arguments.output.parent.mkdir(parents=True, exist_ok=True)
        arguments.output.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    sys.stdout.write(table(rows) + "\n")
    return 1 if any(row.error for row in rows) else 0


def surveyed(name: str, traces: Path | None = None) -> Hardened:
    """One sample. Says on stderr what fails, and never raises."""
    tag = f"{REPOSITORY}-hardened/{name}:slim"
    try:
        with tempfile.TemporaryDirectory() as folder:
            try:
                row = _row(name, tag, Path(folder), traces)
            finally:
                forget(tag)
    except Exception as error:  # one sample's mistake must not end the others' survey
        say(f"{name}: {error}")
        return Hardened(name=name, error=str(error))
    say(f"{name}: {row.shown} of {row.behaviours}; {' '.join(row.flags)}")
    return row


def _row(name: str, tag: str, folder: Path, traces: Path | None) -> Hardened:
    begun = time.monotonic()
    report = _built(name, tag, folder, traces)
    seconds = time.monotonic() - begun
    behaviours = read_behaviours(SAMPLES / name)
    flags = flags_of(folder / "report" / "hardened-run.sh")
    with_all = Subject(tag, SAMPLES / name, flags).outcomes(behaviours)
    failed = {each.behaviour.name: each.problem for each in with_all if each.problem}
    again = [each for each in behaviours if each.name in failed]
    plain = Subject(tag, SAMPLES / name).outcomes(again) if again else []
    missing = {each.behaviour.name: each.problem for each in plain if each.problem}
    lost = {each: problem for each, problem in failed.items() if each not in missing}
    for kind, problems in (("lost", lost), ("missing", missing)):
        for each, problem in problems.items():
            say(f"{name}: {kind}: {each}: {problem}")
    hardening, seccomp = report["hardening"][0], report["seccomp"]
    return Hardened(
        name=name,
        flags=tuple(each.replace(f"{folder}/report/", "") for each in flags),
        allowed=seccomp["allowed"],
        default=seccomp["docker_default"],
        seen=sum(why == "seen" for why in seccomp["calls"].values()),
        trials=hardening["trials"],
        seconds=round(seconds, 1),
        behaviours=len(behaviours),
        lost=lost,
        missing=missing,
        notes=tuple(hardening["notes"]),
    )


def _built(name: str, tag: str, folder: Path, traces: Path | None) -> dict[str, Any]:
    """The report of the build, whose files lie in `folder`/report."""
    source: list[str] = []
    if traces is not None:
        traces.mkdir(parents=True, exist_ok=True)
        trace = traces / f"{name}.trace"
        source = ["--from-trace" if trace.exists() else "--save-trace", str(trace)]
    command = [
        *(sys.executable, "-m", "slimmer", "build", "--file", str(SAMPLES / name / "slim.yaml")),
        *("--strategy", "balanced", "--max-size", "100GB", "--no-debug", "--tag", tag),
        *("--harden", "--seccomp", str(folder / "seccomp.json"), *source),
        *("--report-dir", str(folder / "report"), "--json"),
    ]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit {result.returncode}\n{result.stderr}")
    report = json.loads(result.stdout)
    assert isinstance(report, dict)
    return report


def flags_of(script: Path) -> tuple[str, ...]:
    """What a hardened-run.sh gives to `docker run` in front of the image: the script is run, with a
    client that tells what it is asked for."""
    with tempfile.TemporaryDirectory() as folder:
        client = Path(folder, "docker")
        client.write_text(_CLIENT)
        client.chmod(0o755)
        said = subprocess.run(
            ["sh", str(script)],
            env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    run, remove, *flags, _image = said.rstrip("\0").split("\0")
    assert (run, remove) == ("run", "--rm"), said
    return tuple(flags)


def table(rows: Sequence[Hardened]) -> str:
    """Markdown: a row for each sample, and the sums."""
    lines = [["application", "calls", "user", "capabilities", "root", "shown"]]
    lines += [_line(row) for row in rows]
    sound = [row for row in rows if not row.error]
    shares = sorted(row.allowed / row.default for row in sound)
    median = f"median {shares[len(shares) // 2]:.0%}" if shares else ""
    total = f"{sum(row.shown for row in sound)}/{sum(row.behaviours for row in sound)}"
    lines.append([f"all {len(sound)}", median, "", "", "", total])
    return aligned(lines)


def _line(row: Hardened) -> list[str]:
    if row.error:
        return [row.name, *("—" for _ in range(4)), row.error.splitlines()[-1][:60]]
    user = next((each[7:] for each in row.flags if each.startswith("--user=")), "")
    capabilities = ", ".join(each[10:] for each in row.flags if each.startswith("--cap-add="))
    closed = "read-only" if "--read-only" in row.flags else "writable"
    if "--security-opt=no-new-privileges" not in row.flags:
        closed += ", new privileges"
    return [
        row.name,
        f"{row.allowed} ({row.allowed / row.default:.0%})",
        user or "the image's",
        capabilities or "none",
        closed,
        f"{row.shown}/{row.behaviours}",
    ]


if __name__ == "__main__":
    sys.exit(main())
