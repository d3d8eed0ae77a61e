"""An interruption at any moment leaves no lock taken."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import os, signal, sys, threading
from concurrent.futures import Future, wait
from slimmer.interruption import arm, interrupt, rearm

handler = {"default": signal.default_int_handler, "ours": interrupt}[sys.argv[1]]
arm(lambda: None)
signal.signal(signal.SIGALRM, handler)
signal.signal(signal.SIGINT, handler)
waiting = threading.Semaphore(0)

def send():
    while True:
        waiting.acquire()
        os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=send, daemon=True).start()
stuck = 0
for _ in range(int(sys.argv[2])):
    future = Future()
    future.set_result(None)
    try:
        waiting.release()
        while True:
            wait([future])
    except KeyboardInterrupt:
        pass
    rearm()
    free = []
    asked = threading.Thread(target=lambda: free.append(future._condition.acquire(timeout=0.2)))
    asked.start()
    asked.join()
    stuck += not free[0]
print(stuck)
"""


@pytest.mark.parametrize(("handler", "is_safe"), [("ours", True), ("default", False)])
def test_no_lock_stays_taken(handler: str, is_safe: bool) -> None:
    """Python's own handler shows that the test would see it."""
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT, handler, "300"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert (int(ran.stdout) == 0) is is_safe
