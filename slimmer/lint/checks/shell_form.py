"""SL041: a shell stands between the engine and the application."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Final

from slimmer.dockerfile import Instruction, split_words, unquoted
from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import printable

_SHELL: Final = re.compile(r"[$`;&|<>*?(){}~#]")


class ShellForm(Check):
    """`docker stop` then signals the shell, which hands nothing on."""

    code = "SL041"
    name = "CMD or ENTRYPOINT in shell form"
    severity = "warning"
    same_as = frozenset(("DL3025",))

    def find(self, subject: Subject) -> Iterator[Finding]:
        for name in ("ENTRYPOINT", "CMD"):
            step = subject.last(name)
            if step is None or step.instruction.json is not None or not step.instruction.text:
                continue
            if re.match(r"exec\s", step.instruction.text):
                continue
            effect = "the application is not PID 1 and gets no SIGTERM from `docker stop`"
            if name == "ENTRYPOINT":
                effect += ", and CMD and arguments do not reach it"
            yield self.finding(
                step.instruction.line,
                f"{name} in shell form: {effect}. Write {_better(step.instruction)}",
            )


def _better(instruction: Instruction) -> str:
    text = instruction.text
    if _SHELL.search(text):
        return f'`{instruction.name} ["/bin/sh", "-c", "exec …"]`, as it needs a shell'
    words = [unquoted(word) for word in split_words(text)]
    return f"`{instruction.name} {printable(json.dumps(words, ensure_ascii=False))}`"
