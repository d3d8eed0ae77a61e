"""Commands in texts that no call of a language starts: settings in any syntax, pipes, recipes.

A name is evidence only where a command stands: as a value, as an item of a list, behind `exec`, in
a pipe. How much it is evidence for, what follows it tells: an option makes it a command line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field

from slimmer.shell import language_of

_NAME = r"[A-Za-z\d][\w.+-]{0,60}"
# Settings that hold a command: supervisor's, systemd's, a Procfile, package.json.
_COMMAND_LINE = re.compile(
    r"^[ \t]*[\"']?(?:command|cmd|exec|run|script|entrypoint|program|exec\w+|start|\w+_command|web"
    r"|worker|release|prestart|poststart)[\"']?[ \t]*[:=][ \t]*[-@+!:]*(.+)$",
    re.MULTILINE | re.IGNORECASE,
)
_SUBSTITUTION = re.compile(r"\$\(([^()\n]{2,300})\)")
# Scripts within the settings of logrotate.
_SCRIPT_BLOCK = re.compile(
    r"^[ \t]*(?:pre|post|first|last)(?:rotate|action)[ \t]*\n(.*?)^[ \t]*endscript",
    re.MULTILINE | re.DOTALL,
)
_CRON = re.compile(
    r"^[ \t]*(?:@\w+|(?:[\d*,/-]+[ \t]+){4}[\w*,/-]+)[ \t]+(\S+[ \t]+)?(\S.*)$", re.MULTILINE
)
COMMENT = re.compile(r"^[ \t]*(?:#|//|;|--[ \t]).*|[ \t]#[ \t].*|<!--.*?-->", re.MULTILINE)
"""As most formats have them; a text in quotes that looks like one is lost with them."""
# Where a value begins: behind `:` and `=`, in lists and elements, as an item of YAML.
_VALUE = re.compile(
    r"(?:^[ \t]*-[ \t]+|(?<![:/])[:=\[({,>][ \t]*)(?P<quote>[\"']?)[|!@+:-]*[ \t]*"
    rf"(?:/(?!/)[\w./+-]*/)?(?P<name>{_NAME})(?![\w/(])"
)
# `gz gzip -c`: a key, and a value without a sign between them.
_KEYED = re.compile(
    rf"^[ \t]*[\w.@-]+[ \t]+(?P<quote>[\"']?)(?:/(?!/)[\w./+-]*/)?(?P<name>{_NAME})(?![\w/(])"
)
# A whole line: a command in a list of commands, or a text in a list over several lines.
_LINE = re.compile(rf"^[ \t]*(?P<quote>[\"']?)(?:/(?!/)[\w./+-]*/)?(?P<name>{_NAME})(?![\w/(])")
_ENDS = re.compile(r"(?P<quote>[\"']?)[ \t]*(?:[,;\])}<].*)?$")
_HAS_OPTION = re.compile(
    r"(?:[\"'],)?[ \t]+(?:[^\s\"',-][^\s\"',]*[ \t]+){0,2}[\"']?--?[A-Za-z\d]"
    r"|[ \t]+[a-z]{1,5}[ \t]+-[ \t]"
)
_HAS_PIPE = re.compile(r"[^\"'\n]*[^\s|][ \t]\|[ \t][a-z]")
# A path, a variable, or the characters that `tr` is given.
_HAS_OPERAND = re.compile(
    r"(?:[ \t]+[^\s\"']+){0,5}?[ \t]+"
    r"(?:[^\s\"']*[./$%{}<>][\w${}%/]|\[?[A-Za-z\d]-[A-Za-z\d]\b|\[:)"
)
# `["perl", "jobs.inc"]`: an interpreter and its program are the first two items of a list.
_HAS_FILE = re.compile(
    r"[\"']?[ \t]*,[ \t]*(?P<quote>[\"']?)(?P<file>[\w.+-]*[./][\w./+-]*)(?P=quote)[ \t]*[\],]"
)
_MOST_LINES = 5000
_LARGEST_SETTINGS = 1 << 16

_BACKTICKS = re.compile(
    r"`([^`\n]{2,400})`"
    r"|%x(?:\[([^\]\n]{2,400})\]|\(([^)\n]{2,400})\)|\{([^}\n]{2,400})\}|\|([^|\n]{2,400})\|)"
)
# Ruby's `#{rows.map { |r| r.name }}`, which may have braces, pipes and quotes of its own.
_INTERPOLATION = re.compile(r"#\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]*\})*\})*\}")
_QX = re.compile(r"\bqx\s*[(\[{/!|]([^)\]}/!|\n]{2,400})")
# `open my $f, "| sort -u"`, and Tcl's `open |[list sort -u]`.
_PIPED = re.compile(
    r"\bopen\b[^\n|;]{0,60}?[\"'{ \t(]\|[ \t]*(?:\[list[ \t]+)?([A-Za-z/][^\n\"'}\]]{0,300})"
)
_PIPE = re.compile(r"\bopen\b[^\n;\"']{0,60}[\"'][ \t]*([A-Za-z/][^\"'\n]{0,300})\|[ \t]*[\"']")
# Tcl's `exec patch -p1`, and Lua's `os.execute [[sort -u]]`.
_EXEC = re.compile(
    r"\bexec[ \t]+(?:-(?:ignorestderr|keepnewline|-)[ \t]+)*([A-Za-z/{][^\n;\"']{0,300})"
)
_BRACKETED = re.compile(r"\[[^\[\]\n]*\]")
_LONG_TEXT = re.compile(r"\b(?:popen|execute)\s*\(?\s*\[=*\[(.{1,2000}?)\]=*\]", re.DOTALL)
# awk has its pipes around texts: `"date" | getline x`, `print x | "sort"`.
_AWK = re.compile(r"(?:(?P<into>\|&?)|=|\bsystem\()?[ \t]*\"((?:\\.|[^\"\\\n]){1,400})\"")
_AWK_READS = re.compile(r"\|&?[ \t]*getline\b")
_RECIPE = re.compile(r"^(?:\t|[^\s#:=][^:=\n]*:[^=;\n]*;)[ \t]*[-@+]*(.+)$", re.MULTILINE)
_MAKE_SHELL = re.compile(
    r"\$[({]shell[ \t]+((?:[^()\n]|\([^()\n]*\)){2,400})\)|^[\w.-]+[ \t]*!=(.+)"
)


@dataclass(kw_only=True, slots=True)
class SettingsCommands:
    """What one settings file has where commands stand."""

    lines: list[str] = field(default_factory=list)
    """Command lines of a shell."""
    names: set[str] = field(default_factory=set)
    """Values that are a name alone, or a name with operands but no option."""


def commands_in_settings(text: str, known: Set[str], *, names_count: bool) -> SettingsCommands:
    """Read settings of any format: `command = gunicorn app`, `5 * * * * root /x.sh`, `[sdiff]`,
    `gz gzip -c`. `known` are the names of programs; without `names_count` only what cannot be
    anything but a command is told."""
    found = SettingsCommands()
    for line in _COMMAND_LINE.findall(text):
        found.lines.append(line.strip().strip("\"',"))
    found.lines += _SUBSTITUTION.findall(text)
    found.lines += _SCRIPT_BLOCK.findall(text)
    for user, line in _CRON.findall(text):
        found.lines.append(line)
        if user:
            found.lines.append(user + line)
    lines = COMMENT.sub("", text).split("\n")
    names_count = names_count and len(text) <= _LARGEST_SETTINGS and len(lines) <= _MOST_LINES
    for line in lines:
        if len(line) <= _LARGEST_SETTINGS:
            _read_line(line, known, found, names_count=names_count)
    return found


def _read_line(line: str, known: Set[str], found: SettingsCommands, *, names_count: bool) -> None:
    for match in _VALUE.finditer(line):
        if match["name"] in known:
            _weigh(line, match, found, names_count=names_count)
    if not names_count:
        return
    keyed, alone = _KEYED.match(line), _LINE.match(line)
    if keyed and keyed["name"] in known:
        _weigh(line, keyed, found, names_count=True)
    if alone and alone["name"] in known:
        # A word alone may be a word of a list of words; in quotes it is an item.
        is_item = bool(alone["quote"]) and line.rstrip().endswith((",", alone["quote"]))
        _weigh(line, alone, found, names_count=is_item)


def _weigh(line: str, match: re.Match[str], found: SettingsCommands, *, names_count: bool) -> None:
    rest = line[match.end() :]
    quote = match["quote"]
    file = _HAS_FILE.match(rest) if line[match.start()] == "[" else None
    if file and language_of(match["name"]):
        found.lines.append(f"{match['name']} {file['file']}")
    elif _HAS_OPTION.match(rest) or _HAS_PIPE.match(rest):
        start = match.start("name")
        while start and line[start - 1] not in " \t\"'=:[({,>|!@":
            start -= 1
        whole = line[start:]
        # A list of words has its command in the first.
        end = whole.find(quote) if quote else -1
        found.lines.append(whole[:end] if end > 0 else whole.rstrip(" \t\"',;])}"))
    elif names_count:
        ends = _ENDS.match(rest)
        if (ends and ends["quote"] == quote) or _HAS_OPERAND.match(rest):
            found.names.add(match["name"])


def scripts_in_source(text: str, *, backticks: bool) -> Iterator[str]:
    """Command lines without a call that is known: in `qx`, behind Tcl's `exec`, in pipes that are
    opened like files, in Lua's long texts; and in backticks where these start something."""
    # A word is looked for much faster than an expression that begins with it.
    if backticks:
        for match in _BACKTICKS.finditer(_INTERPOLATION.sub("x", text)):
            yield match[match.lastindex or 0]
    if "qx" in text:
        yield from _QX.findall(text)
    if "popen" in text or "execute" in text:
        yield from _LONG_TEXT.findall(text)
    if "open" in text and "|" in text:
        yield from _PIPED.findall(text)
        yield from _PIPE.findall(text)
    for line in _EXEC.findall(text) if "exec" in text else ():
        # Tcl's brackets are substitutions: what is left of one that goes on ends the command.
        line = _BRACKETED.sub("x", line).partition("]")[0]
        yield line.replace("{*}", "").translate({ord("{"): " ", ord("}"): " "})


def scripts_in_awk(text: str) -> Iterator[str]:
    """Command lines that awk writes to, reads from, or starts."""
    reads = bool(_AWK_READS.search(text))
    for match in _AWK.finditer(text):
        if match["into"] or match[0].startswith("system") or reads:
            yield match[2]


def scripts_in_makefile(text: str) -> Iterator[str]:
    """The lines of all recipes, and what `$(shell …)` runs."""
    text = text.replace("\\\n", " ")
    for line in _RECIPE.findall(text):
        yield line.replace("$$", "$")
    for first, second in _MAKE_SHELL.findall(text):
        yield (first or second).replace("$$", "$")
