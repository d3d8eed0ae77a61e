"""What texts mention: programs that they start, and shared libraries that they open.

One way for all languages: a text is cut into its string literals, and a literal counts by what
stands around it. The names are looked up by the caller; here nothing is known of any image.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from slimmer.keep.linux.shell import read_script

# Functions and classes of many languages that start a program, by their last name.
_STARTERS = (
    r"(?:\w*[Pp]open\d?|(?:p?clos)?system|passthru|proc_open|pcntl_exec|execa?|exec[lv]p?e?|execFile"
    r"|exec(?:File)?Sync|execa?Sync|spawn(?:Sync|l|lp|v|vp)?|posix_spawnp?|fork|run|call|check_call"
    r"|check_output|getoutput|getstatusoutput|create_subprocess_(?:exec|shell)|ProcessBuilder"
    r"|Command(?:Context)?|Command::new|LookPath|which|Process|ProcessStartInfo|Process\.Start"
    r"|capture\d?e?|pipeline\w*|qx|cmd|command|open3|shell|sh|start)"
)
_LITERAL = r"(?P<{0}q>['\"`])(?P<{0}>(?:\\.|(?!(?P={0}q))[^\\\n]){{1,400}})(?P={0}q)"
_STARTED = re.compile(
    rf"\b{_STARTERS}\b\s*(?:\(|\[|::new\(|=|:|<\w+>\()?[\s(\[{{]*"
    r"(?:new\s+String\s*\[\s*\]\s*\{\s*|List\.of\(\s*|Arrays\.asList\(\s*|args\s*=\s*\[?\s*)?"
    rf"[rbfu]?{_LITERAL.format('started')}"
)
# `sh -c SCRIPT` as a list of words.
_SCRIPT = re.compile(rf"['\"]-l?c['\"]\s*,\s*[rbfu]?{_LITERAL.format('script')}")
_BACKTICKS = re.compile(r"(?:%x[\[({|]|`)(?P<script>[^`\n]{2,400}?)(?:[\])}|]|`)")
_ANY = re.compile(_LITERAL.format("any"))
# Whether a file starts any programs at all: then the first literal of a list may be one.
_STARTS = re.compile(
    r"subprocess|os\.system|popen|child_process|\bexeca?\b|\bspawn|ProcessBuilder|getRuntime"
    r"|Open3|shell_exec|proc_open|Command::new|exec\.Command|os\.exec|Process\.Start|posix_spawn"
)
_OPENS = re.compile(
    r"find_library|\bCDLL\b|\bcdll\b|LoadLibrary|\bdlopen|ffi\.load|\bDllImport|Native\.load"
    r"|loadLibrary|\bFiddle\b|ffi_lib|NativeLibrary|foreign-library|libraryLookup"
)
_PRELOAD = re.compile(r"\bLD_PRELOAD['\"]?\s*[=:,]\s*['\"]?(?P<paths>[\w./+:${}-]+)")
# Settings that hold a command: supervisor, systemd, cron's wrappers, Procfile, package.json.
_COMMAND_LINE = re.compile(
    r"^\s*[\"']?(?:command|cmd|exec|run|script|entrypoint|program|Exec\w+|start|\w+_command|web|worker"
    r"|release|prestart|poststart)[\"']?\s*[:=]\s*[-@+!:]*(?P<line>.+)$",
    re.MULTILINE,
)
_CRON = re.compile(
    r"^\s*(?:@\w+|(?:[\d*,/-]+\s+){4}[\w*,/-]+)\s+(?:(?P<user>[a-z_][\w-]*)\s+)?(?P<line>\S.*)$",
    re.MULTILINE,
)
_WORD = re.compile(r"[\w.+@-]{2,64}")
# Words of every day that are names of programs as well: only where one is started do they count.
_COMMON = frozenset(
    (
        *("test", "sort", "date", "file", "link", "join", "split", "head", "tail", "install"),
        *("time", "who", "id", "more", "less", "yes", "true", "false", "env", "host", "groups"),
        *("users", "comm", "cut", "expand", "fold", "nice", "paste", "factor", "look", "last"),
        *("script", "top", "free", "kill", "wall", "write", "chat", "find", "echo", "clear"),
        *("column", "col", "line", "lines", "size", "strings", "view", "open", "select", "watch"),
        *("update", "import", "display", "convert", "compare", "identify", "stream", "mail"),
        *("python", "python3", "node", "perl", "ruby", "php", "java", "bash", "sh", "reset"),
        *("cat", "tr", "dd", "od", "pr", "tee", "tty", "uniq", "wc", "nl", "ps", "info", "man"),
        *("apt", "git", "pip", "npm", "ls", "cp", "mv", "rm", "ln", "df", "du", "as", "ar", "ld"),
        *("locale", "login", "logger", "hostname", "domainname", "arch", "base64", "stat", "sync"),
        *("timeout", "truncate", "unlink", "tabs", "shred", "seq", "sum", "printf", "printenv"),
        *("numfmt", "dir", "stdbuf", "nohup", "mount", "page", "service", "session", "zip", "tar"),
    )
)


@dataclass(kw_only=True, slots=True)
class Mentions:
    """What one text names."""

    programs: set[str] = field(default_factory=set)
    """Names and paths that the text starts by all appearances."""
    maybe_programs: set[str] = field(default_factory=set)
    """Literals that may be names of programs, in a text that starts some."""
    libraries: set[str] = field(default_factory=set)
    """Literals in a text that opens shared libraries: sonames, file names, `magic` for `-lmagic`."""
    starts_shell: bool = False
    """Whether a command line goes to a shell."""
    finds_libraries: bool = False
    """Whether the linker's table is asked for libraries (`ctypes.util.find_library`)."""


