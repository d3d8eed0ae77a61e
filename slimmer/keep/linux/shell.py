"""What a shell script names: the commands in all of its branches, and absolute paths.

A reader, not an interpreter: quoting, substitutions, here-documents and compound commands are
understood as POSIX has them (XCU 2), variables are not expanded. A word that holds one is left
out, so what is found is what the script says literally.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r]+|\\\n)
  | (?P<comment>\#[^\n]*)
  | (?P<heredoc><<-?[ \t]*(?P<mark>\\?[\w.]+|'[^'\n]*'|"[^"\n]*"))
  | (?P<redirect>\d*(?:<<<|<>|>\||>>|>&|<&|>|<)|&>>?)
  | (?P<separator>;;&?|;&|;|&&|&|\|\||\|&|\||\n|\(|\))
  | (?P<word>(?:\\.|'[^']*'|"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|\$\((?:[^()]|\([^()]*\))*\)
        |\$\{[^}]*\}|[^\s;&|()<>'"`\\])+)
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_SUBSTITUTION = re.compile(r"\$\(((?:[^()]|\([^()]*\))*)\)|`((?:\\.|[^`\\])*)`", re.DOTALL)
_ASSIGNMENT = re.compile(r"\w+\+?=")
# Behind these a command follows.
_KEYWORDS = frozenset(("if", "then", "elif", "else", "while", "until", "do", "!", "{", "time"))
# These start the command that is their first operand, behind options and assignments.
_STARTERS = frozenset(
    (
        *("exec", "env", "command", "nohup", "xargs", "sudo", "gosu", "su-exec", "setpriv"),
        *("runuser", "chroot", "nice", "ionice", "timeout", "stdbuf", "setsid", "tini"),
        *("dumb-init", "catatonit", "builtin", "eval", "unbuffer", "chpst"),
    )
)
# Their first operand behind options is a script of its own.
_TAKE_SCRIPTS = frozenset(("trap", "sh", "bash", "ash", "dash", "su"))
_NO_COMMANDS = frozenset(("for", "case", "select", "function", "in", "fi", "done", "esac", "}"))
_MOST_BYTES = 1 << 20
_DEEPEST = 4


@dataclass(frozen=True, kw_only=True)
class ScriptWords:
    """What one script says."""

    commands: frozenset[str] = field(default_factory=frozenset)
    """Names in command position, builtins and keywords of the shell included; the script's own
    functions are not."""
    paths: frozenset[str] = field(default_factory=frozenset)
    """Absolute paths anywhere, each as it is written."""


def read_script(text: str) -> ScriptWords:
    """Read a script. Anything can be read: what is no shell gives few words, and no error."""
    commands: set[str] = set()
    paths: set[str] = set()
    functions: set[str] = set()
    _read(text[:_MOST_BYTES], commands, paths, functions, _DEEPEST)
    return ScriptWords(commands=frozenset(commands - functions), paths=frozenset(paths))


def is_shell(interpreter: str) -> bool:
    """Whether a shebang's interpreter, or the program behind `env`, speaks POSIX shell."""
    return interpreter.rpartition("/")[2] in ("sh", "bash", "dash", "ash", "ksh", "mksh", "zsh")


def _read(text: str, commands: set[str], paths: set[str], functions: set[str], depth: int) -> None:
    expects_command = True
    starter = ""
    skips_word = False
    previous = ""
    for kind, word in _tokens(text):
        if kind == "separator":
            if word == "(" and previous and not expects_command:
                functions.add(previous)
            expects_command, starter, skips_word = True, "", False
            previous = ""
            continue
        if kind == "redirect":
            skips_word = True
            continue
        if depth:
            for match in _SUBSTITUTION.finditer(word):
                _read(match[1] or match[2] or "", commands, paths, functions, depth - 1)
        plain = _plain(word)
        paths.update(_paths_in(word))
        if skips_word:
            skips_word = False
            continue
        if not expects_command:
            if previous == "function":
                functions.add(plain)
            elif previous in _TAKE_SCRIPTS and depth:
                if plain.startswith("-"):
                    continue
                _read(plain, commands, paths, functions, depth - 1)
            previous = plain
            continue
        if _ASSIGNMENT.match(word) or word in _KEYWORDS:
            continue
        if (
            starter in ("gosu", "su-exec", "chroot", "setpriv", "runuser")
            and previous == starter
            and plain[:1] != "-"
        ):
            # Their first operand is a user or a directory.
            previous = ""
            continue
        if starter and (plain.startswith("-") or plain[:1].isdigit() or not plain):
            continue
        if plain in _STARTERS:
            commands.add(plain)
            starter = previous = plain
            continue
        expects_command = False
        previous = plain
        if plain and plain not in _NO_COMMANDS and "$" not in plain:
            commands.add(plain)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each token; blanks, comments and bodies of here-documents are left out."""
    position = 0
    marks: list[str] = []
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return
        kind = match.lastgroup or ""
        position = match.end()
        if match["heredoc"]:
            marks.append(match["mark"].strip("'\"\\"))
            continue
        if kind in ("blank", "comment", "other"):
            continue
        yield kind, match[0]
        if match[0] == "\n" and marks:
            for mark in marks:
                end = re.compile(rf"^\t*{re.escape(mark)}$", re.MULTILINE).search(text, position)
                position = end.end() if end else len(text)
            marks = []


def _plain(word: str) -> str:
    """A word without its quotes, as far as it is literal."""
    return re.sub(r"\\(.)", r"\1", word.replace("'", "").replace('"', ""))


def _paths_in(word: str) -> Iterator[str]:
    for part in re.split(r"[\s'\"`:,;=(){}]+", word):
        if part.startswith("/") and len(part) > 1 and "$" not in part and "//" not in part:
            yield part.rstrip("/")
