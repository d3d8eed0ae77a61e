"""What the image's config names: the programs of its command, the user's home, WORKDIR, VOLUMEs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from slimmer.files import join
from slimmer.keep.rule import Context, Rule, Want
from slimmer.values import Entry, EntryType

_PASSWD = "/etc/passwd"
_LARGEST_PASSWD = 1 << 20
_WORD = re.compile(r"[\w./+\[-]+")


class EntrypointRule(Rule):
    """The first words of ENTRYPOINT and CMD, and the HEALTHCHECK's. Behind an entrypoint script
    CMD names a program too; where it is an option, no program answers to it."""

    name = "entrypoint"
    summary = "the programs of ENTRYPOINT, CMD and HEALTHCHECK"

    def begin(self) -> Iterable[Want]:
        config = self.context.request.config
        for key in ("Entrypoint", "Cmd"):
            yield from self._program(next(iter(config.get(key) or ()), ""), key.upper())
        kind, *words = (config.get("Healthcheck") or {}).get("Test") or ("NONE",)
        if kind == "CMD":
            yield from self._program(next(iter(words), ""), "HEALTHCHECK")
        elif kind == "CMD-SHELL":
            shell = config.get("Shell") or ("/bin/sh",)
            # Engines differ in whether they look at SHELL here.
            for program in dict.fromkeys((shell[0], "/bin/sh")):
                yield from self._program(program, "HEALTHCHECK")
            # Every word that is a program: which of them the shell starts is the shell's affair.
            for word in dict.fromkeys(_WORD.findall(" ".join(words))):
                yield from self._program(word, "HEALTHCHECK")

    def _program(self, name: str, key: str) -> Iterable[Want]:
        path = self.context.programs.find(name)
        if path:
            yield Want(path=path, detail=f"named by {key}")


class HomeAndWorkdirRule(Rule):
    """As directories, without what is in them."""

    name = "home-and-workdir"
    summary = "the home directory of the image's user, and WORKDIR"

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._home_is_known = False

    def reads(self) -> Iterable[str]:
        return (_PASSWD,)

    def begin(self) -> Iterable[Want]:
        yield Want(path=self.context.request.working_directory, detail="the working directory")
        home = self.context.request.variables.get("HOME", "")
        if home.startswith("/"):
            yield Want(path=home, detail="named by HOME")

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        passwd = self.context.index.resolve(_PASSWD).entry
        if self._home_is_known or passwd is None or passwd.type is not EntryType.FILE:
            return
        self._home_is_known = True
        table = self.context.content.head(passwd.path, _LARGEST_PASSWD)
        user = self.context.request.effective_user.partition(":")[0] or "0"
        home = home_of(table, user)
        if home.startswith("/"):
            yield Want(path=home, detail=f"home of user {user}")


class VolumeRule(Rule):
    """An engine fills a new volume with what the image has there, so that must survive."""

    name = "volume"
    summary = "the content of declared VOLUMEs"

    def begin(self) -> Iterable[Want]:
        for volume in self.context.request.config.get("Volumes") or ():
            path = self.context.index.real_path(join("/", volume))
            for entry in self.context.index.subtree(path):
                yield Want(path=entry.path, detail=f"content of the volume {volume}")


def home_of(passwd: bytes, user: str) -> str:
    """The home directory of a user, given by name or by number; empty where there is no such."""
    for line in os.fsdecode(passwd).split("\n"):
        fields = line.split(":")
        if len(fields) >= 6 and user in (fields[0], fields[2]):
            return fields[5]
    return ""
