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


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LOGIN = "-s --shell -g --group -G --supp-group -w --whitelist-environment"

PREFIXES: Mapping[str, Prefix] = {
    # of the shell itself
    "builtin": Prefix(),
    "command": Prefix(),
    "coproc": Prefix(same_shell=True),
    "eval": Prefix(reads_script=True, same_shell=True),
    "exec": Prefix(valued=_words("-a")),
    "time": Prefix(valued=_words("-f --format -o --output"), same_shell=True),
    "trap": Prefix(reads_script=True, same_shell=True),
    **dict.fromkeys(
        SHELLS, Prefix(valued=_words("-o -O +o +O"), script=_words("-c"), reads_file=True)
    ),
    # another user, another root
    "chpst": Prefix(valued=_words("-u -U -b -e -/ -C -n -l -L -m -d -o -p -f -c -r -t")),
    "chroot": Prefix(valued=_words("--userspec --groups"), operands=1),
    "doas": Prefix(valued=_words("-u -C -a")),
    "gosu": Prefix(operands=1),
    "runuser": Prefix(
        valued=_words(f"-u --user {_LOGIN}"),
        script=_words("-c --command"),
        operands=_ALL,
        unless=_words("-u --user"),
    ),
    "s6-setuidgid": Prefix(operands=1),
    "setpriv": Prefix(
        valued=_words(
            "--ambient-caps --inh-caps --bounding-set --reuid --ruid --euid --regid --rgid --egid"
            " --groups --securebits --pdeathsig --selinux-label --apparmor-profile"
        )
    ),
    "setuidgid": Prefix(operands=1),
    "su": Prefix(valued=_words(_LOGIN), script=_words("-c --command"), operands=_ALL),
    "su-exec": Prefix(operands=1),
    "sudo": Prefix(
        valued=_words(
            "-u --user -g --group -h --host -p --prompt -C --close-from -D --chdir -R --chroot"
            " -T --command-timeout -r --role -t --type -U --other-user"
        )
    ),
    # first programs of containers
    "catatonit": Prefix(),
    "dumb-init": Prefix(valued=_words("-r --rewrite")),
    "tini": Prefix(valued=_words("-p -e")),
    # surroundings, limits, times
    "busybox": Prefix(),
    "env": Prefix(valued=_words("-u --unset -C --chdir")),
    "envdir": Prefix(operands=1),
    "flock": Prefix(
        valued=_words("-w --wait --timeout -E --conflict-exit-code"),
        script=_words("-c --command"),
        operands=1,
    ),
    "ionice": Prefix(valued=_words("-c --class -n --classdata")),
    "nice": Prefix(valued=_words("-n --adjustment")),
    "nohup": Prefix(),
    "pg_virtualenv": Prefix(valued=_words("-v -c -i -o -p")),
    "setsid": Prefix(),
    "stdbuf": Prefix(valued=_words("-i --input -o --output -e --error")),
    "taskset": Prefix(operands=1),
    "timeout": Prefix(valued=_words("-k --kill-after -s --signal"), operands=1),
    "unbuffer": Prefix(),
    # commands among other operands
    "find": Prefix(markers=_words("-exec -execdir -ok -okdir")),
    # `set -- redis-server "$@"`, as entrypoints do before `exec "$@"`
    "set": Prefix(markers=_words("--")),
    "start-stop-daemon": Prefix(markers=_words("-x --exec -a --startas")),
    "xargs": Prefix(
        valued=_words(
            "-n --max-args -I -L -P --max-procs -s --max-chars -d --delimiter -E -a --arg-file"
        )
    ),
}
"""By the name without its folder. Options not listed are taken to have no value behind them."""
