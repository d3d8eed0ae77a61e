"""Commands as probes: how they are written, and whether they ended as expected. No shell is
involved, in the container or on this machine."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from slimmer.errors import UsageError
from slimmer.probing.judging import EXCERPT_LIMIT, MissingValueError, captured
from slimmer.probing.keys import Key, Shape
from slimmer.probing.target import CommandOutcome, ended
from slimmer.values import Answer, Probe, ProbeResult

COMMAND_MISSING: Final = frozenset({126, 127})
"""Exit statuses of a command that cannot be run: repeating it is pointless."""
COMMAND_KEYS: Final = (
    Key("command", Shape.COMMAND, missing="expected a command"),
    Key("exit_status", Shape.WHOLE_NUMBER),
    Key("output_pattern", Shape.PATTERN),
    Key("environment", Shape.TEXTS),
)
_OPERATOR: Final = re.compile(
    r"""(?x) (?: ^ | (?<=\s) )
    (?: [|&;]+ (?=\s|$)           # a | b, a && b, a &
    |   \d* [<>] \S*              # >file, 2>&1, <file
    |   \$\( | `                  # $(cmd)
    )
    | ; (?=\s|$)                  # cd /app; ls
    """
)
_SHELL_WORDS: Final = frozenset(("||", "&&", "|&", "2>&1", ">&2", "1>&2", "2>", "2>>", "&>"))
_SHELL_SIGNS: Final = frozenset(("|", "&", ";", ">", ">>", "<", "<<"))
"""Words of which a list that has one was written for a shell; signs may be an argument too."""
_SHELLS: Final = frozenset(
    ("sh", "bash", "dash", "ash", "zsh", "ksh", "mksh", "fish", "test", "[", "expr", "find")
)
_READ_SIGNS: Final = frozenset(
    ("echo", "printf", "grep", "egrep", "fgrep", "tr", "cut", "sed", "awk", "jq", "bc", "dc")
)
"""Programs for which such a sign, even alone, may be what they are to work on."""
_QUOTED: Final = re.compile(r"""\\. | '[^']*' | "(?:\\.|[^"\\])*" """, re.VERBOSE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class CommandLineProbe(Probe):
    """A command and what it must end with."""

    command: tuple[str, ...]
    """The argument vector; no shell is involved."""
    exit_status: int = 0
    output_pattern: str = ""
    """A regular expression that must be found in stdout or stderr; empty: any output."""
    environment: tuple[tuple[str, str], ...] = ()
    """Variables beside those that are there. One with an empty value is not set: so a value that
    a plan need not have, like a password, can be handed on."""

    @property
    def request(self) -> str:
        return shlex.join(self.command)

    @property
    def variables(self) -> tuple[tuple[str, str], ...]:
        """Those that are set."""
        return tuple(pair for pair in self.environment if pair[1])


P = TypeVar("P", bound=CommandLineProbe)


def command_words(text: str) -> tuple[str, ...]:
    """A command line, split as a shell splits words. Raises UsageError, also for what only a shell
    would understand."""
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"`{text}` is not a command: {error}") from error
    if not words:
        raise UsageError("an empty command cannot be a probe")
    # What is quoted is meant for the program, whatever it is.
    operator = _OPERATOR.search(_QUOTED.sub(lambda match: "_" * len(match[0]), text))
    if operator is not None:
        raise UsageError(
            f"`{text}` has `{operator[0].strip()}`, which only a shell understands, and no shell "
            "runs a probe",
            hint=f"ask for one: sh -c {shlex.quote(text)}; or quote what the program itself is to "
            "get",
        )
    return words


def check_words(words: Sequence[str]) -> None:
    """Raises UsageError where a word can only be meant for a shell, and none is there to read it.
    Neither is a sign behind an option (`sort -t "|"`), nor what others than shells understand."""
    for position, word in enumerate(words):
        if word in _SHELL_WORDS or (word in _SHELL_SIGNS and words[position - 1][:1] != "-"):
            before = {each.rpartition("/")[2] for each in words[:position]}
            known = _SHELLS if word in _SHELL_WORDS else _SHELLS | _READ_SIGNS
            if before and before.isdisjoint(known):
                raise _for_a_shell(words, word)


def _for_a_shell(words: Sequence[str], word: str) -> UsageError:
    operators = _SHELL_WORDS | _SHELL_SIGNS
    line = " ".join(each if each in operators else shlex.quote(each) for each in words)
    return UsageError(
        f"`{word}` is a word of a shell, and no shell runs a probe: to {words[0]} it would be one "
        "more argument",
        hint=f'ask for one: ["sh", "-c", {json.dumps(line)}]',
    )


def judged(
    probe: CommandLineProbe,
    outcome: CommandOutcome,
    *,
    timeout: float,
    seconds: float,
    answered_with: Answer | None = None,
) -> ProbeResult:
    """The result of a command that ended, or had to be given up. One that fails may only have been
    too early; one that cannot be run, or takes all its time, has had its chance."""
    text = outcome.written.both.decode("utf-8", "replace")
    values: tuple[tuple[str, str], ...] = ()
    if outcome.container_status is not None:
        passed, answer = False, ended(outcome.container_status)
    elif outcome.exit_status is None:
        passed, answer = False, f"did not end within {round(timeout, 1):g} s"
    else:
        passed = outcome.exit_status == probe.exit_status
        answer = f"exit status {outcome.exit_status}"
        if passed and probe.output_pattern and not re.search(probe.output_pattern, text):
            passed = False
            answer += f", output does not match /{probe.output_pattern}/"
        try:
            values = captured(probe.captures, text) if passed else ()
        except MissingValueError as error:
            passed = False
            answer += f", {error}"
    return ProbeResult(
        probe=probe,
        passed=passed,
        answer=answer,
        excerpt=text[:EXCERPT_LIMIT],
        answered=passed
        or outcome.exit_status is None
        or (outcome.exit_status in COMMAND_MISSING and probe.exit_status not in COMMAND_MISSING),
        exit_status=outcome.exit_status,
        seconds=seconds,
        answered_with=answered_with,
        captured=values,
    )
