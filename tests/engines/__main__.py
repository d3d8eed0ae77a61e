"""Try slim's commands on engines of other kinds and versions; prints a table in Markdown.

Ends with status 1 where a command did not do what it does on the machine's own engine.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.engines.checks import CHECKS, OtherEndError, Slim, hardened_elsewhere, traced_elsewhere
from tests.engines.kinds import KINDS
from tests.engines.roots import engine
from tests.engines.samples import (
    BASE,
    BUSYBOX,
    CHECKED,
    HARDENED,
    NGINX,
    NUMBERED,
    STATIC,
    make_hardened,
    make_samples,
)
from tests.engines.starting import hand_over

CACHE = Path(__file__).parents[2] / ".build" / "engines"
_IMAGES = (STATIC, NGINX, BASE, BUSYBOX, CHECKED, NUMBERED)
_ELSEWHERE = frozenset((hardened_elsewhere, traced_elsewhere))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.engines", description=__doc__)
    parser.add_argument("engine", nargs="*", metavar="ENGINE", help=", ".join(KINDS))
    parser.add_argument(
        "--check", action="append", choices=[each.__name__ for each in CHECKS], help="repeatable"
    )
    arguments = parser.parse_args()
    names = arguments.engine or list(KINDS)
    checks = [each for each in CHECKS if each.__name__ in (arguments.check or [each.__name__])]
    make_samples()
    CACHE.mkdir(parents=True, exist_ok=True)
    columns = {}
    with tempfile.TemporaryDirectory(prefix="elsewhere-") as elsewhere:
        if not _ELSEWHERE.isdisjoint(checks):
            make_hardened(Path(elsewhere))
        for name in names:
            with tempfile.TemporaryDirectory(prefix="engine-") as folder:
                columns[name] = _column(name, Path(folder), Path(elsewhere), checks)
    _say(f"| | {' | '.join(columns)} |")
    _say("| --- |" + " --- |" * len(columns))
    for row, check in enumerate(checks):
        cells = [column[row] for column in columns.values()]
        _say(f"| {check.__name__.replace('_', ' ')} | {' | '.join(cells)} |")
    return int(any("✗" in cell for column in columns.values() for cell in column))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _column(
    name: str, folder: Path, elsewhere: Path, checks: Sequence[Callable[[Slim], None]]
) -> list[str]:
    state = folder / "state"
    shutil.copytree(elsewhere, state / "work")
    cells = []
    with engine(name, CACHE, state) as running:
        hardened = (HARDENED,) if not _ELSEWHERE.isdisjoint(checks) else ()
        hand_over((*_IMAGES, *hardened), running.address)
        with KINDS[name].way(running, state) as way:
            for check in checks:
                try:
                    check(Slim(running, way, state))
                    cells.append("✓")
                except OtherEndError as error:
                    known = KINDS[name].refusals.get(check.__name__) == error.status
                    cells.append(f"exit {error.status}" if known else "✗")
                    _say(f"{name}: {check.__name__}: {error}")
                except (AssertionError, subprocess.SubprocessError) as error:
                    cells.append("✗")
                    _say(f"{name}: {check.__name__}: {error}")
    return cells


if __name__ == "__main__":
    sys.exit(main())
