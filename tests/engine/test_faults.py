"""Faults by injection: the cause is told, and nothing else comes of them. `make faults` has many
more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from slimmer.options import DebugImage
from slimmer.probing.kinds import http_probe
from slimmer.report import Report
from tests.engine.test_repair import build as build
from tests.engine.test_repair import repaired
from tests.faults import builds, kills
from tests.faults.images import DOCKERFILE, FILES, FLAGS, HUNGRY, PROBES, SAYING, SLOW

pytestmark = pytest.mark.engine

FAULTS, SEED = 6, 12


@pytest.fixture(scope="module")
def server(image: Callable[..., str]) -> str:
    return image(DOCKERFILE, FILES)


def test_an_engine_that_fails_spoils_no_image(server: str, tmp_path: Path) -> None:
    flags = (*FLAGS, *PROBES)
    undisturbed, proxy = builds.build(tmp_path, server, *flags)
    assert undisturbed.code == 0, undisturbed.stderr
    wrong = {}
    for fault in builds.faults(proxy.pieces, FAULTS, SEED):
        end, spoiled = builds.build(tmp_path, server, *flags, fault=fault)
        if problem := builds.complaint(end, undisturbed):
            wrong[str(fault)] = f"{problem}\\n{spoiled.struck}\\n{end.stderr}"
    assert wrong == {}


def test_what_no_checksum_guards_is_asked_again(server: str, tmp_path: Path) -> None:
    """A byte that is another in what a command of the slim image has said. The reference says it at
    the same time, so either may be the last one; it is tried until the slim image is hit."""
    *_, second, last = builds.flips_of_what_is_said()
    notes: tuple[str, ...] = ()
    for fault in (last, second) * 4:
        end, proxy = builds.build(tmp_path, server, *FLAGS, *SAYING, fault=fault)
        assert proxy.struck
        assert end.code == 0, end.stderr
        notes = end.notes
        if notes:
            break
    assert any("as the original does when it was run again" in note for note in notes)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may kill what runs in containers")
@pytest.mark.parametrize("kill", kills.KILLS[:4], ids=str)
def test_what_was_killed_is_named(server: str, tmp_path: Path, kill: kills.Kill) -> None:
    end = kills.build_under(kill, tmp_path, server, *FLAGS, *SLOW)
    assert kills.complaint(kill, end) == "", end.stderr


def test_a_target_without_memory_is_told_so(server: str, tmp_path: Path) -> None:
    with builds.begun(tmp_path, server, *FLAGS, *HUNGRY) as process:
        end = builds.ended(process)
    assert end.code == 7, end.stderr
    assert "more memory than the 24m of --memory" in end.message
    assert "hint: raise --memory" in end.stderr


def test_a_command_that_ends_in_a_later_probe_is_repaired(
    server: str, build: Callable[..., Report]
) -> None:
    """The shell probe of the debug image then meets a container that has ended, and so does each
    probe of the traced run that looks for what is missing."""
    started = time.monotonic()
    report = build(
        server,
        "/files/late",
        probes=(http_probe("/"), http_probe("/cgi-bin/late"), http_probe("/index.html")),
        debug=DebugImage.FROM_ORIGINAL,
    )
    assert "/files/late" in repaired(report)
    assert time.monotonic() - started < 60, "nobody waited for the answer of what is gone"
