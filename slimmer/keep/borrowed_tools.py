"""Tools for a debug image whose original has none: another image's busybox, in a folder of its
own, so that nothing of the original is hidden.

A static busybox needs nothing else. A dynamic one needs its loader at the path that it names: if
the original has one there, its libraries are used with it, because a loader and the libc of two
images do not mix; if not, the other image's are put there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from slimmer.errors import UsageError
from slimmer.files import PathGlobs, Readings, RootfsIndex, join, name_of, parent_of
from slimmer.keep.debug_tools import links_to
from slimmer.keep.decision import run_rules
from slimmer.keep.ledger import Ledger
from slimmer.keep.linux.elf import ElfFile
from slimmer.keep.linux.loader import Need
from slimmer.keep.programs import Programs
from slimmer.keep.request import DEFAULT_PATH, KeepRequest
from slimmer.keep.rule import Context, Rule, Want
from slimmer.keep.rules import CLOSURE
from slimmer.values import Content, Entry, EntryType, KeepSet

FOLDER = "/busybox"
"""Where the tools lie in the debug image; its PATH must name it."""

# For images that have busybox and no links to it: applets that every build of it has.
_USUAL_APPLETS = (
    *("ash", "awk", "basename", "cat", "chmod", "chown", "clear", "cp", "cut", "date", "dd", "df"),
    *("diff", "dirname", "du", "echo", "env", "expr", "false", "find", "free", "grep", "gunzip"),
    *("gzip", "head", "hexdump", "hostname", "id", "ifconfig", "ip", "kill", "killall", "less"),
    *("ln", "ls", "md5sum", "mkdir", "more", "mount", "mv", "nc", "netstat", "nslookup", "od"),
    *("ping", "printenv", "printf", "ps", "pwd", "readlink", "realpath", "reset", "rm", "rmdir"),
    *("sed", "seq", "sh", "sha256sum", "sleep", "sort", "stat", "strings", "stty", "tail", "tar"),
    *("tee", "test", "timeout", "top", "touch", "tr", "traceroute", "true", "tty", "umount"),
    *("uname", "uniq", "uptime", "vi", "wc", "wget", "which", "whoami", "xargs", "yes"),
)


@dataclass(frozen=True, kw_only=True)
class BorrowedTools:
    """Entries for the debug layer that the original does not have."""

    entries: tuple[Entry, ...]
    """Sorted by path; parents that the original does not have are among them."""
    sources: Mapping[str, str]
    """Path of each regular file among `entries` → its path in the other image's content."""
    originals: KeepSet
    """Paths of the original that the tools need besides, those already kept left out."""


def borrowed_tools(
    request: KeepRequest, kept: KeepSet, *, index: RootfsIndex, content: Content
) -> BorrowedTools:
    """Place the busybox of another image, given by its index and content, into the original's.

    Raises UsageError where that image has no busybox, or one that cannot run in the original.
    """
    path = Programs(index, f"/busybox:{DEFAULT_PATH}").find("busybox")
    busybox = index.resolve(path).entry if path else None
    if busybox is None:
        raise UsageError(
            "the image named by --debug-from has no busybox",
            hint="name an image with a statically linked busybox, such as busybox:musl",
        )
    content.fetch([busybox.path])
    of_busybox = replace(
        request, index=index, content=content, config={}, excludes=(), readings=Readings()
    )
    other = Context(of_busybox, CLOSURE)
    elf = other.elf_files.get(busybox.path)
    if elf is None:
        raise UsageError(f"{busybox.path} of the image named by --debug-from is not a program")
    entries, sources = _folder(index, busybox)
    originals = KeepSet(reasons={})
    if elf.interpreter and request.index.resolve(elf.interpreter).entry is not None:
        originals = _libraries_of_the_original(request, kept, elf)
    elif elf.interpreter:
        needed = _closure(other, busybox)
        for dependency in needed:
            place = _place(request.index, dependency.path)
            entries[place] = _relocated(dependency, place)
            if dependency.type is EntryType.FILE:
                sources[place] = dependency.path
        _lead_to_loader(entries, elf.interpreter, request.index, index)
        originals = _way_through_the_original(request, kept, needed)
    _add_parents(entries, request.index, index)
    return BorrowedTools(
        entries=tuple(entries[place] for place in sorted(entries)),
        sources=dict(sorted(sources.items())),
        originals=originals,
    )


def _folder(index: RootfsIndex, busybox: Entry) -> tuple[dict[str, Entry], dict[str, str]]:
    """/busybox with the program and a link per applet."""
    program = f"{FOLDER}/busybox"
    entries = {
        FOLDER: replace(_relocated(index.root, FOLDER), mode=0o755, uid=0, gid=0),
        # Tools that a debugger brings must not give anybody another user's rights.
        program: replace(_relocated(busybox, program), mode=busybox.mode & 0o777, xattrs=()),
    }
    applets = {name_of(link) for link in links_to(index, busybox)} or set(_USUAL_APPLETS)
    for applet in applets - {"busybox"}:
        path = f"{FOLDER}/{applet}"
        entries[path] = _link(path, "busybox", busybox.mtime_ns)
    return entries, {program: busybox.path}


