"""What texts mention: programs that they start, and shared libraries that they open.

One way for all languages: a text is cut into its string literals, and a literal counts by what
stands before it. Which names exist is told by the caller, as a set.
"""

from __future__ import annotations

import os
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import BinaryIO

from slimmer.shell import read_script

# Whether a text starts programs or opens libraries at all: asked of thousands of files, most of
# which have not even the word's common part.
_STARTS = {
    b"rocess": (
        *(b"subprocess", b"child_process", b"ProcessBuilder", b"Process.Start"),
        *(b"call-process", b"start-process", b"make-process", b"process-lines"),
    ),
    # Lisp, Scheme, Octave among them.
    b"system": (b"os.system", b"system(", b'(system "', b"(system*", b"= system ("),
    b"exec": (b"os.exec", b"execa", b"shell_exec", b"exec.Command", b"exec("),
    b"pawn": (b"os.spawn", b"posix_spawn", b"Bun.spawn"),
    b"ommand": (b"Command::new", b"Deno.Command", b"shell-command"),
    b"popen": (b"popen",),
    b"open-pipe": (b"open-pipe",),
    b"-program": (b"run-program", b"launch-program"),
    b"getRuntime": (b"getRuntime",),
    b"Open3": (b"Open3",),
    b"proc_open": (b"proc_open",),
    b"passthru": (b"passthru",),
    b"zx": (b"zx",),
    b"Kernel": (b"Kernel",),
    # What looks a program up on the PATH.
    b"which": (b"shutil.which", b"Sys.which"),
    b"executable": (b"executable-find", b"find-executable", b"find_executable"),
    b"file_in_path": (b"file_in_path",),
    b"get_bin_path": (b"get_bin_path",),
    # awk's pipe in both directions.
    b"getline": (b"|& getline", b"|&getline"),
}
_OPENS = {
    b"ibrary": (
        *(b"find_library", b"LoadLibrary", b"loadLibrary", b"NativeLibrary", b"libraryLookup"),
        b"foreign-library",  # Common Lisp, by CFFI
    ),
    b"CDLL": (b"CDLL",),
    b"cdll": (b"cdll",),
    b"dlopen": (b"dlopen",),
    b"DllImport": (b"DllImport",),
    b"Native": (b"Native.load", b"NativeCall"),  # the latter is Raku's
    b"Fiddle": (b"Fiddle",),
    b"ffi": (b"ffi.load", b"ffi_lib", b"ffi-lib"),
    # Perl and PHP.
    b"FFI::": (b"FFI::",),
    # Guile, Common Lisp, Lua.
    b"dynamic-link": (b"dynamic-link",),
    b"load-shared-object": (b"load-shared-object",),
    b"package.loadlib": (b"package.loadlib",),
}
# `"lib%s.so"`, `"lib" + name`: a name that is put together.
_COMPOSED = re.compile(rb"""['"`]lib(?:['"`]|[%{$#])""")
_LITERAL = re.compile(r"(['\"`])((?:\\.|(?!\1)[^\\\n]){1,400})\1")
# What may stand between the name of a function that starts a program and the first literal.
_CALLED = re.compile(
    r"(?:popen\d?|system2?|pipe|passthru|proc_open|pcntl_exec|exec\w{0,12}|spawn\w{0,8}|fork|run|call"
    r"|check_\w+|getoutput|getstatusoutput|create_subprocess_\w+|ProcessBuilder|Command\w{0,8}"
    r"|shell-command[\w-]*|Command::new|LookPath|which|find_executable|get_bin_path|Process"
    r"|ProcessStartInfo|Start|capture\w{0,3}|pipeline\w?"
    r"|cmd|command|args|open3|shell|start|\$)\s*"
    r"(?:[(\[{=:,\s]|'\(|new\s+String\[\]|List\.of|Arrays\.asList|asList|of)*[rbfu]?$",
    re.IGNORECASE,
)
# A line that is a comment in nearly all languages; `#define` is none.
_COMMENT_LINE = re.compile(r"[ \t]*(?:#(?![A-Za-z])|//|;|--[ \t]|/?\*[ \t])")
_SHELL_OPTION = re.compile(r"['\"]-l?c['\"]\s*,\s*[rbfu]?$")
_CONSTANT = re.compile(rb"\x01\x00[\x02-\xff](?=[a-z/])")
_LIBRARY_CLASSES = (b"com/sun/jna/", b"java/lang/foreign/SymbolLookup", b"loadLibrary")
_MOST_CLASSES = 10_000
_LARGEST_CLASS = 1 << 20
# Perl's `open $f, '-|', 'ls'`.
_PIPE_MODE = re.compile(r"['\"](?:-\||\|-)[^'\"\n]{0,40}['\"]\s*,\s*$")
# `sort -u`, whatever function of the application takes it.
_COMMAND_TEXT = re.compile(
    r"\s*(?:/[\w./+-]*/)?(?P<name>[A-Za-z\d][\w.+-]*)(?:[ \t]+[^\s-]\S*){0,2}[ \t]+--?[A-Za-z\d]"
)
_LONG_TEXT = re.compile(r"(?<![\[\w\])])\[=*\[([^\[\]\n]{2,400})\]=*\]")
_WORD_LIST = re.compile(r"\bqw\s*[(\[{/<|!]([^)\]}/>|!]{1,400})|%w[(\[{<]([^)\]}>]{1,400})")
_WORD = re.compile(r"[\w.+@/-]+")
_IS_COMMAND_LINE = re.compile(r"[\s|;&<>$]")
_PRELOAD = re.compile(r"\bLD_PRELOAD['\"]?\s*[=:,]\s*['\"]?([\w./+:${}-]+)")
_USES_SHELL = re.compile(
    r"shell\s*[=:]\s*[Tt]rue|shell-command|\b(?:system|popen|exec|execSync)\s*\("
)
# Words of every day that are names of programs as well: they count where one is started.
COMMON_WORDS = frozenset(
    (
        *("test", "sort", "date", "file", "link", "join", "split", "head", "tail", "install"),
        *("time", "who", "id", "more", "less", "yes", "true", "false", "env", "host", "groups"),
        *("users", "comm", "cut", "expand", "fold", "nice", "paste", "factor", "look", "last"),
        *("script", "top", "free", "kill", "wall", "write", "chat", "find", "echo", "clear"),
        *("column", "col", "line", "lines", "size", "strings", "view", "open", "select", "watch"),
        *("update", "import", "display", "convert", "compare", "identify", "stream", "mail"),
        *("python", "python3", "node", "perl", "ruby", "php", "java", "bash", "sh", "reset"),
        *("cat", "tr", "dd", "od", "pr", "tee", "tty", "uniq", "wc", "nl", "ps", "info", "man"),
        *("apt", "pip", "npm", "ls", "cp", "mv", "rm", "ln", "df", "du", "as", "ar", "ld", "w"),
        *("locale", "login", "logger", "hostname", "domainname", "arch", "base64", "stat", "sync"),
        *("timeout", "truncate", "unlink", "tabs", "shred", "seq", "sum", "printf", "printenv"),
        *("numfmt", "dir", "stdbuf", "nohup", "mount", "page", "service", "session", "zip", "tar"),
        *(
            "scalar",
            "make",
            "openssl",
            "deb",
            "init",
            "su",
            "tic",
            "go",
            "chmod",
            "chown",
            "mkdir",
            "touch",
        ),
    )
)

