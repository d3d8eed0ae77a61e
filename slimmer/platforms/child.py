"""One `slim build` in a process of its own: what it says is told as it says it, and its report
read at the end."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final

from slimmer.errors import BuildLostError, InterruptedRunError
from slimmer.platforms.result import BuiltPlatform
from slimmer.platforms.wishes import Wish
from slimmer.remains import ALL_REMOVED, finished

COMMAND: Final = (sys.executable, "-m", "slimmer", "build")
_OURS: Final = ("error: interrupted", f"  {ALL_REMOVED}")
"""What we say of all builds when we are interrupted."""


class Child:
    """A build that goes on."""

    def __init__(self, wish: Wish, told: Callable[[str], None], *, quiet: bool) -> None:
        """`told` gets each line of its progress."""
        self._wish = wish
        self._process = subprocess.Popen(
            [*COMMAND, *wish.command, "--json", *(["--quiet"] if quiet else [])],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="surrogateescape",
            # Ctrl-C is for us: a Python that only starts answers it with a traceback.
            start_new_session=True,
        )
        self._told = told
        self._said = ""
        self._threads = [
            threading.Thread(target=each, daemon=True) for each in (self._follow, self._read)
        ]
        for thread in self._threads:
            thread.start()

    def _follow(self) -> None:
        assert self._process.stderr is not None
        error: list[str] = []
        for line in self._process.stderr:
            if error or line.startswith("error: "):
                error.append(line.rstrip("\n"))
            elif line.strip():
                self._told(line.rstrip("\n"))
        status = self._process.wait()
        if self._wish.may_be_made_from_another(status):
            error = ["nothing here runs it: it is made from the trace of another platform, if any"]
        elif status == InterruptedRunError.exit_code:
            error = [line for line in error if line not in _OURS]
        for line in error:
            self._told(line)

    def _read(self) -> None:
        assert self._process.stdout is not None
        self._said = self._process.stdout.read()

    def result(self) -> BuiltPlatform:
        """How it ended. Raises BuildLostError where it does not say so."""
        status = self._process.wait()
        for thread in self._threads:
            thread.join()
        try:
            built = _result(self._wish, status, json.loads(self._said))
        except (ValueError, LookupError, TypeError) as error:
            raise BuildLostError(
                f"the build for {self._wish.platform.name} ended with status {status} and gave no "
                "report",
                hint="its last lines are above; run it alone with "
                f"--platform {self._wish.platform.name}",
                details=str(error),
            ) from error
        finished(built.slim)
        return built

    def interrupt(self) -> None:
        """By SIGTERM; what it has made in its engine goes with it, unless it was done."""
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()

    def await_end(self) -> None:
        """Of one that was interrupted."""
        with contextlib.suppress(KeyboardInterrupt, BuildLostError):
            self.result()


def _result(wish: Wish, status: int, document: Mapping[str, Any]) -> BuiltPlatform:
    if error := document.get("error"):
        return BuiltPlatform(
            platform=wish.platform.name,
            image=wish.image,
            exit_code=status,
            problem=error["message"],
            hint=error["hint"],
            report=error.get("report", ""),
        )
    debug, trace = document.get("debug"), document.get("trace_file")
    return BuiltPlatform(
        platform=wish.platform.name,
        image=wish.image,
        slim=document["slim"]["reference"],
        debug=debug["reference"] if debug else "",
        verification="before" if trace and trace["passed"] else document["verification"],
        size_before=document["original"]["size"],
        size=document["slim"]["size"],
        notes=tuple(document["notes"]),
        pushed=tuple((each["reference"], each["digest"]) for each in document["pushed"]),
        report=document["artifacts"]["report"],
        trace=trace["path"] if trace else "",
    )
