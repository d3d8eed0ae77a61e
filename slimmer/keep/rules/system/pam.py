"""Pluggable authentication: modules that configuration names, and the accounts that it lets in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from slimmer.files import name_of
from slimmer.keep.linux.elf import LOGIN
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Want
from slimmer.keep.rules.once import OnceRule
from slimmer.values import Entry, EntryType

_MODULE = re.compile(r"\bpam_\w+\.so\b")
_CONFIGURATION = ("/etc/pam.d", "/usr/lib/pam.d", "/etc/security")
# What the usual modules read and start.
_READ = (
    *("/etc/pam.conf", "/etc/environment", "/etc/default/locale", "/etc/login.defs"),
    *("/etc/shadow", "/etc/gshadow", "/etc/shells", "/etc/securetty", "/etc/nologin", "/etc/motd"),
    *("/sbin/unix_chkpwd", "/sbin/unix_update", "/sbin/mkhomedir_helper"),
)
# Who may log in is changed with these, while the image runs.
_ACCOUNTS = (
    *("chage", "chpasswd", "gpasswd", "groupadd", "groupdel", "groupmod", "passwd", "su"),
    *("useradd", "userdel", "usermod"),
)
_ADDS_USERS = frozenset(("adduser", "useradd"))
# Who logs in has a terminal and a language; profiles and .bashrc ask for both.
_SESSION = ("clear", "dircolors", "locale", "reset", "stty", "tput")
# What a new user gets.
_DEFAULTS = ("/etc/default/useradd", "/etc/adduser.conf")
_SKELETON = "/etc/skel"
_LARGEST = 1 << 18


class PamRule(OnceRule):
    """sshd, cron, sudo, su and chpasswd ask PAM at a login or a change, which no probe shows."""

    name = "pam"
    summary = "PAM's configuration, the modules that it names, and what those read"
    strategies = BEYOND_MINIMAL

    def is_asked_by(self, entry: Entry) -> bool:
        return name_of(entry.path).startswith("libpam.so")

    def content(self, because: str) -> Iterable[Want]:
        entries = [e for top in _CONFIGURATION for e in self.context.index.subtree(top)]
        files = [e.path for e in entries if e.type is EntryType.FILE and e.size <= _LARGEST]
        self.context.content.fetch(files)
        for path in (*(entry.path for entry in entries), *_READ):
            yield Want(path=path, detail="configuration of PAM, or read by it", because=because)
        modules = {
            module
            for path in files
            for module in _MODULE.findall(os.fsdecode(self.context.content.head(path, _LARGEST)))
        }
        for module in sorted(modules):
            for path in self.context.named.get(module, ()):
                yield Want(
                    path=path, detail="a module that PAM's configuration names", because=because
                )


class AccountToolsRule(OnceRule):
    """Where users log in (sshd, cron, su), somebody adds one, or changes a password, while the
    container runs; scripts of sudoers and of ssh do, and entrypoints. In the session are `clear`,
    `stty` and the like. One megabyte."""

    name = "account-tools"
    summary = (
        "useradd, passwd, su and the like, tput, stty and what a new user gets, in images with a"
        " program that opens sessions or adds users"
    )
    strategies = BEYOND_MINIMAL

    def is_asked_by(self, entry: Entry) -> bool:
        if not is_program(entry) or entry.path in self.context.bystanders:
            return False
        if name_of(entry.path) in _ADDS_USERS:
            return True
        elf = self.context.elf_files.get(entry.path)
        return elf is not None and LOGIN in elf.imports

    def content(self, because: str) -> Iterable[Want]:
        for name in (*_ACCOUNTS, *_SESSION):
            if tool := self.context.programs.find(name):
                detail = f"a tool for the accounts that {because} lets in, or in their sessions"
                yield Want(path=tool, detail=detail, because=because, bystander=True)
        skeleton = (entry.path for entry in self.context.index.subtree(_SKELETON))
        for path in (*_DEFAULTS, *skeleton):
            yield Want(path=path, detail="what a new user gets", because=because, bystander=True)
