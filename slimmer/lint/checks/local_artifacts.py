"""SL002: dependencies and build products of this machine are copied into the image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slimmer.lint.check import Check
from slimmer.lint.finding import Finding
from slimmer.lint.subject import Subject
from slimmer.words import printable, size

_FOLDERS: Final = frozenset(
    (
        *("node_modules", "bower_components", "__pycache__", ".venv", "venv", ".tox"),
        *(".nox", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".gradle", ".terraform"),
        *(".idea", ".vscode", ".parcel-cache", ".turbo", ".nyc_output", ".eggs"),
        *(".cache",),
    )
)
"""Names that always mean what a tool has made, or what a package manager installs again."""
_WORTH_TELLING: Final = 10_000


class LocalArtifacts(Check):
    """A copied node_modules also replaces what the image has installed for its own system."""

    code = "SL002"
    name = "local dependencies or caches are copied"
    severity = "warning"

    def find(self, subject: Subject) -> Iterator[Finding]:
        told: set[str] = set()
        for copy in subject.copies:
            sums: dict[str, int] = {}
            named = {part for source in copy.sources for part in source.split("/")}
            for file in subject.context.taken(copy) if subject.context else ():
                folder = _artifact(file.path)
                # Who names the folder itself means it.
                if folder and folder.rpartition("/")[2] not in named:
                    sums[folder] = sums.get(folder, 0) + file.size
            heavy = {folder: sum_ for folder, sum_ in sums.items() if folder not in told}
            told |= set(heavy)
            if sum(heavy.values()) >= _WORTH_TELLING:
                yield self._finding(copy.step.instruction.line, heavy)

    def _finding(self, line: int, sums: dict[str, int]) -> Finding:
        names = sorted({folder.rpartition("/")[2] for folder in sums})
        largest = sorted(sums.items(), key=lambda each: (-each[1], each[0]))[:10]
        return self.finding(
            line,
            f"this copies {', '.join(map(printable, names))} of this machine "
            f"({size(sum(sums.values()))}), made for its system and not for the image's. "
            f"Put into .dockerignore: {', '.join(f'**/{printable(name)}' for name in names)}",
            details=tuple(f"{size(weight)}  {printable(path)}/" for path, weight in largest),
        )


def _artifact(path: str) -> str:
    """The uppermost such folder that a file is in; empty where there is none."""
    parts = path.split("/")[:-1]
    for depth, part in enumerate(parts, 1):
        if part in _FOLDERS:
            return "/".join(parts[:depth])
    return ""
