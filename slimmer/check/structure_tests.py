"""The real container-structure-test, as a program beside us."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from slimmer import DISTRIBUTION
from slimmer.codec import Mismatch, parse
from slimmer.disk import is_regular
from slimmer.engine import address_for_others
from slimmer.errors import GateUnmeasuredError
from slimmer.workspace import workspace

PROGRAM: Final = "container-structure-test"
_LONGEST: Final = 600
"""Seconds for all tests of a file."""
_PATIENCE: Final = 10
"""Seconds for what is left of the tests once somebody interrupts them."""
_OWN_TROUBLE: Final = "error "
"""How a message begins of what kept the program from testing. Those of a failed test begin
otherwise."""


@dataclass(frozen=True, kw_only=True)
class Tested:
    """What is tested."""

    image: str
    """Name or id in the engine, or a docker-archive."""
    platform: str
    """`linux/amd64`."""
    address: str
    """Of the engine that has it; empty for an archive."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One test."""

    name: str
    passed: bool
    errors: tuple[str, ...]


def run_tests(file: Path, tested: Tested) -> tuple[Outcome, ...]:
    """Run the tests in a file, at least one. Raises GateUnmeasuredError where the program is
    missing or could not test."""
    program = _program()
    if not is_regular(file):
        raise GateUnmeasuredError(
            f"there is no file {file}", hint="name the YAML or JSON file with the structure tests"
        )
    with workspace() as folder:
        image = tested.image
        if not tested.address:  # by this ending it knows that no registry is meant
            image = str(folder / "image.tar")
            os.symlink(Path(tested.image).absolute(), image)
        words = [program, "test", "--image", image, "--config", str(file), "--output", "json"]
        words += ["--platform", tested.platform]
        words += ["--driver", "docker" if tested.address else "tar"]
        with address_for_others(tested.address) as address:
            return _outcomes(file, _run(words, address))


def _program() -> str:
    """On the path, or beside the interpreter that runs us."""
    beside = Path(sys.executable).parent
    found = shutil.which(PROGRAM) or shutil.which(PROGRAM, path=str(beside))
    if found is None:
        raise GateUnmeasuredError(
            f"{PROGRAM} is not installed", hint=f"pip install '{DISTRIBUTION}[check]'"
        )
    return found


def _run(words: list[str], address: str) -> Mapping[str, Any]:
    """Its report. It ends with 1 for a failed test and for trouble of its own alike."""
    try:
        process = subprocess.Popen(
            words,
            env={**os.environ, "DOCKER_HOST": address} if address else None,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for us alone
        )
    except OSError as error:
        raise GateUnmeasuredError(f"{PROGRAM} cannot be run: {error.strerror}") from error
    try:
        written, complaint = process.communicate(timeout=_LONGEST)
    except subprocess.TimeoutExpired as error:
        raise GateUnmeasuredError(
            f"{PROGRAM} did not end within {_LONGEST} s", hint="look which of its commands waits"
        ) from error
    except KeyboardInterrupt:
        # It removes its containers itself, each behind its test, and none if it is killed.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=_PATIENCE)
        raise
    finally:
        process.kill()
        process.wait()
    try:
        document = parse(written)
    except Mismatch:
        document = None
    if not isinstance(document, dict):
        said = complaint.decode("utf-8", "replace").strip()
        raise GateUnmeasuredError(f"{PROGRAM} wrote no report", details=said)
    return document


def _outcomes(file: Path, document: Mapping[str, Any]) -> tuple[Outcome, ...]:
    outcomes = tuple(
        Outcome(
            name=str(each.get("Name") or "a test without a name"),
            passed=each.get("Pass") is True,
            errors=tuple(map(str, each.get("Errors") or ())),
        )
        for each in document.get("Results") or ()
    )
    if not outcomes:
        raise GateUnmeasuredError(f"there are no tests in {file}")
    for outcome in outcomes:
        for error in outcome.errors:
            if not outcome.passed and error.startswith(_OWN_TROUBLE):
                raise GateUnmeasuredError(
                    f"{PROGRAM} could not run {outcome.name}: {error}",
                    hint="commands can be run in an image of the engine only, not in an archive"
                    if "Tar driver" in error
                    else "",
                )
    return outcomes
