"""What of a request, a command or an answer is a secret, by the names that it goes by."""

from __future__ import annotations

import dataclasses
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from slimmer.values import Probe

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

P = TypeVar("P", bound="DataclassInstance")
T = TypeVar("T", str, bytes)

HIDDEN: Final = "(hidden)"
_SECRET: Final = re.compile(
    r"(?i)authori[sz]ation|cookie|token|secret|passw|credential|session|signature"
    r"|api.?key|access.?key|private.?key"
)
_PARAMETER: Final = re.compile(r"([?&;]|^)([^?&;=#]+)=([^&;#]*)")
_USER: Final = re.compile(r"(?<=//)[^/@\s]+@")
_FIELD: Final = re.compile(r"""["']?([\w.-]+)["']?\s*[:=]\s*["']?(?!\$\{)([^\s"',&}]+)""")
"""`"password": "x` in JSON, `password=x` in a form."""
_NAMED: Final = ("headers", "form", "environment")
"""Fields of probes that are names with values."""
_TEXTS: Final = ("body", "message", "text", "send", "stdin")
"""Those in which names and values may stand."""
_PARTS: Final = ("requests", "exchanges")
"""Those that have such fields themselves."""


def is_secret(name: str) -> bool:
    """Whether a header, a field of a form or a variable of this name carries a secret."""
    return _SECRET.search(name) is not None


def shown_header(name: str, value: str) -> str:
    """A header's value as people may read it: of a secret one only what is none, the scheme, the
    names of cookies and their attributes."""
    if not is_secret(name):
        return value
    if "cookie" in name.lower():
        first, semicolon, others = value.partition(";")
        if name.lower() != "set-cookie":
            others = ";".join(map(_without_value, others.split(";"))) if semicolon else ""
        return f"{_without_value(first)}{semicolon}{others}"
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {HIDDEN}" if space and scheme.isalpha() else HIDDEN


def shown_target(target: str) -> str:
    """A path with its query, or a URL: without the values of secret parameters, and without a
    user's name and password."""

    def hidden(match: re.Match[str]) -> str:
        before, name, _ = match.groups()
        return f"{before}{name}={HIDDEN}" if is_secret(name) else match[0]

    path, mark, query = shown_url(target).partition("?")
    return path + mark + _PARAMETER.sub(hidden, query)


def shown_url(text: str) -> str:
    """A text without the user's name and password in the URLs that it has."""
    return _USER.sub(f"{HIDDEN}@", text)


def shown_words(words: Iterable[str]) -> list[str]:
    """A command without the values of `--token=…`, `--token …`, `TOKEN=…` and `Authorization: …`,
    and with its URLs as `shown_target` has them."""
    return [shown for shown, _ in _told(words)]


def shown_command(words: Iterable[str]) -> str:
    """The same as a line that a shell would read."""
    return shlex.join(shown_words(words))


def shown_line(text: str, words: Sequence[str]) -> str:
    """The same of a line that was split into these words: as it was written, if nothing of it is
    hidden."""
    shown = shown_words(words)
    return text.strip() if shown == list(words) else shlex.join(shown)


def _told(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each word as it may be shown, and the name of the secret that is hidden in it."""
    awaited = ""
    for word in words:
        name, equals, value = word.partition("=")
        header, colon, content = word.partition(": ")
        if awaited and not word.startswith("-"):
            yield HIDDEN, awaited
        elif colon and " " not in header and is_secret(header):
            yield f"{header}: {shown_header(header, content)}", header
        elif value and "?" not in name and is_secret(name):
            yield f"{name}={HIDDEN}", name
        else:
            shown = shown_target(word)
            yield shown, "a URL's secret" if shown != word else ""
        awaited = word if word.startswith("-") and not equals and is_secret(word) else ""


def literal_secrets(probe: Probe) -> Iterator[str]:
    """The names of what the probe itself says of secrets, in place of a `${…}` for each."""
    return (name for name, _ in _secrets_of(probe))


def without_secrets(said: P) -> P:
    """A probe, or a request or an exchange of one, with `(hidden)` for each secret that it says
    itself."""
    hidden: dict[str, Any] = {}
    for field in _NAMED:
        pairs = getattr(said, field, ())
        hidden[field] = tuple((name, _without_literal(name, value)) for name, value in pairs)
    for field in _TEXTS:
        hidden[field] = _without_fields(getattr(said, field, ""))
    for field in _PARTS:
        hidden[field] = tuple(map(without_secrets, getattr(said, field, ())))
    path, mark, query = getattr(said, "path", "").partition("?")
    hidden["path"] = path + mark + _without_fields(query)
    command = getattr(said, "command", ())
    hidden["command"] = tuple(
        shown if name and "${" not in word else word
        for word, (shown, name) in zip(command, _told(command), strict=True)
    )
    return dataclasses.replace(said, **{field: hidden[field] for field in hidden if hidden[field]})


def _without_literal(name: str, value: str) -> str:
    return shown_header(name, value) if value and "${" not in value else value


def _without_fields(text: T) -> T:
    def hidden(match: re.Match[str]) -> str:
        if not is_secret(match[1]):
            return match[0]
        start, end = (place - match.start() for place in match.span(2))
        return match[0][:start] + HIDDEN + match[0][end:]

    if isinstance(text, bytes):
        readable = text.decode("utf-8", "surrogateescape")
        return _FIELD.sub(hidden, readable).encode("utf-8", "surrogateescape")
    return _FIELD.sub(hidden, text)


def secret_values(probe: Probe) -> Iterator[str]:
    """The same secrets themselves; of `Bearer …` what is behind the scheme."""
    for _, value in _secrets_of(probe):
        scheme, space, rest = value.partition(" ")
        yield rest if space and scheme.isalpha() else value


def _secrets_of(said: object) -> Iterator[tuple[str, str]]:
    for field in _NAMED:
        for name, value in getattr(said, field, ()):
            if is_secret(name) and value and "${" not in value:
                yield name, value
    _, _, query = getattr(said, "path", "").partition("?")
    for text in (query, *(getattr(said, field, "") for field in _TEXTS)):
        readable = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        for name, value in _FIELD.findall(readable):
            if is_secret(name):
                yield name, value
    for part in (part for field in _PARTS for part in getattr(said, field, ())):
        yield from _secrets_of(part)
    command = getattr(said, "command", ())
    for word, (shown, name) in zip(command, _told(command), strict=True):
        if name and "${" not in word:
            yield name, _hidden_part(word, shown)


def _hidden_part(word: str, shown: str) -> str:
    """What of a word is not in the word as it is shown."""
    before, _, after = shown.partition(HIDDEN)
    return word[len(before) : len(word) - len(after)]


def _without_value(pair: str) -> str:
    name, equals, _ = pair.partition("=")
    return f"{name}={HIDDEN}" if equals else HIDDEN
