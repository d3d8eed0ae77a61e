"""SL003: secrets in the build context."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from slimmer.dockerfile import Copy
from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.secrets import is_named_as_secret, secrets_in
from slimmer.words import printable

_CANDIDATE: Final = re.compile(
    r"(?:^|/)(?:\.env(?:\..+)?|[^/]*\.(?:pem|key|p8|ppk)|id_(?:rsa|dsa|ecdsa|ed25519)|\.npmrc"
    r"|\.yarnrc(?:\.yml)?|\.netrc|_netrc|\.pypirc|pip\.conf|\.git-credentials|credentials"
    r"|\.dockercfg|config\.json|[^/]*(?:credential|secret|service[-_]?account)[^/]*\.(?:json|ya?ml|txt))$",
    re.IGNORECASE,
)
_EXAMPLE: Final = re.compile(r"example|sample|template|\.dist$|(?:^|/)node_modules/", re.IGNORECASE)
_ASSIGNMENT: Final = re.compile(
    r"^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=[ \t]*(['\"]?)([^\r\n]*)\2", re.MULTILINE
)
_NETRC: Final = re.compile(r"\bmachine\s+\S+[\s\S]*?\bpassword\s+\S+")
_LARGEST: Final = 256 << 10
_PLACEHOLDER: Final = re.compile(r"(?:change[-_ ]?me|your[-_ ].*|x{3,}|\.{3,}|<.*>|todo)", re.I)


class ContextSecrets(Check):
    """Only what a file holds counts, never its name alone."""

    code = "SL003"
    name = "secrets in the build context"
    severity = "error"

    def find(self, subject: Subject) -> Iterator[Finding]:
        context = subject.context
        if context is None:
            return
        secrets = {
            file.path: what
            for file in context.files
            if file.size <= _LARGEST
            and _CANDIDATE.search(file.path)
            and not _EXAMPLE.search(file.path)
            and (what := _secret_in(context.folder / file.path))
        }
        for path, what in secrets.items():
            copies = [
                copy
                for copy in subject.copies
                if any(file.path == path for file in context.taken(copy))
            ]
            yield self._finding(subject, path, what, copies)

    def _finding(self, subject: Subject, path: str, what: str, copies: list[Copy]) -> Finding:
        shown = printable(path)
        shipped = [copy for copy in copies if subject.is_in_image(copy)]
        advice = f"Put it into .dockerignore; a RUN gets it by `--mount=type=secret,id={_id(path)}`"
        if shipped:
            line = shipped[0].step.instruction.line
            return self.finding(
                line, f"this copies {shown} ({what}) into the image, for all who pull it. {advice}"
            )
        if copies:
            line = copies[0].step.instruction.line
            return self.finding(
                line,
                f"this copies {shown} ({what}) into a stage and so into the build cache. {advice}",
                severity="warning",
            )
        return self.finding(
            1,
            f"{shown} ({what}) is in the build context, and no COPY needs it. "
            "Put it into .dockerignore",
            severity="warning",
        )


def _secret_in(file: Path) -> str:
    """What kind of secret; empty for none."""
    try:
        data = file.read_bytes()
    except OSError:
        return ""
    for what, _ in secrets_in(data):
        return what
    if file.name.startswith(".env"):
        text = data.decode("utf-8", "replace")
        for name, _, value in _ASSIGNMENT.findall(text):
            if is_named_as_secret(name, value) and not _PLACEHOLDER.fullmatch(value):
                return f"sets {printable(name)}"
    if file.name.endswith("netrc") and _NETRC.search(data.decode("utf-8", "replace")):
        return "a password"
    return ""


def _id(path: str) -> str:
    return re.sub(r"[^\w]+", "", path.rpartition("/")[2]) or "secret"
