"""Where a profile is written."""

from __future__ import annotations

import os
from pathlib import Path

from slimmer.disk import exists, is_directory, is_regular, write_result
from slimmer.errors import SeccompProfileError, UsageError
from slimmer.seccomp.document import to_document
from slimmer.seccomp.profile import Profile


def check_place(file: Path) -> None:
    """Raises SeccompProfileError where no file can be written, before a minute's work."""
    folder = file.parent
    if exists(file) and not is_regular(file) and not is_directory(file):
        return  # /dev/stdout, a pipe
    if is_directory(file) or not is_directory(folder) or not os.access(folder, os.W_OK):
        why = "it is a directory" if is_directory(file) else f"{folder} cannot be written to"
        raise SeccompProfileError(
            f"the seccomp profile cannot be written to {file}: {why}",
            hint="name a file in a directory that is there",
        )


def write_profile(file: Path, profile: Profile) -> None:
    """Write the file, whole or not at all. Raises SeccompProfileError."""
    try:
        write_result(file, to_document(profile), "writing the seccomp profile")
    except (OSError, UsageError) as error:
        raise SeccompProfileError(
            f"the seccomp profile cannot be written to {file}: {error}",
            hint="name a place that this user may write to",
        ) from error
