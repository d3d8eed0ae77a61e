"""What the debug image has more than the slim image: a shell and the tools that people reach for
in a running container, each with all that it needs to run. The original's own where it has a
shell; see `borrowed_tools` for those of another image.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slimmer.files import PathGlobs, RootfsIndex, name_of
from slimmer.keep.decision import run_rules
from slimmer.keep.ledger import Ledger
from slimmer.keep.linux.elf import ElfFiles
from slimmer.keep.programs import Programs
from slimmer.keep.request import DEFAULT_PATH, KeepRequest
from slimmer.keep.rule import Context, Rule, Want
from slimmer.keep.rules import CLOSURE
from slimmer.values import Content, Entry, EntryType, KeepSet

# What people type into `docker exec`, by what they want to know.
_TOOLS = (
    *("sh", "bash", "busybox", "env", "printenv", "which", "xargs", "sleep", "timeout", "true"),
    *("ls", "cat", "head", "tail", "less", "more", "grep", "egrep", "sed", "awk", "sort", "uniq"),
    *("wc", "cut", "tr", "tee", "diff", "od", "hexdump", "strings", "file", "md5sum", "sha256sum"),
    *("find", "stat", "readlink", "realpath", "du", "df", "mount", "cp", "mv", "rm", "mkdir"),
    *("ln", "chmod", "chown", "touch", "tar", "gzip", "vi", "nano", "ldd", "date", "echo", "test"),
    *("ps", "top", "kill", "pgrep", "pkill", "free", "uptime", "id", "whoami", "groups", "uname"),
    *("hostname", "ss", "ip", "netstat", "ping", "nslookup", "dig", "getent", "nc", "curl", "wget"),
    *("openssl", "lsof", "strace", "tty", "stty", "clear", "reset"),
)
_TERMINFO = ("/lib/terminfo", "/usr/share/terminfo", "/etc/terminfo")
_TERMINALS = ("xterm", "xterm-256color", "linux", "vt100", "screen", "tmux-256color", "dumb")


class DebugToolsRule(Rule):
    """The tools that the image has, by its PATH and the usual one behind it."""

    name = "debug-tools"
    summary = "a shell and tools for the debug image"

    def begin(self) -> Iterable[Want]:
        path = f"{self.context.request.search_path}:{DEFAULT_PATH}"
        programs = Programs(self.context.index, path)
        for tool in _TOOLS:
            found = programs.find(tool)
            if found:
                yield Want(path=found, detail=f"the tool {tool}")

    def follow(self, fresh: Sequence[Entry]) -> Iterable[Want]:
        for entry in fresh:
            name = name_of(entry.path)
            if name == "busybox" and entry.type is EntryType.FILE:
                for applet in links_to(self.context.index, entry):
                    yield Want(path=applet, detail="an applet of busybox", because=entry.path)
            elif name.startswith(("libtinfo.so", "libncurses", "libtinfow.so")):
                for terminal in _TERMINALS:
                    for directory in _TERMINFO:
                        yield Want(
                            path=f"{directory}/{terminal[0]}/{terminal}",
                            detail=f"how the terminal {terminal} is spoken to",
                            because=entry.path,
                        )


def debug_tools(request: KeepRequest, kept: KeepSet) -> KeepSet:
    """The paths that the debug layer adds to `kept`, whose reasons it may refer to.

    Empty reasons where the original has none of the tools. `--exclude` counts here as well.
    """
    context = Context(request, CLOSURE)
    ledger = Ledger(request.index, PathGlobs(request.excludes))
    rules = [DebugToolsRule(context), *(rule(context) for rule in CLOSURE.rules)]
    run_rules(context, rules, ledger)
    return KeepSet(
        reasons=ledger.reasons(beyond=kept.reasons),
        excluded=tuple(sorted(ledger.excluded)),
        notes=tuple(note for rule in rules for note in rule.notes(ledger.kept)),
    )


def folders_of_tools(request: KeepRequest) -> tuple[str, ...]:
    """What the debug image's PATH has to get besides; empty where `sh` is on the image's own."""
    image = dict(line.partition("=")[::2] for line in request.config.get("Env") or ())
    own = image.get("PATH", DEFAULT_PATH)
    if own and Programs(request.index, own).find("sh"):
        return ()
    usual = DEFAULT_PATH.split(":")
    return tuple(each for each in usual if each not in own.split(":") and request.index.get(each))


def has_shell(index: RootfsIndex, content: Content, *, search_path: str = DEFAULT_PATH) -> bool:
    """Whether `sh` would start: it is on the path or on the usual one, and its dynamic loader is
    there."""
    programs = Programs(index, f"{search_path}:{DEFAULT_PATH}")
    shell = index.resolve(programs.find("sh") or "/none").entry
    if shell is None:
        return False
    content.fetch([shell.path])
    elf = ElfFiles(content).get(shell.path)
    if elf is None:
        return False
    return not elf.interpreter or index.resolve(elf.interpreter).entry is not None


def links_to(index: RootfsIndex, file: Entry) -> list[str]:
    """All other names of a file: symbolic links that end there, and hard links."""
    names = []
    for entry in index:
        if entry.type is EntryType.SYMLINK:
            if name_of(entry.link_target) == name_of(file.path) and (
                index.real_path(entry.path) == file.path
            ):
                names.append(entry.path)
        elif file.inode and entry.inode == file.inode and entry.path != file.path:
            names.append(entry.path)
    return names
