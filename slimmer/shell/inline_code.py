"""Code of other languages in the words of a command: `perl -MPOSIX -e …`, `python3 -c …`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class InlineCode:
    """What one command brings with it of a language."""

    language: str
    """`perl`, `python`, `ruby`, `node`, `php`, `lua`, `r`, `tcl` or `awk`."""
    code: str
    """Without the shell's quotes, expansions as they are written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Interpreter:
    """How the options of one interpreter are to be read. Letters of options may share a word."""

    language: str
    code: str = ""
    """Letters with code behind them."""
    long_code: tuple[str, ...] = ()
    """Words with code behind them."""
    module: str = ""
    """Letters with the name of a module behind them."""
    long_module: tuple[str, ...] = ()
    loading: str = ""
    """How the language itself says that it loads a module."""
    valued: str = ""
    """Letters with something else behind them, in the same word or the next."""
    attached: str = ""
    """Letters whose value can only be the rest of the word: `-i.bak`."""
    is_first_operand: bool = False
    """Whether the code is an operand: awk's."""


_AWK = _Interpreter(
    language="awk", code="e", long_code=("--source",), valued="Fvfi", is_first_operand=True
)
_INTERPRETERS = (
    (
        re.compile(r"perl[\d.]*"),
        _Interpreter(
            language="perl", code="eE", module="Mm", loading="use {};", valued="I", attached="iFxDC"
        ),
    ),
    (
        re.compile(r"(?:python|pypy)[\d.]*"),
        _Interpreter(language="python", code="c", module="m", loading="import {}", valued="WX"),
    ),
    (
        re.compile(r"ruby[\d.]*"),
        _Interpreter(
            language="ruby",
            code="e",
            module="r",
            loading="require '{}'",
            valued="ICE",
            attached="iFKTWx",
        ),
    ),
    (
        re.compile(r"node(?:js)?"),
        _Interpreter(
            language="node",
            code="ep",
            long_code=("--eval", "--print"),
            module="r",
            long_module=("--require", "--import", "--loader"),
            loading="require('{}')",
            valued="C",
        ),
    ),
    (re.compile(r"deno"), _Interpreter(language="node", long_code=("eval",))),
    (
        re.compile(r"php[\d.]*"),
        _Interpreter(
            language="php",
            code="rBRE",
            long_code=("--run", "--process-begin", "--process-code", "--process-end"),
            valued="cdgSfFtz",
        ),
    ),
    (
        re.compile(r"lua(?:jit)?[\d.]*"),
        _Interpreter(language="lua", code="e", module="l", loading="require '{}'"),
    ),
    (re.compile(r"Rscript|R"), _Interpreter(language="r", code="e")),
    (re.compile(r"(?:tclsh|wish|expect)[\d.]*"), _Interpreter(language="tcl")),
    (re.compile(r"[gmn]?awk"), _AWK),
)
_ANY_NAME = re.compile("|".join(form.pattern for form, _ in _INTERPRETERS))
LANGUAGES = tuple(sorted({each.language for _, each in _INTERPRETERS}))
"""Those that are told apart."""
_STANDARD_INPUT = ("-", "/dev/stdin")


def inline_code(words: Sequence[str], standard_input: str = "") -> Iterator[InlineCode]:
    """What a command, by its name and its operands without quotes, has in its options; and what it
    reads from a here-document or a pipe, where it names no file."""
    interpreter = _interpreter(words[0]) if words else None
    if interpreter is None:
        return
    pieces: list[str] = []
    operand = _read_options(interpreter, words[1:], pieces)
    if interpreter.is_first_operand:
        # Not with `-f FILE`.
        if not pieces and not any(word.startswith(("-f", "--file")) for word in words):
            pieces.append(operand or "")
    elif not pieces and (operand is None or operand in _STANDARD_INPUT):
        pieces.append(standard_input)
    if any(pieces):
        yield InlineCode(language=interpreter.language, code="\n".join(pieces))


def language_of(program: str) -> str:
    """The language that a program speaks, by its name or path; empty where that is none of
    these."""
    interpreter = _interpreter(program)
    return interpreter.language if interpreter is not None else ""


def _interpreter(program: str) -> _Interpreter | None:
    name = program.rpartition("/")[2]
    if not _ANY_NAME.fullmatch(name):
        return None
    return next(each for form, each in _INTERPRETERS if form.fullmatch(name))


def _read_options(interpreter: _Interpreter, words: Sequence[str], pieces: list[str]) -> str | None:
    """Collects the pieces of code; the first operand, None where there is none."""
    waiting = iter(words)
    for word in waiting:
        option, equals, value = word.partition("=")
        if option in interpreter.long_code:
            pieces.append(value if equals else next(waiting, ""))
        elif option in interpreter.long_module:
            module = value if equals else next(waiting, "")
            pieces.append(interpreter.loading.format(module))
        elif word.startswith("-") and word not in ("-", "--"):
            if not word.startswith("--"):
                pieces += _of_letters(interpreter, word[1:], waiting)
        elif word != "--":
            return word
    return None


def _of_letters(interpreter: _Interpreter, letters: str, waiting: Iterator[str]) -> Iterator[str]:
    """What `-lane CODE`, `-MPOSIX=floor`, `-0777pe CODE`, `-r json` bring."""
    for position, letter in enumerate(letters):
        rest = letters[position + 1 :]
        if letter in interpreter.code and not (rest and set(rest) <= set(interpreter.code)):
            yield rest or next(waiting, "")
            return
        if letter in interpreter.module:
            # `-M-strict`, and `-MList::Util=sum`.
            module = (rest or next(waiting, "")).lstrip("-").partition("=")[0]
            yield interpreter.loading.format(module)
            return
        if letter in interpreter.attached:
            return
        if letter in interpreter.valued:
            if not rest:
                next(waiting, None)
            return
