"""Commands that start another command: where in their words that one stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"))

_ALL = 1 << 30


@dataclass(frozen=True, kw_only=True)
class Prefix:
    """How the words behind one such command are to be read."""

    valued: frozenset[str] = frozenset()
    """Options that take the next word as their value."""
    script: frozenset[str] = frozenset()
    """Options whose value is a script; `-c` also at the end of `-lc`."""
    operands: int = 0
    """How many operands of its own stand before the command: a lock file, a duration, a user."""
    unless: frozenset[str] = frozenset()
    """Options in whose presence it has no operands of its own."""
    markers: frozenset[str] = frozenset()
    """Words with a command behind each (`find -exec`); nothing else is one then."""
    reads_file: bool = False
    """Whether what follows is a file with a script, not a command."""
    reads_script: bool = False
    """Whether what follows is itself the text of a script."""
    same_shell: bool = False
    """Whether the calling shell runs it, so that the script's own functions answer."""


def _prefix(
    valued: str = "",
    *,
    script: str = "",
    operands: int = 0,
    unless: str = "",
    markers: str = "",
    reads_file: bool = False,
    reads_script: bool = False,
    same_shell: bool = False,
) -> Prefix:
    return Prefix(
        valued=frozenset(valued.split()),
        script=frozenset(script.split()),
        operands=operands,
        unless=frozenset(unless.split()),
        markers=frozenset(markers.split()),
        reads_file=reads_file,
        reads_script=reads_script,
        same_shell=same_shell,
    )


_LOGIN = "-s --shell -g --group -G --supp-group -w --whitelist-environment"

PREFIXES: Mapping[str, Prefix] = {
    # of the shell itself
    "builtin": _prefix(),
    "command": _prefix(),
    "coproc": _prefix(same_shell=True),
    "eval": _prefix(reads_script=True, same_shell=True),
    "exec": _prefix("-a"),
    "time": _prefix("-f --format -o --output", same_shell=True),
    "trap": _prefix(reads_script=True, same_shell=True),
    **dict.fromkeys(SHELLS, _prefix("-o -O +o +O", script="-c", reads_file=True)),
    # another user, another root
    "chpst": _prefix("-u -U -b -e -/ -C -n -l -L -m -d -o -p -f -c -r -t"),
    "chroot": _prefix("--userspec --groups", operands=1),
    "doas": _prefix("-u -C -a"),
    "gosu": _prefix(operands=1),
    "runuser": _prefix(
        f"-u --user {_LOGIN}", script="-c --command", operands=_ALL, unless="-u --user"
    ),
    "s6-setuidgid": _prefix(operands=1),
    "setpriv": _prefix(
        "--ambient-caps --inh-caps --bounding-set --reuid --ruid --euid --regid --rgid --egid"
        " --groups --securebits --pdeathsig --selinux-label --apparmor-profile"
    ),
    "setuidgid": _prefix(operands=1),
    "su": _prefix(_LOGIN, script="-c --command", operands=_ALL),
    "su-exec": _prefix(operands=1),
    "sudo": _prefix(
        "-u --user -g --group -h --host -p --prompt -C --close-from -D --chdir -R --chroot"
        " -T --command-timeout -r --role -t --type -U --other-user"
    ),
    # first programs of containers
    "catatonit": _prefix(),
    "dumb-init": _prefix("-r --rewrite"),
    "tini": _prefix("-p -e"),
    # surroundings, limits, times
    "busybox": _prefix(),
    "env": _prefix("-u --unset -C --chdir"),
    "envdir": _prefix(operands=1),
    "flock": _prefix(
        "-w --wait --timeout -E --conflict-exit-code", script="-c --command", operands=1
    ),
    "ionice": _prefix("-c --class -n --classdata"),
    "nice": _prefix("-n --adjustment"),
    "nohup": _prefix(),
    "setsid": _prefix(),
    "stdbuf": _prefix("-i --input -o --output -e --error"),
    "taskset": _prefix(operands=1),
    "timeout": _prefix("-k --kill-after -s --signal", operands=1),
    "unbuffer": _prefix(),
    # commands among other operands
    "find": _prefix(markers="-exec -execdir -ok -okdir"),
    "start-stop-daemon": _prefix(markers="-x --exec -a --startas"),
    "xargs": _prefix(
        "-n --max-args -I -L -P --max-procs -s --max-chars -d --delimiter -E -a --arg-file"
    ),
}
"""By the name without its folder. Options not listed are taken to have no value behind them."""
