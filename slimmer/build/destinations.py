"""Where the files of a build go: tried before anything runs, since what writes them would find out
after a minute of work."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from slimmer.disk import exists, is_regular
from slimmer.errors import UsageError
from slimmer.image import parse_tag
from slimmer.options import BuildOptions, DebugImage

_REPORTS: Final = Path("slim-report")


def report_directory_of(options: BuildOptions, slim_name: str) -> Path:
    """Where the report of this slim image goes, and all that lies beside it."""
    if options.report_directory is not None:
        return options.report_directory
    return _REPORTS / slim_name.replace("/", "_").replace(":", "_")


def refuse_unwritable(options: BuildOptions, slim_name: str) -> None:
    """Raises UsageError for a place that files are wanted in and none can be made in."""
    for setting, folder in _folders(options, slim_name):
        there = next(each for each in (folder, *folder.parents) if exists(each))
        try:
            # Modes do not tell: root may write where a file system takes nothing.
            with tempfile.TemporaryDirectory(prefix=".unfinished-", dir=there):
                pass
        except OSError as error:
            raise UsageError(
                f"{setting}: {folder} cannot be written to: {error.strerror}",
                hint=f"name a folder that this user may write to with {setting}",
            ) from error


def refuse_unpushable(options: BuildOptions, slim_name: str) -> None:
    """Raises UsageError for what a registry would refuse at the very end. For several platforms
    `slim_name` is the name that they have in common, as the user gives it."""
    if options.push_debug and options.debug is DebugImage.NONE:
        raise UsageError(
            "--push-debug: no debug image is made", hint="leave out --no-debug, or say --push"
        )
    name = parse_tag(slim_name)
    if (options.push or options.push_debug) and not name.host and "/" not in name.path:
        raise UsageError(
            f"--push: the name {slim_name} says no registry",
            hint=f"give it one, as in `--tag registry.example/{slim_name}`",
        )


def _folders(options: BuildOptions, slim_name: str) -> Iterator[tuple[str, Path]]:
    yield "--report-dir", report_directory_of(options, slim_name).absolute()
    files = {
        "--save-trace": options.save_trace,
        "--vex": options.vex,
        "--export-prefetch": options.export_prefetch,
        "--seccomp": options.seccomp,
    }
    for setting, file in files.items():
        # What is no regular file (`/dev/stdout`) is written to as it is.
        if file is not None and (is_regular(file) or not exists(file)):
            yield setting, file.absolute().parent
    if options.output:
        yield "--output", Path(options.output).absolute().parent
