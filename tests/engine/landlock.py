"""Run a command in a root directory under a Landlock ruleset of `slim build --harden`.

    python landlock.py RULESET.json ROOT COMMAND…

Stands for landlockconfig, in whose form the ruleset is: what its groups of rights mean is taken
from there. The kernel is the real one. Wants a network and mounts of its own.
"""

from __future__ import annotations

import ctypes
import json
import os
import struct
import sys
from collections.abc import Iterable

_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""System calls, the same on all architectures."""
_RIGHTS = (
    *("execute", "write_file", "read_file", "read_dir", "remove_dir", "remove_file", "make_char"),
    *("make_dir", "make_reg", "make_sock", "make_fifo", "make_block", "make_sym", "refer"),
    *("truncate", "ioctl_dev"),
)
"""By their bits."""
_KNOWN = {1: 13, 2: 14, 3: 15, 4: 15}
"""Version of the kernel's Landlock → how many of these it knows; all of them from 5 on."""
_OF_FILES = ("execute", "write_file", "read_file", "truncate", "ioctl_dev")
_NO_NEW_PRIVILEGES = 38

_libc = ctypes.CDLL(None, use_errno=True)


def version() -> int:
    """The kernel's; at most 0 where it has none."""
    return int(_libc.syscall(_CREATE, None, 0, 1))


def _bits(names: Iterable[str]) -> int:
    read = {"execute", "read_file", "read_dir", "refer"}
    groups = {
        "abi.all": {*_RIGHTS},
        "abi.read_execute": read,
        "abi.read_write": {*_RIGHTS} - {"execute"},
    }
    rights = {right for name in names for right in groups.get(name, {name})}
    known = _RIGHTS[: _KNOWN.get(version(), len(_RIGHTS))]
    return sum(1 << bit for bit, right in enumerate(known) if right in rights)


def _called(result: int, what: str) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), what)
    return result


def restrict(document: dict[str, list[dict[str, list[str]]]]) -> None:
    """This process, and all that it starts."""
    (handled,) = (each["handledAccessFs"] for each in document["ruleset"])
    attributes = struct.pack("=Q", _bits(handled))
    ruleset = _called(_libc.syscall(_CREATE, attributes, len(attributes), 0), "a ruleset")
    for rule in document["pathBeneath"]:
        for parent in rule["parent"]:
            opened = os.open(parent.replace("$$", "$"), os.O_PATH)
            allowed = _bits(rule["allowedAccess"])
            if not os.path.isdir(f"/proc/self/fd/{opened}"):
                allowed &= _bits(_OF_FILES)
            beneath = struct.pack("=Qi", allowed, opened)
            _called(_libc.syscall(_ADD, ruleset, 1, beneath, 0), parent)
            os.close(opened)
    _called(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no new privileges")
    _called(_libc.syscall(_RESTRICT, ruleset, 0), "the ruleset in force")


def main() -> None:
    file, root, *command = sys.argv[1:]
    with open(file, encoding="utf-8") as opened:
        document = json.load(opened)
    os.chroot(root)
    os.chdir("/")
    restrict(document)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