# Those that are words of programming languages: whatever reads JavaScript has `import` in it.
KEYWORDS = frozenset(("import",))


@dataclass(kw_only=True, slots=True)
class Mentions:
    """What one text names."""

    programs: set[str] = field(default_factory=set)
    """Names and paths that the text starts by all appearances."""
    maybe_programs: set[str] = field(default_factory=set)
    """Literals that are names of programs, in a text that starts some, and what a text calls that
    starts none in a way that is known."""
    words: set[str] = field(default_factory=set)
    """Names that stand where a command may stand, and that are words of every day as well."""
    libraries: set[str] = field(default_factory=set)
    """Literals in a text that opens shared libraries: `libz.so.1`, `magic` for `-lmagic`."""
    starts_shell: bool = False
    """Whether a command line goes to a shell."""
    finds_libraries: bool = False
    """Whether the loader's table is asked for libraries (`ctypes.util.find_library`)."""
    composes_libraries: bool = False
    """Whether names of libraries are put together: settings may have parts of them."""

    def joined(self, other: Mentions) -> Mentions:
        """What both name."""
        return Mentions(
            programs=self.programs | other.programs,
            maybe_programs=self.maybe_programs | other.maybe_programs,
            words=self.words | other.words,
            libraries=self.libraries | other.libraries,
            starts_shell=self.starts_shell or other.starts_shell,
            finds_libraries=self.finds_libraries or other.finds_libraries,
            composes_libraries=self.composes_libraries or other.composes_libraries,
        )


