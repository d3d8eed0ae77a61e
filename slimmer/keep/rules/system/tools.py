"""Basic tools, and what kept tools work on, though nothing has asked for it yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

from slimmer.files import name_of
from slimmer.keep.programs import is_program
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.keep.rules.once import OnceRule
from slimmer.keep.rules.packages.weight import libraries_of, weight_of
from slimmer.values import Entry

_REPOSITORIES = {"git": ".git", "hg": ".hg", "svn": ".svn", "svnserve": ".svn"}
# Of 991 checks that other people wrote for 85 images, those that look into the container type 32
# tools of Debian's essential packages: `cat` 55 times, `echo` 30, `ls` 28; `seq`, `[`, `test`,
# `timeout`, `who`, `run-parts` and `tar` once to four times each. Not `iconv`, `expr` and `more`,
# which bring 7 MB of modules, libgmp and terminals.
_BASIC_TOOLS = (
    *("[", "awk", "base64", "basename", "cat", "chgrp", "chmod", "chown", "cmp", "cp", "cut"),
    *("date", "dd", "df", "diff", "dirname", "du", "echo", "egrep", "env", "false"),
    *("fgrep", "find", "flock", "fold", "free", "getent", "grep", "groups", "gunzip", "gzip"),
    *("head", "hostname", "id", "kill", "less", "ln", "logger", "ls", "md5sum", "mkdir"),
    *("mktemp", "mv", "nice", "nohup", "nproc", "paste", "pgrep", "pidof", "pkill"),
    *("printenv", "printf", "ps", "pwd", "readlink", "realpath", "rm", "rmdir", "run-parts", "sed"),
    *("seq", "setsid", "sha1sum", "sha256sum", "sleep", "sort", "stat", "tail", "tar", "tee"),
    *("test", "timeout", "touch", "tr", "true", "truncate", "tty", "uname", "uniq", "wc", "which"),
    *("who", "whoami", "xargs", "zcat"),
)
# Bytes of one tool with the libraries that nobody was seen to load: cp has one of them.
_HEAVIEST = 1_500_000


class BasicToolsRule(OnceRule):
    """Who looks after a container types `docker exec C cat /var/log/app.log`; hooks and scheduled
    scripts do the like. Four to five megabytes of GNU's tools, in images that have a shell to be
    run; not those that bring large libraries with them (`ps`, `logger`: libsystemd)."""

    name = "basic-tools"
    summary = "cat, ls, grep and the like, in images that keep /bin/sh to be run"
    strategies = BEYOND_MINIMAL

    @cached_property
    def _shell(self) -> str:
        return self.context.index.real_path("/bin/sh")

    def is_asked_by(self, entry: Entry) -> bool:
        return entry.path == self._shell and entry.path not in self.context.bystanders

    def content(self, because: str) -> Iterable[Want]:
        # What the shell brings is there anyway, though a static program loads no C library.
        shell = self.context.index.get(self._shell)
        present = frozenset() if shell is None else libraries_of(self.context, shell)
        for name in _BASIC_TOOLS:
            path = self.context.programs.find(name)
            program = self.context.index.resolve(path).entry if path else None
            if program is None or not is_program(program):
                continue
            weight = weight_of(self.context, program, limit=_HEAVIEST, present=present)
            if weight <= _HEAVIEST:
                detail = "a basic tool beside a shell"
                yield Want(path=path, detail=detail, because=because, bystander=True)


class RepositoriesRule(Rule):
    """`.git` is left behind by a build; where git is kept to be run, git works on it."""

    name = "repositories"
    summary = "repositories of git, Mercurial and Subversion if their program is kept"
    strategies = BEYOND_MINIMAL

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            folder = _REPOSITORIES.get(name_of(entry.path))
            if folder and is_program(entry) and entry.path not in self.context.bystanders:
                for root in self.context.named.get(folder, ()):
                    for inside in self.context.index.subtree(root):
                        detail = f"a repository that {entry.path} may work on"
                        yield Want(path=inside.path, detail=detail, because=entry.path)
