"""A profile as the JSON that Docker, Podman, containerd and CRI-O take: the part of Docker's form
that is the runtime specification's as well."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from slimmer.errors import SeccompProfileError
from slimmer.seccomp.deciding import DECIDING
from slimmer.seccomp.profile import Profile

_ARCHITECTURES: Final = {
    "amd64": ("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"),
    "arm64": ("SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"),
}
_ALLOW: Final = "SCMP_ACT_ALLOW"
_FAIL: Final = "SCMP_ACT_ERRNO"
_DENYING: Final = frozenset(
    (_FAIL, "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP")
)
_EPERM, _ENOSYS = 1, 38
_HINT: Final = (
    "name a profile that slim has written, or a saved trace with system calls (--seccomp "
    "--save-trace)"
)


def to_document(profile: Profile) -> bytes:
    """The file: the same profile gives the same bytes."""
    free = sorted(name for name, values in profile.allowed.items() if values is None)
    rules: list[dict[str, Any]] = [{"names": free, "action": _ALLOW}]
    for name, values in profile.allowed.items():
        for value in sorted(values or ()):
            deciding = DECIDING[name]
            rules.append(
                {
                    "names": [name],
                    "action": _ALLOW,
                    "args": [
                        {
                            "index": deciding.index,
                            "value": deciding.mask,
                            "valueTwo": value,
                            "op": "SCMP_CMP_MASKED_EQ",
                        }
                    ],
                }
            )
    if profile.absent:
        rules.append({"names": list(profile.absent), "action": _FAIL, "errnoRet": _ENOSYS})
    document = {
        "defaultAction": _FAIL,
        "defaultErrnoRet": _EPERM,
        "architectures": list(_ARCHITECTURES[profile.architecture]),
        "syscalls": rules,
    }
    return json.dumps(document, indent=2).encode() + b"\n"


def from_document(data: bytes, name: str) -> Profile:
    """The profile that a file holds; `name` is what errors call it.

    Raises SeccompProfileError for one that is no profile, that allows what it does not name, or
    whose rules depend on what slimmer does not know (capabilities, other comparisons).
    """
    try:
        document = json.loads(data)
        if not isinstance(document, dict) or "defaultAction" not in document:
            raise ValueError("no `defaultAction`")
        if document["defaultAction"] not in _DENYING:
            raise ValueError(f"it does {document['defaultAction']} with what it does not name")
        architecture = _architecture(document.get("architectures") or ())
        allowed: dict[str, frozenset[int] | None] = {}
        for rule in document["syscalls"]:
            for call, values in _allowances(rule):
                known = allowed.get(call, frozenset())
                allowed[call] = None if known is None or values is None else known | values
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise SeccompProfileError(
            f"{name} is not a seccomp profile that can be merged", hint=_HINT, details=str(error)
        ) from error
    reasons = dict.fromkeys(allowed, name)
    return Profile(
        architecture=architecture, allowed=dict(sorted(allowed.items())), reasons=reasons
    )


def _architecture(words: Any) -> str:
    found = [name for name, known in _ARCHITECTURES.items() if known[0] in words]
    if len(found) != 1:
        raise ValueError("its `architectures` name neither x86_64 nor aarch64, or both")
    return found[0]


def _allowances(rule: dict[str, Any]) -> Iterator[tuple[str, frozenset[int] | None]]:
    if rule["action"] != _ALLOW:
        return
    if rule.get("includes") or rule.get("excludes"):
        raise ValueError(f"a rule with conditions: {rule['names']}")
    for name in rule["names"]:
        if not isinstance(name, str):
            raise ValueError(f"not the name of a call: {name!r}")
        yield name, _values(name, rule.get("args") or ())


def _values(name: str, arguments: Any) -> frozenset[int] | None:
    """Those that one rule allows for the argument that decides."""
    if not arguments:
        return None
    deciding = DECIDING.get(name)
    (each,) = arguments
    if deciding is None or each["index"] != deciding.index:
        raise ValueError(f"it looks at another argument of {name} than slimmer: {each}")
    match each["op"], each["value"]:
        case "SCMP_CMP_EQ", int(value):
            return frozenset((value & deciding.mask,))
        case "SCMP_CMP_MASKED_EQ", deciding.mask:
            return frozenset((int(each.get("valueTwo", 0)),))
    raise ValueError(f"it compares an argument of {name} as slimmer does not: {each}")