def _link(path: str, target: str, mtime_ns: int) -> Entry:
    return Entry(
        path=path,
        type=EntryType.SYMLINK,
        mode=0o777,
        uid=0,
        gid=0,
        size=0,
        mtime_ns=mtime_ns,
        link_target=target,
    )


class _OneProgramRule(Rule):
    name = "debug-tools"
    summary = "the busybox of another image"

    def __init__(self, context: Context, program: str) -> None:
        super().__init__(context)
        self.program = program

    def begin(self) -> Iterable[Want]:
        yield Want(path=self.program, detail="busybox")


def _closure(other: Context, busybox: Entry) -> list[Entry]:
    """The loader and the libraries of busybox in its own image, and the links to them. Links to
    directories (`/lib64`) are left to the original, which may have something else there."""
    seed = _OneProgramRule(other, busybox.path)
    ledger = Ledger(other.index, PathGlobs(()))
    run_rules(other, [seed, *(rule(other) for rule in CLOSURE.rules)], ledger)
    needed = []
    for path, reasons in ledger.reasons().items():
        entry, target = other.index.get(path), other.index.resolve(path).entry
        if entry is None or entry is busybox or target is None:
            continue
        if target.type is EntryType.FILE and any(
            reason.rule in ("elf-interpreter", "elf-needed", "link") for reason in reasons
        ):
            needed.append(entry)
    return needed


def _lead_to_loader(
    entries: dict[str, Entry], interpreter: str, original: RootfsIndex, other: RootfsIndex
) -> None:
    """The kernel asks for the loader by the path in busybox's header, which in the other image
    may lead through links to directories that the original does not have."""
    spelled = _place(original, interpreter)
    real = _place(original, other.real_path(interpreter))
    if spelled not in entries:
        entries[spelled] = _link(spelled, real, other.root.mtime_ns)


def _way_through_the_original(
    request: KeepRequest, kept: KeepSet, needed: Iterable[Entry]
) -> KeepSet:
    """The original's directories and links in which the other image's libraries are placed."""
    ledger = Ledger(request.index, PathGlobs(request.excludes))
    for entry in needed:
        detail = f"{FOLDER}/busybox has libraries there"
        want = Want(path=parent_of(entry.path), detail=detail, even_if_missing=True)
        ledger.keep(want, _OneProgramRule.name)
    return _beyond(kept, ledger)


def _place(original: RootfsIndex, path: str) -> str:
    """Where a path of the other image lies over the original: behind the original's links."""
    directory = parent_of(path)
    missing: list[str] = []
    while original.resolve(directory).entry is None and directory != "/":
        missing.append(name_of(directory))
        directory = parent_of(directory)
    place = original.real_path(directory)
    for name in (*reversed(missing), name_of(path)):
        place = join(place, name)
    return place


def _libraries_of_the_original(request: KeepRequest, kept: KeepSet, elf: ElfFile) -> KeepSet:
    """What the original has of busybox's needs, with closure."""
    context = Context(request, CLOSURE)
    needs = [
        need
        for name in elf.needed
        if not context.libraries.is_loader_itself(
            need := Need(name=name, requester=f"{FOLDER}/busybox", elf=elf, origins=(FOLDER,))
        )
    ]
    context.content.fetch(context.libraries.files)
    found = dict(zip((need.name for need in needs), context.libraries.find(needs), strict=True))
    missing = [name for name, paths in found.items() if not paths]
    if missing:
        raise UsageError(
            "the busybox of --debug-from cannot run in the debug image: it is linked to "
            f"{', '.join(missing)}, which the original does not have",
            hint="name an image with a statically linked busybox, such as busybox:musl",
        )
    ledger = Ledger(request.index, PathGlobs(request.excludes))
    for path in (elf.interpreter, *(path for paths in found.values() for path in paths)):
        ledger.keep(Want(path=path, detail=f"{FOLDER}/busybox needs it"), _OneProgramRule.name)
    run_rules(context, [rule(context) for rule in CLOSURE.rules], ledger)
    return _beyond(kept, ledger)


def _beyond(kept: KeepSet, ledger: Ledger) -> KeepSet:
    return KeepSet(
        reasons=ledger.reasons(beyond=kept.reasons),
        excluded=tuple(sorted(ledger.excluded)),
    )


def _add_parents(entries: dict[str, Entry], original: RootfsIndex, other: RootfsIndex) -> None:
    for path in list(entries):
        parent = parent_of(path)
        while parent not in entries and original.get(parent) is None:
            model = other.resolve(parent).entry or other.root
            entries[parent] = _relocated(model, parent)
            parent = parent_of(parent)


def _relocated(entry: Entry, path: str) -> Entry:
    """An entry of the other image at a new place; inode numbers mean nothing across images."""
    return replace(entry, path=path, inode=0, link_count=1)
