"""Tables that well-known libraries read when they are first asked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import name_of
from slimmer.keep.library_tables import tables_of
from slimmer.keep.rule import BEYOND_MINIMAL, Rule, Want
from slimmer.keep.rules.fixed_files import FixedFilesRule
from slimmer.values import Entry

_TERMINFO = ("/lib/terminfo", "/usr/share/terminfo", "/etc/terminfo")
_TERMINALS = (
    *("ansi", "dumb", "linux", "rxvt-unicode-256color", "screen", "screen-256color", "tmux"),
    *("tmux-256color", "vt100", "xterm", "xterm-256color"),
)


class MediaTypesRule(FixedFilesRule):
    """Web servers and frameworks tell a style sheet from a picture by this table."""

    name = "media-types"
    summary = "the table of MIME types by file name"
    strategies = BEYOND_MINIMAL
    detail = "media types by file name"
    paths = ("/etc/mime.types", "/etc/apache2/mime.types", "/usr/share/mime/globs2")


class TerminalRule(Rule):
    """A pseudo-terminal is there only when a human looks, never when a probe does."""

    name = "terminals"
    summary = "descriptions of common terminals, if a library for terminals is kept"
    strategies = BEYOND_MINIMAL

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for library in fresh:
            if not name_of(library.path).startswith(("libtinfo", "libncurses")):
                continue
            for terminal in _TERMINALS:
                for folder in _TERMINFO:
                    # The second form is that of file systems without case.
                    for initial in (terminal[0], f"{ord(terminal[0]):x}"):
                        yield Want(
                            path=f"{folder}/{initial}/{terminal}",
                            detail=f"how the terminal {terminal} is spoken to",
                            because=library.path,
                        )


class LibraryDataRule(Rule):
    """By library and not by program: whoever loads the library reads these."""

    name = "library-data"
    summary = "configuration and tables of libraries that are kept: fonts, libmagic, Kerberos"
    strategies = BEYOND_MINIMAL

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for library in fresh:
            for entry in tables_of(self.context.index, library.path):
                detail = f"read by {name_of(library.path)}"
                yield Want(path=entry.path, detail=detail, because=library.path)
