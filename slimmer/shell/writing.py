"""What a command of a shell writes to, by its words and its redirections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from slimmer.shell.words import Word, word_of

if TYPE_CHECKING:
    from tree_sitter import Node

_ALL_OPERANDS: Final = frozenset(("touch", "tee", "mkfifo", "truncate"))
_DIRECTORIES: Final = frozenset(("mkdir",))
_LAST_OPERAND: Final = frozenset(("cp", "mv", "ln", "install", "rsync"))


def redirected_to(redirection: Node) -> Iterator[str]:
    """The file that a redirection writes, if its path is absolute."""
    operators = [each.type for each in redirection.children if ">" in each.type]
    if operators and redirection.children[-1].is_named:
        yield from _absolute([word_of(redirection.children[-1])])


def written_by(words: Sequence[Word]) -> Iterator[str]:
    """The absolute paths that a command creates or overwrites, one in a directory that it makes
    among them."""
    name = words[0].text.rpartition("/")[2]
    operands = [word for word in words[1:] if not word.text.startswith("-")]
    if name in _DIRECTORIES:
        yield from (f"{path}/*" for path in _absolute(operands))
    elif name in _ALL_OPERANDS:
        yield from _absolute(operands)
    elif len(operands) > 1 and (name in _LAST_OPERAND or _edits_in_place(name, words)):
        yield from _absolute(operands[-1:])


def _edits_in_place(name: str, words: Sequence[Word]) -> bool:
    return name == "sed" and any(word.text.startswith(("-i", "--in-place")) for word in words)


def _absolute(words: Sequence[Word]) -> Iterator[str]:
    return (word.text for word in words if word.text.startswith("/"))
