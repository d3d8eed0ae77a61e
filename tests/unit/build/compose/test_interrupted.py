"""An engine makes what a compose tool has asked for, although the tool was ended meanwhile."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from slimmer.build.compose import ComposeTool, bring_up, service_of
from slimmer.engine import Session
from slimmer.errors import ServiceNotReadyError
from tests.unit.build.engine import ORIGINAL, MemoryEngine

BROKEN_OFF = 0.5
"""Seconds until the tool is ended."""
LATE = 0.7
"""Seconds from then until the engine has made it."""
NEVER_DONE = "import time; time.sleep(60)"


@pytest.mark.parametrize("is_interrupted", [True, False])
def test_what_a_tool_that_was_ended_had_asked_for_is_removed(
    tmp_path: Path, is_interrupted: bool
) -> None:
    """By Ctrl-C, or as its time was over."""
    engine = MemoryEngine(tmp_path, ["/bin/app"], lambda process: 0)
    document: dict[str, Any] = {
        "services": {"web": {"image": ORIGINAL, "depends_on": ["db"]}, "db": {"image": ORIGINAL}}
    }
    tool = ComposeTool(command=(sys.executable, "-c", NEVER_DONE), engine=engine.address)

    session = Session(engine)
    service = service_of(document, "web", session.project())

    def make_late() -> None:
        configuration = {"Image": ORIGINAL, "Labels": session.labels("service")}
        engine.create_container(configuration, f"{session.project()}-db-1")

    timeout = 30.0 if is_interrupted else BROKEN_OFF
    late = threading.Timer(BROKEN_OFF + LATE, make_late)
    late.start()
    if is_interrupted:
        threading.Timer(BROKEN_OFF, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises((KeyboardInterrupt, ServiceNotReadyError)):
        bring_up(
            session, tool, document, (service,), image=ORIGINAL, folder=tmp_path, timeout=timeout
        )
    session.close()
    late.join()
    assert engine.left_behind() == set()
    assert session.remains() == ()