def mentions_of(data: bytes, known: Set[str], *, is_dependency: bool = False) -> Mentions:
    """Read a source in any language. `known` are the names that programs of the image have. In
    sources of dependencies that start nothing and open nothing no literal counts."""
    found = Mentions()
    starts, opens = _has_any(data, _STARTS), _has_any(data, _OPENS)
    if is_dependency and not starts and not opens:
        return found
    text = os.fsdecode(data)
    for paths in _PRELOAD.findall(text) if b"LD_PRELOAD" in data else ():
        found.libraries.update(filter(None, paths.split(":")))
    if starts:
        found.starts_shell = bool(_USES_SHELL.search(text))
    found.finds_libraries = b"find_library" in data
    for match in _LITERAL.finditer(text):
        literal = match[2]
        if opens and len(literal) <= 80:
            found.libraries.add(literal)
        if not starts and is_dependency:
            continue
        # Most literals are one word, and looked up as such.
        if literal in known or (not literal.isalnum() and not known.isdisjoint(_words(literal))):
            line = text.rfind("\n", 0, match.start()) + 1
            if _COMMENT_LINE.match(text, line, match.start()):
                continue
            before = text[max(0, match.start() - 48) : match.start()]
            programs = found.programs if starts else found.maybe_programs
            if _PIPE_MODE.search(before):
                _add_command(found, literal, found.programs)
            elif (
                _CALLED.search(before)
                or _SHELL_OPTION.search(before)
                or (not is_dependency and _is_command(literal, known))
            ):
                _add_command(found, literal, programs)
            elif starts and literal in known and literal not in COMMON_WORDS:
                found.maybe_programs.add(literal)
    if not is_dependency:
        found.composes_libraries = opens and bool(_COMPOSED.search(data))
        _read_other_literals(found, text, known, starts=starts, opens=opens)
    return found


def _has_any(data: bytes, words: Mapping[bytes, Sequence[bytes]]) -> bool:
    """Whether any of the words is in it; `words`: common part → words that have it."""
    return any(
        part in data and any(word in data for word in whole) for part, whole in words.items()
    )


def _read_other_literals(
    found: Mentions, text: str, known: Set[str], *, starts: bool, opens: bool
) -> None:
    """Lua's long texts, and the lists of words of Perl and Ruby."""
    for long_text in _LONG_TEXT.findall(text) if "[[" in text or "[=" in text else ():
        if _is_command(long_text, known):
            programs = found.programs if starts else found.maybe_programs
            _add_command(found, long_text, programs)
    for first, second in _WORD_LIST.findall(text) if starts or opens else ():
        words = set((first or second).split())
        if opens:
            found.libraries |= words
        for word in known & words if starts else ():
            (found.words if word in COMMON_WORDS else found.maybe_programs).add(word)


def _is_command(text: str, known: Set[str]) -> bool:
    """Whether a text is a program's name with an option behind it."""
    match = _COMMAND_TEXT.match(text)
    return match is not None and match["name"] in known


def classes_in(stream: BinaryIO) -> Iterator[bytes]:
    """The classes of a Java archive (not those of archives inside of it), or the class itself."""
    if not zipfile.is_zipfile(stream):
        stream.seek(0)
        yield stream.read()
        return
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [each for each in archive.infolist() if each.filename.endswith(".class")]
            for member in members[:_MOST_CLASSES]:
                if member.file_size <= _LARGEST_CLASS:
                    yield archive.read(member)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error, OSError):
        return  # an archive that Java would refuse names nothing


def constants_of(data: bytes) -> Iterator[str]:
    """Texts among the constants of a class (JVM Specification, 4.4.7): names of programs, paths,
    and command lines."""
    for match in _CONSTANT.finditer(data):
        length, start = match[0][-1], match.end()
        yield data[start : start + length].decode("latin-1")


def starts_programs(data: bytes) -> bool:
    """Whether a class starts programs itself."""
    return b"java/lang/ProcessBuilder" in data or b"java/lang/Runtime" in data


def opens_libraries(data: bytes) -> bool:
    """Whether a class opens native libraries itself, or extends what JNA opens them by."""
    return any(word in data for word in _LIBRARY_CLASSES)


def programs_of_script(script: str, known: Set[str]) -> set[str]:
    """The programs and paths that a command line of a shell names; of one without any name that
    is known, none are looked for."""
    if known.isdisjoint(_words(script)):
        return set()
    return _named_by(script)


def _named_by(script: str) -> set[str]:
    words = read_script(os.fsencode(script.replace("\\n", "\n").replace("\\t", " ")))
    return set(words.programs) | {path for path in words.paths if "*" not in path}


def _words(text: str) -> Iterator[str]:
    """The words of a text, and the names at the ends of its paths."""
    for word in _WORD.findall(text):
        yield word
        if "/" in word:
            yield word.rpartition("/")[2]


def _add_command(found: Mentions, literal: str, programs: set[str]) -> None:
    if _IS_COMMAND_LINE.search(literal):
        found.starts_shell = True
        programs |= _named_by(literal)
    else:
        programs.add(literal)
