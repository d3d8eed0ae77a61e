"""What has decided and packed: the very files of this slimmer, in one digest."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import slimmer


@cache
def tool_digest() -> dict[str, str]:
    """Of all Python files of the package, as in-toto's `dirHash1`: rules have no version but that
    of slimmer, and two checkouts of one version may have different ones. Takes about 20 ms."""
    folder = Path(slimmer.__file__).parent
    lines = sorted(f"{path.relative_to(folder.parent).as_posix()}" for path in folder.rglob("*.py"))
    hasher = hashlib.sha256()
    for name in lines:
        digest = hashlib.sha256((folder.parent / name).read_bytes()).hexdigest()
        hasher.update(f"{digest}  {name}\n".encode())
    return {"dirHash1": hasher.hexdigest()}


def file_digest(file: Path) -> dict[str, str]:
    """Of one file."""
    with file.open("rb") as stream:
        return {"sha256": hashlib.file_digest(stream, "sha256").hexdigest()}
