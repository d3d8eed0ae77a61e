"""A Landlock ruleset as JSON, in the form of the landlockconfig project (version 5 of the ABI).

Landlock takes rights of a path for all that lies below it, and no rule takes them away again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from slimmer.files import is_below
from slimmer.harden.uses import PathUses
from slimmer.values import Hardening

_ABI: Final = 5
"""Linux 6.10."""
_READ, _WRITE = "abi.read_execute", "abi.read_write"
_SYSTEM_READ: Final = ("/proc", "/sys")
_SYSTEM_WRITE: Final = ("/dev",)
_SEPARATE: Final = frozenset({"dev", "proc", "sys"})


def landlock_ruleset(
    hardening: Hardening, uses: PathUses, kept: Iterable[str], *, narrow: bool
) -> str:
    """The JSON text. `narrow`: what was not seen is denied; else all of the image (`kept`) may be
    read and executed, and it is written where something was."""
    writable = [*uses.written, *uses.written_and_executed] if hardening.read_only else ["/"]
    rules: list[tuple[list[str], Iterable[str]]] = [([_READ], _SYSTEM_READ)]
    if narrow:
        rules += [
            (["execute", "read_file"], uses.executed),
            (["read_file"], (*uses.loaded, *uses.read)),
            (["read_dir"], uses.listed),
        ]
    else:
        rules.append(([_READ], _tops(kept, writable)))
    rules.append(([_WRITE], (*_SYSTEM_WRITE, *writable)))
    rules.append((["execute"], uses.written_and_executed))
    document: dict[str, Any] = {
        "abi": _ABI,
        "ruleset": [{"handledAccessFs": ["abi.all"]}],
        "pathBeneath": [
            # `${` begins a variable there, and two dollars are one.
            {
                "allowedAccess": access,
                "parent": sorted(each.replace("$", "$$") for each in {*paths}),
            }
            for access, paths in rules
            if paths
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _tops(kept: Iterable[str], writable: Iterable[str]) -> list[str]:
    """The highest directories and files of the image but those that are written to."""
    tops = {f"/{path.split('/')[1]}" for path in kept if path != "/"}
    tops -= {f"/{each}" for each in _SEPARATE}
    return sorted(top for top in tops if not any(is_below(top, each) for each in writable))
