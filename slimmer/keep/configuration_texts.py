"""The configuration files that a traced run read, as text."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping

from slimmer.files import RootfsIndex, is_below, name_of, parent_of
from slimmer.keep.environments import Environments
from slimmer.values import Content

TREES = ("/etc", "/usr/local/etc")
"""Each program has a directory of its own below these."""

_SUFFIXES = (".conf", ".cnf", ".cfg", ".ini", ".load", ".config")
# `/etc/cgitrc`, but not what shells and libraries for typing read.
_RUN_COMMANDS = re.compile(r".*/(?!inputrc|(?:bash|zsh|csh|profile)[^/]*$)[^/]*[a-z]rc")
_LARGEST = 1 << 18
# Directories below /etc in which many packages have a file each, or which have a rule of their own.
_SHARED = frozenset(
    (
        *("X11", "alternatives", "apk", "apt", "bash_completion.d", "binfmt.d"),
        *("ca-certificates", "cron.d", "cron.daily", "cron.hourly", "cron.monthly"),
        *("cron.weekly", "default", "dpkg", "environment.d", "fonts", "gss", "init.d", "kernel"),
        *("ld.so.conf.d", "logrotate.d", "modprobe.d", "modules-load.d", "network", "opt"),
        *("pam.d", "pki", "profile.d", "rc0.d", "rc1.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d"),
        *("rc6.d", "rcS.d", "security", "selinux", "skel", "ssl", "sysconfig", "sysctl.d"),
        *("systemd", "terminfo", "tmpfiles.d", "udev", "update-motd.d", "xdg", "yum.repos.d"),
    )
)
# Files of the C library, of account tools and of the like: the paths in them are no program's.
_SYSTEM_FILES = frozenset(
    "/etc/" + name
    for name in (
        *("adduser.conf", "ca-certificates.conf", "debconf.conf", "deluser.conf", "e2scrub.conf"),
        *("gai.conf", "host.conf", "ld.so.conf", "libaudit.conf", "logrotate.conf"),
        *("mke2fs.conf", "nsswitch.conf", "pam.conf", "resolv.conf", "sysctl.conf", "ucf.conf"),
        *("xattr.conf",),
    )
)


def own_tree(path: str) -> str:
    """The directory of one program's configuration that this path lies in, `/etc/nginx` for
    `/etc/nginx/conf.d/a.conf`; empty where it lies in none."""
    for top in TREES:
        if is_below(path, top) and path != top:
            first, slash, _ = path[len(top) + 1 :].partition("/")
            return f"{top}/{first}" if slash and first not in _SHARED else ""
    return ""


def configuration_texts(
    seen: Iterable[str], index: RootfsIndex, content: Content, environments: Environments
) -> Mapping[str, str]:
    """Path → text of the files among `seen` (real paths) that look like configuration: whatever
    lies in a program's own tree, and what is named like it elsewhere. One round trip."""
    wanted = []
    for path in sorted(seen):
        entry = index.get(path)
        if entry is None or not 0 < entry.size <= _LARGEST or path in _SYSTEM_FILES:
            continue
        is_named_so = path.endswith(_SUFFIXES) or bool(_RUN_COMMANDS.fullmatch(path))
        if own_tree(path) or (is_named_so and not _is_foreign(path, environments)):
            wanted.append(path)
    content.fetch(wanted)
    texts = {}
    for path in wanted:
        data = content.head(path, _LARGEST)
        if b"\0" not in data:
            texts[path] = os.fsdecode(data)
    return texts


def _is_foreign(path: str, environments: Environments) -> bool:
    is_shared = parent_of(parent_of(path)) == "/etc" and name_of(parent_of(path)) in _SHARED
    return is_shared or environments.contains(path)
