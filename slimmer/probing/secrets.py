"""What of a request, a command or an answer is a secret, by the names that it goes by."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from slimmer.values import Probe

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


def secret_values(probe: Probe) -> Iterator[str]:
    """The same secrets themselves; of `Bearer …` what is behind the scheme."""
    for _, value in _secrets_of(probe):
        scheme, space, rest = value.partition(" ")
        yield rest if space and scheme.isalpha() else value


def _secrets_of(probe: Probe) -> Iterator[tuple[str, str]]:
    for field in _NAMED:
        for name, value in getattr(probe, field, ()):
            if is_secret(name) and value and "${" not in value:
                yield name, value
    _, _, query = getattr(probe, "path", "").partition("?")
    body = getattr(probe, "body", b"").decode("utf-8", "replace")
    for text in (query, body, getattr(probe, "message", "")):
        for name, value in _FIELD.findall(text):
            if is_secret(name):
                yield name, value
    command = getattr(probe, "command", ())
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