def mentions_of(text: str, *, is_dependency: bool = False) -> Mentions:
    """Read a source in any language, or settings in any format. In sources of dependencies only
    literals at a call that starts or opens something count."""
    found = Mentions()
    if _OPENS.search(text):
        found.libraries.update(match["any"] for match in _ANY.finditer(text))
        found.finds_libraries = "find_library" in text
    for match in _PRELOAD.finditer(text):
        found.libraries.update(part for part in match["paths"].split(":") if part)
    starts = bool(_STARTS.search(text))
    if starts or not is_dependency:
        for match in _STARTED.finditer(text):
            _add_command(found, match["started"])
        for match in _SCRIPT.finditer(text):
            found.starts_shell = True
            _add_script(found, match["script"])
    if starts:
        found.starts_shell |= bool(re.search(r"shell\s*[=:]\s*[Tt]rue|\bsystem\b|\bpopen\b", text))
    if is_dependency:
        return found
    if starts:
        for match in _ANY.finditer(text):
            word = match["any"]
            if _WORD.fullmatch(word) and word not in _COMMON:
                found.maybe_programs.add(word)
    return found


def shell_scripts_in(text: str) -> Iterator[str]:
    """Command lines in backticks, as Ruby, Perl and PHP have them."""
    for match in _BACKTICKS.finditer(text):
        yield match["script"]


def commands_in_settings(text: str) -> Iterator[str]:
    """Command lines in settings and tables: `command = gunicorn app`, `5 * * * * root /x.sh`."""
    for match in _COMMAND_LINE.finditer(text):
        yield match["line"].strip().strip("\"'")
    for match in _CRON.finditer(text):
        yield match["line"]
        if match["user"]:
            yield f"{match['user']} {match['line']}"


def _add_command(found: Mentions, literal: str) -> None:
    if re.search(r"[\s|;&<>$]", literal):
        found.starts_shell = True
        _add_script(found, literal)
    else:
        found.programs.add(literal)


def _add_script(found: Mentions, script: str) -> None:
    found.programs |= programs_of_script(script)


def programs_of_script(script: str) -> set[str]:
    """The programs and paths that a command line of a shell names."""
    words = read_script(os.fsencode(script.replace("\\n", "\n").replace("\\t", " ")))
    return set(words.programs) | {path for path in words.paths if "*" not in path}
