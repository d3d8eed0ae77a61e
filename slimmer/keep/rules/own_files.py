"""What the image's author put there, wherever it lies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import is_below
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.values import Entry, EntryType

_GROUP_OR_OTHERS_WRITE, _SETGID_OR_STICKY = 0o022, 0o3000
_ENGINES = ("/dev", "/proc", "/sys")


class OwnFilesRule(Rule):
    """A file that no package of the distribution owns, and that is part of no runtime, cache or
    build, has been put there by the image's author: a plugin in /usr/local/lib, a model, a table
    that a RUN has made, a script for an administrator. Nobody else can tell whether it is needed,
    so it stays. So do empty directories, and those that somebody else than root may write to."""

    name = "own-files"
    summary = "files and empty directories that no package owns, and directories for writing"
    strategies = BEYOND_MINIMAL

    def begin(self) -> Iterable[Want]:
        for entry in self.context.own_files:
            what = "an empty directory" if entry.type is EntryType.DIRECTORY else "a file"
            detail = f"{what} of the image's own: no package owns it"
            yield Want(path=entry.path, detail=detail)
        for path in self.context.request.readings.once("directories for writing", self._writable):
            yield Want(path=path, detail="a directory that others than root may write")

    def _writable(self) -> Sequence[str]:
        return [
            entry.path
            for entry in self.context.index
            if entry.type is EntryType.DIRECTORY
            and _is_for_writing(entry)
            and not self.context.environments.contains(entry.path)
        ]


def _is_for_writing(entry: Entry) -> bool:
    if any(is_below(entry.path, folder) for folder in _ENGINES):
        return False
    return entry.uid != 0 or bool(entry.mode & (_GROUP_OR_OTHERS_WRITE | _SETGID_OR_STICKY))
