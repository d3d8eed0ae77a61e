"""Bytes that a node pulls for the Debian samples: each slim image for itself, and shared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from slimmer.engine import connect
from slimmer.words import size
from tests.fleet.samples import write_fleet


def compare(names: Sequence[str]) -> int:
    """Prints a row for each foundation and the totals; 0 where a quarter or more is saved."""
    prefix = f"slimmer-fleet-{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix="fleet-") as name:
        folder = Path(name)
        write_fleet(folder / "fleet.yaml", names, prefix=prefix, share="auto")
        subprocess.run([sys.executable, "-m", "slimmer", "fleet"], cwd=folder, check=False)
        report = json.loads((folder / "slim-fleet" / "fleet.json").read_text())
    sharing = report["sharing"]
    for each in sharing["foundations"]:
        images = ", ".join(image.partition("/")[2] for image in each["images"])
        _say(
            f"{each['reference']}, {size(each['size'])}, for {images}: "
            f"{size(each['separate'])} → {size(each['shared'])}"
        )
    separate, shared = sharing["node_separate"], sharing["node"]
    saved = 1 - shared / separate
    _say(f"a node with all: {size(separate)} → {size(shared)}, {saved:.1%} less")
    _remove([each["name"] for each in report["builds"]], sharing["foundations"])
    return 0 if saved >= 0.25 and not report["totals"]["failed"] else 1


def _remove(images: Sequence[str], foundations: Sequence[dict[str, str]]) -> None:
    engine = connect()
    for name in (*images, *(each["reference"] for each in foundations)):
        engine.remove_image(name)
    engine.close()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
