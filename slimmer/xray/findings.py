"""What may be used against an image: programs with privileges, files that all may write to, and
secrets, those among them that a layer above has removed."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from slimmer.image.archive import LayerContent
from slimmer.secrets import is_named_as_secret, secrets_in
from slimmer.values import Entry, EntryType
from slimmer.xray.document import Privilege, Secret
from slimmer.xray.instructions import Step
from slimmer.xray.stack import Stack

if TYPE_CHECKING:
    from slimmer.xray.packages import Packages

_CAPABILITIES: Final = (
    *("chown", "dac_override", "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid"),
    *("setpcap", "linux_immutable", "net_bind_service", "net_broadcast", "net_admin", "net_raw"),
    *("ipc_lock", "ipc_owner", "sys_module", "sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct"),
    *("sys_admin", "sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod"),
    *("lease", "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin", "syslog"),
    *("wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf", "checkpoint_restore"),
)
"""By number, see capabilities(7)."""
_STICKY: Final = 0o1000
_OF_INTEREST: Final = 0o6002


def privileges(stack: Stack, packages: Packages) -> tuple[Privilege, ...]:
    """What grants more than it should, sorted by kind and path. Directories that all may write to
    are named where the sticky bit is missing."""
    found = [
        Privilege(
            path=entry.path,
            what=what,
            owner=f"{entry.uid}:{entry.gid}",
            detail=detail,
            package=packages.name_of(entry.path),
            layer=stack.layer_of[entry.path],
        )
        for entry in stack.entries.values()
        if entry.mode & _OF_INTEREST or entry.xattrs
        for what, detail in _privileges_of(entry)
    ]
    return tuple(sorted(found, key=lambda each: (each.what, each.path)))


def _privileges_of(entry: Entry) -> Iterator[tuple[str, str]]:
    if entry.type is EntryType.FILE:
        if entry.mode & 0o4000:
            yield "setuid", ""
        # Without group execution the bit asks for mandatory locks, and grants nothing.
        if entry.mode & 0o2000 and entry.mode & 0o010:
            yield "setgid", ""
        for name, value in entry.xattrs:
            if name == "security.capability":
                yield "file capabilities", _capabilities(value)
    elif entry.type is not EntryType.DIRECTORY:
        return
    sticky = entry.type is EntryType.DIRECTORY and entry.mode & _STICKY
    if entry.mode & 0o002 and not sticky:
        yield "world-writable", "directory" if entry.type is EntryType.DIRECTORY else ""


def _capabilities(value: bytes) -> str:
    """The permitted set, by name (struct vfs_cap_data of the kernel)."""
    if len(value) < 12:
        return ""
    permitted: int = struct.unpack_from("<I", value, 4)[0]
    if len(value) >= 20:
        permitted |= struct.unpack_from("<I", value, 12)[0] << 32
    return ", ".join(name for number, name in enumerate(_CAPABILITIES) if permitted >> number & 1)


def secrets(
    layers: Sequence[LayerContent],
    visible: Mapping[int, str],
    packages: Packages,
    configuration: Mapping[str, Any],
    steps: Sequence[Step],
) -> tuple[Secret, ...]:
    """Of all layers, of the environment, and of build arguments that the history has."""
    found = []
    for number, layer in enumerate(layers):
        for path, remark in layer.remarks.items():
            for what, line in remark.secrets:
                found.append(
                    Secret(
                        what=what,
                        place=path,
                        line=line,
                        layer=number,
                        is_hidden=layer.entries[path].inode not in visible,
                        package=packages.name_of(path),
                    )
                )
    for kind, name, value in dict.fromkeys(_variables(configuration, steps)):
        what = next(secrets_in(value.encode("utf-8", "surrogateescape")), ("", 0))[0]
        if what or is_named_as_secret(name, value):
            found.append(Secret(what=what or "value of a secret's name", place=f"{kind} {name}"))
    return tuple(found)


def _variables(
    configuration: Mapping[str, Any], steps: Sequence[Step]
) -> Iterator[tuple[str, str, str]]:
    for each in (configuration.get("config") or {}).get("Env") or ():
        name, _, value = str(each).partition("=")
        yield "ENV", name, value
    for step in steps:
        for name, value in step.arguments:
            yield "ARG", name, value
        if step.keyword == "ARG":
            name, _, value = step.instruction.removeprefix("ARG ").partition("=")
            yield "ARG", name, value
