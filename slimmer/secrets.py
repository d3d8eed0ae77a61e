"""Private keys and tokens, by the forms that their makers gave them. What is found is named and
never repeated: no value of a secret leaves this file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_KEYS: Final = re.compile(
    rb"-----BEGIN (?:(?P<kind>RSA|DSA|EC|OPENSSH|ENCRYPTED|PGP) )?PRIVATE KEY(?: BLOCK)?-----"
    rb"(?:\s|\\[rn])+(?:[A-Z][\w-]+: [^\n]*\n)*\s*[A-Za-z0-9+/=]{40}"
)
_SCHEMES: Final = (
    *("http", "https", "ftp", "sftp", "smtp", "smtps", "ldap", "ldaps", "amqp", "amqps"),
    *("postgres", "postgresql", "mysql", "mariadb", "mongodb", "mongodb+srv", "redis", "rediss"),
)
"""Of addresses in which servers are given with user and password."""
_TOKENS: Final[dict[str, tuple[tuple[bytes, ...], re.Pattern[bytes]]]] = {
    "PuTTY private key": (
        (b"PuTTY-User-Key-File-",),
        re.compile(rb"\bPuTTY-User-Key-File-[23]: "),
    ),
    "age private key": (
        (b"AGE-SECRET-KEY-1",),
        re.compile(rb"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b"),
    ),
    "key of a cluster's user": (
        (b"client-key-data",),
        re.compile(rb"client-key-data['\"]?\s*:\s*['\"]?[A-Za-z0-9+/=]{40}"),
    ),
    "AWS access key": (
        (b"AKIA", b"ASIA"),
        re.compile(rb"\bA[KS]IA(?!IOSFODNN7EXAMPLE)[A-Z2-7]{16}\b"),
    ),
    "AWS secret key": (
        (b"aws_secret_access_key", b"AWS_SECRET_ACCESS_KEY", b"SecretAccessKey"),
        re.compile(rb"\w+['\"]?\s*[=:]\s*['\"]?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"),
    ),
    "Azure account key": ((b"AccountKey=",), re.compile(rb"\bAccountKey=[A-Za-z0-9+/]{86}==")),
    "GitHub token": (
        (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_"),
        re.compile(rb"\bgh[pousr]_[A-Za-z0-9]{36,}\b"),
    ),
    "GitHub fine-grained token": ((b"github_pat_",), re.compile(rb"\bgithub_pat_\w{60,}\b")),
    "GitLab token": ((b"glpat-",), re.compile(rb"\bglpat-[\w-]{20,}")),
    "npm token": ((b"npm_",), re.compile(rb"\bnpm_[A-Za-z0-9]{36}\b")),
    "npm registry password": (
        (b":_auth", b":_password"),
        re.compile(rb":_(?:authToken|auth|password)\s*=\s*[^\s$]{8,}"),
    ),
    "PyPI token": ((b"pypi-AgE",), re.compile(rb"\bpypi-AgE[\w-]{50,}")),
    "Slack token": ((b"xox",), re.compile(rb"\bxox[abprs]-\d+-[\w-]{10,}")),
    "Stripe key": (
        (b"rk_live_", b"sk_live_"),
        re.compile(rb"\b[rs]k_live_[A-Za-z0-9]{20,}\b"),
    ),
    "Google API key": ((b"AIza",), re.compile(rb"\bAIza[\w-]{35}\b")),
    "OpenAI or Anthropic key": (
        (b"sk-proj-", b"sk-ant-"),
        re.compile(rb"\bsk-(?:proj|ant)-[\w-]{40,}"),
    ),
    "Hugging Face token": ((b"hf_",), re.compile(rb"\bhf_[A-Za-z0-9]{34}\b")),
    "DigitalOcean token": ((b"dop_v1_",), re.compile(rb"\bdop_v1_[a-f0-9]{64}\b")),
    "SendGrid key": ((b"SG.",), re.compile(rb"\bSG\.[\w-]{22}\.[\w-]{43}")),
    "Vault token": ((b"hvs.",), re.compile(rb"\bhvs\.[\w-]{24,}")),
    "password of netrc": (
        (b"machine",),
        re.compile(rb"\bmachine\s+\S+\s+login\s+\S+\s+password\s+\S+"),
    ),
    "registry login": ((b'"auth"',), re.compile(rb'"auth"\s*:\s*"[A-Za-z0-9+/]{8,}={0,2}"')),
    "password in an address": (
        tuple(f"{each}://".encode() for each in _SCHEMES),
        re.compile(
            rb"\b[a-z]+(?:\+[a-z]+)?://[\w.-]{0,64}:(?![$<{*]|(?:password|changeme|secret|example)@)"
            rb"[^\s:/@'\"$<>{}]{6,}@[\w.-]+"
        ),
    ),
}
"""What it is called → how it may begin, which is quick to look for, and its form."""
_NAMED_SECRET: Final = re.compile(
    r"(?:^|_)(?:PASS(?:WORD|WD)?|SECRET(?:_KEY(?:_BASE)?)?|TOKEN|API_?KEY|APP_KEY|PRIVATE_KEY"
    r"|ACCESS_KEY|ENCRYPTION_KEY|SIGNING_KEY|CREDENTIALS)$",
    re.I,
)


_VARIABLES: Final = re.compile(r"\.env(?:\..+)?|[\w.-]+\.env")
"""Names of files of variables, but for those that only show how one is written."""
_EXAMPLES: Final = re.compile(r"(?:^|\.)(?:example|sample|template|dist|test)(?:$|\.env$)")
_VARIABLE: Final = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=\s*['\"]?([^'\"\n]*)", re.MULTILINE)


def secrets_of_file(name: str, data: bytes) -> Iterator[tuple[str, int]]:
    """As `secrets_in` for a file of that name: one of variables (`.env`) may hold a value that
    nothing but its variable's name tells; it is told where nothing else is."""
    known = tuple(secrets_in(data))
    yield from known
    if not known and _VARIABLES.fullmatch(name) and not _EXAMPLES.search(name):
        text = data.decode("utf-8", "replace")
        for found in _VARIABLE.finditer(text):
            if is_named_as_secret(found[1], found[2]):
                yield f"value of {found[1]}", text.count("\n", 0, found.start(1)) + 1
                return


def secrets_in(data: bytes) -> Iterator[tuple[str, int]]:
    """(what it is, number of the line) for each kind of secret in a text, its first one."""
    if b"PRIVATE KEY" in data and (found := _KEYS.search(data)):
        kind = (found["kind"] or b"").decode()
        yield f"{f'{kind} ' if kind else ''}private key", _line(data, found.start())
    for what, (beginnings, form) in _TOKENS.items():
        places = [_first(data, beginning, form) for beginning in beginnings]
        if found_at := [place for place in places if place >= 0]:
            yield what, _line(data, min(found_at))


def _first(data: bytes, beginning: bytes, form: re.Pattern[bytes]) -> int:
    """Where the first text of that form lies which begins so; -1: nowhere. To look for the form
    itself takes ten times as long."""
    place = data.find(beginning)
    while place >= 0 and not form.match(data, place):
        place = data.find(beginning, place + 1)
    return place


def is_named_as_secret(variable: str, value: str) -> bool:
    """Whether an environment variable or build argument tells by its name to hold a secret, and
    holds something: a path or a reference to another variable is none."""
    return bool(
        _NAMED_SECRET.search(variable) and value.strip() and not value.startswith(("/", "$"))
    )


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1
