"""What the sensor records is compared with what real strace prints for the same program."""

from __future__ import annotations

import codecs
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CI
from tests.sensor.enclosure import SEARCH_PATH, Enclosure

PROGRAMS = {
    "every call": ("every_call",),
    "shell with children": ("/bin/sh", "-c", "cd /usr; ls bin/env; cat ../etc/passwd; (exit 0)"),
    "python": ("/usr/bin/python3", "-I", "-c", "import json, email.message, sqlite3"),
    "perl": ("/usr/bin/perl", "-MPOSIX", "-e", "print -e '/etc/fstab' ? 1 : 0"),
}

# A call of the %file class: its name and arguments. strace prints a call that another process
# interrupts in two halves; the paths are in the first.
_CALL = re.compile(r"^\d+ +(\w+)\((.*)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Arguments that are text and not a path: argv, xattr names and values, file system types, the
# text of a new link; and what a call returns in a buffer.
_PATHS = {"execve": 1, "execveat": 1, "readlink": 1, "readlinkat": 1, "mount": 2, "getcwd": 0}


def paths_by_strace(command: list[str], folder: Path) -> set[str]:
    """Every path that strace sees in calls of its %file class."""
    output = folder / "strace"
    subprocess.run(
        ["strace", "-f", "-s", "4096", "-e", "trace=%file", "-e", "signal=none",
         "-o", str(output), *command],
        env={"PATH": SEARCH_PATH, "LC_ALL": "C"},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )  # fmt: skip
    seen: set[str] = set()
    for line in output.read_text().splitlines():
        call = _CALL.match(line)
        if call is None:
            continue
        name, arguments = call.groups()
        quoted = _QUOTED.findall(arguments)
        if name.startswith("symlink"):
            quoted = quoted[1:]
        elif "xattr" in name:
            quoted = quoted[:1]
        elif name in _PATHS:
            quoted = quoted[: _PATHS[name]]
        seen.update(codecs.decode(text, "unicode_escape") for text in quoted)
    return seen - {""}


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_path_that_strace_shows_is_recorded(
    program: str,
    enclose: Callable[..., Enclosure],
    tracee: Callable[[str], Path],
    tmp_path: Path,
) -> None:
    command = PROGRAMS[program]
    for tool in ("strace", *(name for name in command[:1] if "/" in name)):
        if shutil.which(tool) is None and not CI:
            pytest.skip(f"{tool} is not installed")
    with enclose(*command) as enclosure:
        enclosure.run_to_the_end()
        ours = {record.path for record in enclosure.lookups()}
    own = "/" not in command[0]
    theirs = paths_by_strace(
        [str(tracee(command[0])) if own else command[0], *command[1:]], tmp_path
    )
    # The copy in the enclosure has another name, and nothing else is different.
    theirs.discard(str(tracee(command[0])) if own else "")
    assert len(theirs) > 10
    assert theirs <= ours
    if program == "every call":
        # And nothing is invented: besides strace's class there are only the sockets.
        sockets = {"/tracee/bind", "/tracee/connect"}
        assert {path for path in ours - theirs if "tracee" in path} == sockets
        named = {record.call for record in enclosure.lookups() if "tracee" in record.path}
        assert len(named) > 50
