"""What a shell script names: the commands in all of its branches, and absolute paths.

A reader, not an interpreter: the grammar of bash (tree-sitter's) tells what is a command. A word
that holds a variable is none of the commands' words; what it comes to by the values that the script
itself gives is told apart from what stands there literally.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from slimmer.shell.functions import Use, use_of_words
from slimmer.shell.inline_code import InlineCode, inline_code
from slimmer.shell.prefixes import PREFIXES, SHELLS, Prefix
from slimmer.shell.variables import Assembled, Variables
from slimmer.shell.words import HASH, Word, standard_input, word_of, words_of
from slimmer.shell.writing import redirected_to, written_by

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query

_QUERY = """
(command) @command (test_command) @test (function_definition) @function
(heredoc_redirect) @heredoc (heredoc_body) @unread (comment) @unread (ERROR) @error
(expansion) @expansion (variable_assignment) @assignment (file_redirect) @redirection
"""
_AROUND_COMMAND = re.compile(
    rb"^(?:[\s;]|(?:if|then|elif|else|while|until|do|done|fi|esac|!|\{|\})(?=[\s;]|$))+"
    rb"|(?:[\s\\;&|]|(?<=[\s;])(?:then|do|\{))+$"
)
"""What belongs to a construct of several lines, at both ends of one."""
_MARK = re.compile(rb"(?<!<)<<(-?)[ \t]*[\\'\"]?([A-Za-z_]\w*)")
_SUBSTITUTION = re.compile(
    r"(?<!\\)(?:\$\(((?:[^()]|\([^()]*\))*)\)|`((?:\\.|[^`\\])*)`)", re.DOTALL
)
_ASSIGNMENT = re.compile(r"\w+\+?=")
_PATH = re.compile(r"(?<![^\s'\"`:,;=(){}<>|&])/[^\s'\"`:,;=(){}<>|&]+")
_HASH_IN_WORD = re.compile(rb"\$\{[^}\n]*\}|\$\(\([^)\n]*\)\)|(?<=[\w./-])#")
_MOST_BYTES = 1 << 22
_DEEPEST = 4
_MOST_STARTED = 64
"""Commands that one command starts by its words: `env nice env …` is no endless work."""


@dataclass(frozen=True, kw_only=True)
class ShellCommand:
    """One command as the script has it; those that it starts itself are commands of their own."""

    words: tuple[str | None, ...]
    """Name and operands without their quotes, None for each that the shell has to expand.
    Assignments and redirections are no words."""
    by_program: bool = False
    """Whether another program starts it (`exec`, `env`, `sudo`), for which a function of the
    script does not answer."""


@dataclass(frozen=True, kw_only=True)
class ShellScript:
    """What one script says."""

    commands: tuple[ShellCommand, ...] = ()
    """Each once; builtins of the shell included."""
    functions: Mapping[str, Use | None] = field(default_factory=dict)
    """The functions that it defines, with what they do with the words of a call."""
    scripts: frozenset[str] = frozenset()
    """Files that `.`, `source` or a shell reads, as they are written: `./lib.sh`."""
    paths: frozenset[str] = frozenset()
    """Absolute paths anywhere but in comments and here-documents, each as it is written."""
    written: frozenset[str] = frozenset()
    """Absolute paths that commands and redirections create or overwrite, expansions as they are
    written: `/run/app.pid`, `/etc/app/$NAME`; `/data/*` where /data is made."""
    inline: tuple[InlineCode, ...] = ()
    """Code of other languages, in options, in here-documents, or piped into an interpreter."""
    assembled: Assembled = field(default_factory=Assembled)
    """What words with variables come to, by what the script assigns them."""

    @property
    def programs(self) -> frozenset[str]:
        """Names in command position, builtins included; calls of own functions are none, but may
        start or look for what their words name."""
        return frozenset(name for command in self.commands for name in self._started_by(command))

    def _started_by(self, command: ShellCommand) -> Iterator[str]:
        name, *operands = command.words
        if name and (command.by_program or name not in self.functions):
            yield name
            return
        use = self.functions.get(name or "")
        if use is not None:
            named = [word for word in operands if word and word[0] not in "-+"]
            yield from named[:1] if use is Use.STARTS else named


def is_shell(interpreter: str, argument: str = "") -> bool:
    """Whether a shebang's interpreter, or the program behind `env`, speaks POSIX shell.
    `argument` tells it of busybox."""
    name = interpreter.rpartition("/")[2]
    if name == "busybox":
        name = argument.partition(" ")[0]
    return name in SHELLS


def read_script(content: bytes | str) -> ShellScript:
    """Read a script. Anything can be read: what is no shell gives few words, and no error; behind
    a mistake of grammar the lines are read one by one. Of a script above 4 MiB the first 4."""
    source = os.fsencode(content) if isinstance(content, str) else content
    reader = _Reader()
    source = source[:_MOST_BYTES].replace(b"\r\n", b"\n").replace(b"\0", b" ")
    reader.read(_without_false_ends(source), _DEEPEST)
    return ShellScript(
        commands=tuple(dict.fromkeys(reader.commands)),
        functions=reader.functions,
        scripts=frozenset(reader.scripts),
        paths=frozenset(reader.paths),
        written=frozenset(reader.written),
        inline=tuple(dict.fromkeys(reader.inline)),
        assembled=reader.variables.assemble(),
    )


def _without_false_ends(source: bytes) -> bytes:
    """The grammar lets an indented word end any here-document; only `<<-` has that."""
    marks = {(dash, mark) for dash, mark in _MARK.findall(source)}
    for mark in sorted(mark for dash, mark in marks if not dash and (b"-", mark) not in marks):
        line = re.compile(rb"^[ \t]+" + re.escape(mark) + rb"$", re.MULTILINE)
        source = line.sub(b"", source)
    return source


def _without_hash(found: re.Match[bytes]) -> bytes:
    return HASH.encode() if found[0] == b"#" else found[0]


class _Reader:
    """Collects over a script and the scripts in its words."""

    def __init__(self) -> None:
        self.commands: list[ShellCommand] = []
        self.functions: dict[str, Use | None] = {}
        self.scripts: set[str] = set()
        self.paths: set[str] = set()
        self.written: set[str] = set()
        self.inline: list[InlineCode] = []
        self.variables = Variables()

    def read(self, source: bytes, depth: int, *, by_program: bool = False) -> None:
        from tree_sitter import QueryCursor

        parser, query = _grammar()
        root = parser.parse(_HASH_IN_WORD.sub(_without_hash, source)).root_node
        found = QueryCursor(query).captures(root)
        for node in found.get("function", ()):
            name = node.child_by_field_name("name")
            if name is not None:
                text = os.fsdecode(node.text or b"")
                self.functions[word_of(name).text] = use_of_words(text)
        self.paths.update(_paths_in(source, found.get("unread", ())))
        for node in found.get("assignment", ()):
            variable, value = node.child_by_field_name("name"), node.child_by_field_name("value")
            if variable is not None and value is not None:
                self.variables.assign(word_of(variable).text, word_of(value).text)
        for node in found.get("redirection", ()):
            self.written.update(redirected_to(node))
        for node in found.get("test", ()):
            # `[` may be a program; `[[` never is.
            if node.children and node.children[0].type == "[":
                self.commands.append(ShellCommand(words=("[",), by_program=by_program))
        for node in found.get("command", ()):
            self._command(words_of(node), depth, by_program, standard_input(node))
        if depth:
            missed = [text for node in found.get("heredoc", ()) for text in _substitutions_of(node)]
            for node in found.get("expansion", ()):
                missed += _substitutions_in(node)
            for text in dict.fromkeys(missed):
                self.read(os.fsencode(text), depth - 1, by_program=by_program)
            for line in _lines_of(found.get("error", ()), len(source)):
                self.read(line, depth - 1, by_program=by_program)

    def _command(
        self, words: Sequence[Word], depth: int, by_program: bool, given: str = ""
    ) -> None:
        """`given` is what stands in the script for it to read from its standard input."""
        waiting = [(words, by_program)]
        for _ in range(_MOST_STARTED):
            if not waiting:
                break
            words, by_program = waiting.pop()
            if not words:
                continue
            literals = tuple(word.text if word.literal else None for word in words)
            self.commands.append(ShellCommand(words=literals, by_program=by_program))
            self.written.update(written_by(words))
            self.inline += inline_code([word.text for word in words], given)
            name = (literals[0] or "").rpartition("/")[2]
            self._note_variables(words, literals)
            if name in (".", "source"):
                self.scripts.update(filter(None, literals[1:2]))
            prefix = PREFIXES.get(name)
            if prefix is None:
                continue
            by_program = by_program or not prefix.same_shell
            if prefix.markers:
                behind = islice(_behind_markers(words, prefix), _MOST_STARTED)
                waiting += ((rest, True) for rest in behind)
                continue
            script, rest = _behind(words, prefix)
            if prefix.reads_script and rest:
                texts = [word.text for word in rest]
                script = Word(" ".join(texts) if name == "eval" else texts[0], True)
            elif prefix.reads_file:
                if script is None and rest and rest[0].literal:
                    self.scripts.add(rest[0].text)
                elif script is None and not rest and given:
                    script = Word(given, True)
            elif script is None:
                waiting.append((rest, by_program))
            if script is not None and depth:
                self.read(os.fsencode(script.text), depth - 1, by_program=by_program)

    def _note_variables(self, words: Sequence[Word], literals: Sequence[str | None]) -> None:
        """Before the program, variables may stand that are empty: `exec $CHECKS "$LIB/program"`."""
        is_first = True
        is_sourced = literals[0] in (".", "source")
        for position, word in enumerate(words):
            is_first = is_first and (literals[position] is None)
            is_read = is_sourced and position == 1
            if literals[position] is None:
                self.variables.use(word.text, is_started=is_first or is_read)


@cache
def _grammar() -> tuple[Parser, Query]:
    """Loaded late: 15 ms, 50 the first time, that only images with scripts cost."""
    import tree_sitter_bash
    from tree_sitter import Language, Parser, Query

    language = Language(tree_sitter_bash.language())
    return Parser(language), Query(language, _QUERY)


def _behind(words: Sequence[Word], prefix: Prefix) -> tuple[Word | None, Sequence[Word]]:
    """The script that an option gives, and the words of the command that is started."""
    operands = prefix.operands
    if any(word.text in prefix.unless for word in words):
        operands = 0
    has_options = True
    position = 1
    while position < len(words):
        text = words[position].text
        position += 1
        if has_options and text[:1] in ("-", "+") and (text[0] == "-" or text in prefix.valued):
            if text == "--":
                has_options = False
            elif text in prefix.script or (
                "-c" in prefix.script and re.fullmatch("-[a-z]*c", text)
            ):
                # Behind `sh -c` more options may stand: sh -c -e SCRIPT.
                rest = [word for word in words[position:] if word.text[:1] != "-"]
                return (rest[0] if rest else None), ()
            elif text.partition("=")[0] in prefix.script:
                return Word(text.partition("=")[2], True), ()
            elif _takes_next(text, prefix.valued):
                position += 1
        elif operands:
            operands -= 1
        elif text and (prefix.reads_script or not _ASSIGNMENT.match(text)):
            return None, words[position - 1 :]
    return None, ()


def _takes_next(option: str, valued: frozenset[str]) -> bool:
    """Whether `-u`, or `-iu` at its end, has its value in the next word; `-uroot` has it."""
    if option in valued:
        return True
    letters = [f"-{letter}" for letter in option[1:]]
    return (
        option[:2] != "--"
        and letters[-1:] != []
        and (letters[-1] in valued and valued.isdisjoint(letters[:-1]))
    )


def _behind_markers(words: Sequence[Word], prefix: Prefix) -> Iterator[Sequence[Word]]:
    for position, word in enumerate(words):
        if word.text in prefix.markers:
            rest = words[position + 1 :]
            end = next((n for n, other in enumerate(rest) if other.text in (";", "+")), len(rest))
            yield rest[:end]


def _substitutions_of(heredoc: Node) -> Iterator[str]:
    """Of a here-document the grammar misses backticks, and `$(…)` behind blanks."""
    start = next((node for node in heredoc.children if node.type == "heredoc_start"), None)
    quoted = start is None or (start.text or b"").startswith((b"'", b'"', b"\\"))
    for node in heredoc.children if not quoted else ():
        if node.type == "heredoc_body":
            yield from _substitutions_in(node)


def _substitutions_in(node: Node) -> Iterator[str]:
    """The grammar also misses backticks in `${a-${b-`c`}}`."""
    for match in _SUBSTITUTION.finditer(os.fsdecode(node.text or b"")):
        yield match[1] or match[2] or ""


def _lines_of(errors: Iterable[Node], size: int) -> Iterator[bytes]:
    """The lines of what has no grammar, where they are less than the whole source."""
    end = 0
    for node in sorted(errors, key=lambda node: (node.start_byte, -node.end_byte)):
        if node.start_byte < end:
            continue
        end = node.end_byte
        for line in (node.text or b"").split(b"\n"):
            command = _AROUND_COMMAND.sub(b"", line)
            if command and len(command) < size:
                yield command


def _paths_in(source: bytes, unread: Iterable[Node]) -> Iterator[str]:
    text, position = b"", 0
    for node in sorted(unread, key=lambda node: node.start_byte):
        text += source[position : node.start_byte] + b" "
        position = max(position, node.end_byte)
    for path in _PATH.findall(os.fsdecode(text + source[position:])):
        if "$" not in path and "//" not in path:
            yield path.rstrip("/")
