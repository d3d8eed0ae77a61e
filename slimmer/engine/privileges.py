"""What the target's container is lent, so that the gate can arm the trace without `no_new_privs`:
that would make sudo, ping and every other program with privileges of its own fail.

The kernel lets a process filter its own calls with CAP_SYS_ADMIN, and takes a capability out of the
bounding set with CAP_SETPCAP. The gate gives up both before the command runs, as far as the user's
options would not have given them, and closes the calls that the engine's seccomp profile opens for
CAP_SYS_ADMIN. User, groups and HOME are the engine's own work in any case: for a user that is not
root, the gate's file carries the capabilities, or Podman makes them ambient.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from slimmer.values import RunOptions

NUMBERS = {"SETPCAP": 8, "SYS_ADMIN": 21}
"""The capabilities that are lent."""
FILE_CAPABILITIES = struct.pack("<5I", 0x02000000, sum(1 << n for n in NUMBERS.values()), 0, 0, 0)
"""`security.capability` of the gate's file: both permitted and none effective, since a file that
makes them effective cannot be executed where they are not to be had."""


@dataclass(frozen=True, kw_only=True)
class Loan:
    """What is lent to one container."""

    capabilities: tuple[str, ...] = ()
    """Those that the user's options do not give, or not to every user."""
    gate: tuple[str, ...] = ()
    """What the gate is told, of this and otherwise."""
    by_file: bool = False
    """Whether the gate's file must carry them: root has what its container has."""


def loan(config: Mapping[str, Any], run: RunOptions, *, other_users: bool = False) -> Loan:
    """What the container of an image with these options lacks; `other_users`: not all of its
    commands are run as its own user. Nothing where the user forbids to gain privileges: then a
    trace under no_new_privs changes nothing."""
    if any(_option(each) == ("no-new-privileges", "true") for each in run.security_opts):
        return Loan()
    added, dropped = _names(run.cap_add), _names(run.cap_drop)
    given = {"SETPCAP"} if not dropped & {"SETPCAP", "ALL"} else set()
    added = set(NUMBERS) if "ALL" in added else added
    given |= added
    lent = tuple(name for name in NUMBERS if name not in given)
    own_profile = any(_option(each)[0] == "seccomp" for each in run.security_opts)
    seal = ("--seal",) if "SYS_ADMIN" in lent and not own_profile else ()
    is_root = str(run.user or config.get("User") or "").partition(":")[0] in ("", "0", "root")
    by_file = other_users or not is_root
    # Podman gives users who are not root what was asked for by name, and nothing else.
    again = tuple(name for name in NUMBERS if by_file and name in given - added)
    lower = ("--lower", ",".join(again)) if again else ()
    return Loan(
        capabilities=(*lent, *again) if lent else (),
        gate=("--give-up", ",".join(lent), *lower, *seal) if lent else (),
        by_file=by_file,
    )


def with_loan(host: Mapping[str, Any], lent: Loan) -> dict[str, Any]:
    """The HostConfig of a container that is lent something."""
    if not lent.capabilities:
        return dict(host)
    prefixed = {f"CAP_{name}" for name in lent.capabilities}
    refused = [name for name in host.get("CapDrop", ()) if not _names([name]) <= _names(prefixed)]
    settings = {
        "CapAdd": [*host.get("CapAdd", ()), *lent.capabilities],
        "CapDrop": refused,
        "SecurityOpt": [_unconditional(each, prefixed) for each in host.get("SecurityOpt", ())],
    }
    return {**host, **{key: value for key, value in settings.items() if value or key in host}}


def _unconditional(option: str, lent: Collection[str]) -> str:
    """A seccomp profile with its rules for containers with, or without, these capabilities as they
    are for one that has none of them."""
    name, value = _option(option)
    try:
        profile = json.loads(value) if name == "seccomp" else {}
        rules = profile["syscalls"]
    except (ValueError, LookupError, TypeError):
        return option  # `unconfined`, or what the engine will complain of
    kept = []
    for rule in rules:
        excluded = rule.get("excludes") or {}
        if set((rule.get("includes") or {}).get("caps") or ()) & set(lent):
            continue
        without = [each for each in excluded.get("caps") or () if each not in lent]
        kept.append({**rule, "excludes": {**excluded, "caps": without}} if excluded else rule)
    profile["syscalls"] = kept
    return f"seccomp={json.dumps(profile)}"


def _option(text: str) -> tuple[str, str]:
    """`NAME=VALUE`, or `NAME:VALUE` as older engines write it."""
    name = text.split("=", 1)[0].split(":", 1)[0]
    return name, text[len(name) + 1 :] or "true"


def _names(capabilities: Iterable[str]) -> set[str]:
    """As the kernel has them, without CAP_."""
    return {each.upper().removeprefix("CAP_") for each in capabilities}
