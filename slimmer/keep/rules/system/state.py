"""Places in which programs keep what they make at run time."""

from __future__ import annotations

from collections.abc import Iterable

from slimmer.files import is_below
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.values import Entry, EntryType

_TOPS = (
    *("/run", "/var/cache", "/var/lib", "/var/local", "/var/log", "/var/mail", "/var/opt"),
    *("/var/spool", "/var/www"),
)
# The rest of what the file system hierarchy has for others than the distribution: scripts write
# to it, and cost nothing while there is nothing in it.
_FOR_OTHERS = ("/media", "/mnt", "/opt", "/srv", "/var/backups")
# Of what installs packages: nothing is installed into a slim image.
_INSTALLERS = tuple(
    f"/var/{place}/{name}"
    for place in ("cache", "lib", "log")
    for name in ("apk", "apt", "debconf", "dnf", "dpkg", "pam", "rpm", "ucf", "yum")
)


class StateDirectoriesRule(Rule):
    """A database's folder, PHP's sessions, an upload area: the image has them ready, empty or in
    the hands of the program's user, and nobody looks there before the first write. Links of logs
    to the container's streams are of the same kind. None of them has any content."""

    name = "state-directories"
    summary = "directories below /var and /run that are empty or not root's; /srv, /opt, /mnt"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        for top in (*_TOPS, *_FOR_OTHERS):
            folder = self.context.index.resolve(top).entry
            if folder is not None and folder.type is EntryType.DIRECTORY:
                yield Want(path=folder.path, detail="ready for what programs write")
        for top in _TOPS:
            for entry in self.context.index.subtree(self.context.index.real_path(top)):
                if self._is_for_writing(entry):
                    yield Want(path=entry.path, detail="ready for what programs write")

    def _is_for_writing(self, entry: Entry) -> bool:
        if any(is_below(entry.path, folder) for folder in _INSTALLERS):
            return False
        if entry.type is EntryType.SYMLINK:
            return entry.link_target.startswith(("/dev/", "/proc/"))
        if entry.type is not EntryType.DIRECTORY:
            return False
        return entry.uid != 0 or not self.context.index.children(entry.path)
