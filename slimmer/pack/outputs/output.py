"""`--output`: which form the user asks for, told by how the target is written."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from slimmer.disk import exists, is_directory
from slimmer.errors import UsageError
from slimmer.pack.descriptors import NamedImage
from slimmer.pack.outputs.docker_archive import write_docker_archive
from slimmer.pack.outputs.oci_layout import write_oci_layout
from slimmer.pack.outputs.referrers import Attachment


class OutputForm(enum.Enum):
    """What an image is written as."""

    DOCKER_ARCHIVE = "docker-archive"
    OCI_LAYOUT = "oci-layout"


@dataclass(frozen=True, kw_only=True)
class OutputTarget:
    """Where images are written to besides the engine."""

    form: OutputForm
    path: Path


def output_target(text: str) -> OutputTarget:
    """`FILE.tar` is a docker-archive; `DIR/`, or a directory that exists, is an OCI layout.

    Looks at the disk, so that a wrong target is refused before a run and not at its end:
    UsageError for a parent that does not exist and for a name that may mean either.
    """
    if not text:
        raise UsageError("--output is empty", hint="write `--output my-app.tar` or `my-app/`")
    path = Path(text)
    if text.endswith("/") or is_directory(path):
        form = OutputForm.OCI_LAYOUT
        if exists(path) and not is_directory(path):
            raise UsageError(f"--output {text}: {path} is a file, not a directory")
    elif path.suffix == ".tar":
        form = OutputForm.DOCKER_ARCHIVE
    else:
        raise UsageError(
            f"--output {text}: not clear whether an archive or a directory is meant",
            hint=f"write `{text}.tar` for a docker-archive, `{text}/` for an OCI layout"
            if not path.suffix
            else "an archive's name ends in `.tar` (it is not compressed), a directory's in `/`",
        )
    parent = path.absolute().parent
    if not is_directory(parent):
        raise UsageError(
            f"--output {text}: the directory {parent} does not exist",
            hint=f"make it first: `mkdir -p {parent}`",
        )
    return OutputTarget(form=form, path=path)


def write_output(
    target: OutputTarget, images: Sequence[NamedImage], *, attached: tuple[Attachment, ...] = ()
) -> None:
    """Write the images to the target: whole, or not at all. What is attached to them has a place in
    an OCI layout only."""
    if target.form is OutputForm.DOCKER_ARCHIVE:
        write_docker_archive(images, target.path)
    else:
        write_oci_layout(images, target.path, attached=attached)
