"""An AppArmor profile of the paths that were seen.

A profile allows what it names and nothing else. Its narrow form names what was seen; the wide one
lets all of the image be read and executed, which holds little else, and still closes what was never
written to and what was written: nothing is executed there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from slimmer.harden.forms.names import short_name
from slimmer.harden.uses import PathUses
from slimmer.values import Hardening

_ALWAYS: Final = """\
  network,
  unix,
  signal (receive),
  signal (send) peer={name},
  ptrace (read, readby) peer={name},

  /proc/** r,
  /proc/[0-9]*/{{,task/[0-9]*/}}{{comm,oom_score_adj,timerslack_ns,attr/**}} rw,
  deny /proc/{{sysrq-trigger,kcore,kmem,mem}} rwklx,
  /sys/** r,
  deny /sys/{{firmware,kernel/security}}/** rwklx,
  / r,
  /dev/ r,
  /dev/** r,
  /dev/{{null,zero,full,random,urandom,tty,console,ptmx}} rw,
  /dev/{{pts,shm,mqueue,fd}}/** rwk,
"""
"""What every program in a container does, whichever paths of its image it uses."""
_PATTERN: Final = re.compile(r"[*?\[\]{}^\\\"@,]")


def profile_name(image: str) -> str:
    """`slim-my-app`, the name that `--security-opt apparmor=NAME` takes."""
    return f"slim-{short_name(image)}"


def apparmor_profile(hardening: Hardening, uses: PathUses, image: str, *, narrow: bool) -> str:
    """The text, for `apparmor_parser`. `narrow`: what was not seen is denied."""
    name = profile_name(image)
    rules = "".join(f"  {rule},\n" for rule in _rules(hardening, uses, narrow=narrow))
    how = "what was not seen is denied" if narrow else "all of the image may be read and executed"
    return (
        f"# Made by `slim build --harden` of what its runs used; {how}.\n"
        f"# No container has run under it. Load it with: apparmor_parser -r FILE\n"
        f"# Run with: --security-opt apparmor={name}\n"
        f"profile {name} flags=(attach_disconnected, mediate_deleted) {{\n"
        f"{_ALWAYS.format(name=name)}\n{rules}}}\n"
    )


def _rules(hardening: Hardening, uses: PathUses, *, narrow: bool) -> Iterator[str]:
    for capability in hardening.capabilities:
        yield f"capability {capability.name.lower()}"
    if narrow:
        yield from (f"{quoted(path)} mrix" for path in uses.executed)
        yield from (f"{quoted(path)} mr" for path in uses.loaded)
        yield from (f"{quoted(path)} r" for path in uses.read)
        yield from (f"{_directory(path)} r" for path in uses.listed)
    else:
        yield "/** mrix"
    if not hardening.read_only:
        yield "/** rwkl"
    yield from _writable((*uses.written, *uses.written_and_executed), "rwkl")
    yield from (f"{_below(path)} mrix" for path in uses.written_and_executed)
    if not narrow:
        yield from (f"deny {_below(path)} mx" for path in uses.written)


def _writable(paths: Iterable[str], rights: str) -> Iterator[str]:
    for path in paths:
        yield f"{_directory(path)} rw"
        yield f"{_below(path)} {rights}"


def quoted(path: str, end: str = "") -> str:
    """The very path, none of its characters taken for a pattern, and `end`, which may be one."""
    text = "".join(
        f"\\{each}"
        if _PATTERN.match(each)
        else each
        if each.isascii() and each.isprintable()
        else "".join(f"\\{byte:03o}" for byte in each.encode("utf-8", "surrogateescape"))
        for each in path
    )
    return f'"{text}{end}"'


def _directory(path: str) -> str:
    return quoted(path.rstrip("/") + "/")


def _below(path: str) -> str:
    return quoted(path.rstrip("/"), "/**")
