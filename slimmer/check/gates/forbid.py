"""`--forbid GLOB`: no file of such a path, in any layer. What a later layer removes is in the image
all the same."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.check.document import Finding, Judgement
from slimmer.check.gate import Gate, none_of
from slimmer.check.subject import Subject
from slimmer.files import PathGlobs
from slimmer.options import Kind, several
from slimmer.values import EntryType


def _judge(globs: tuple[str, ...], subject: Subject) -> Iterator[Judgement]:
    for glob in dict.fromkeys(globs):
        found = [*_visible(PathGlobs((glob,)), subject), *_hidden(PathGlobs((glob,)), subject)]
        yield none_of(
            found,
            "file",
            subject=glob,
            problem=f"there are files that match {glob}",
            hint="leave out the package that brings them, or keep them out with .dockerignore; "
            "what a later RUN removes is still in the image",
        )


def _visible(globs: PathGlobs, subject: Subject) -> Iterator[Finding]:
    for entry in subject.index:
        if entry.type is not EntryType.DIRECTORY and globs.covers(entry.path):
            is_link = entry.type is EntryType.SYMLINK
            told = [f"a link to {entry.link_target}"] if is_link else []
            yield Finding(
                what=entry.path,
                size=None if is_link else entry.size,
                detail=", ".join(filter(None, (*told, subject.package_of(entry.path)))),
            )


def _hidden(globs: PathGlobs, subject: Subject) -> Iterator[Finding]:
    left = {entry.inode for entry in subject.index}
    for number, layer in enumerate(subject.image.content.layers):
        for path, entry in layer.entries.items():
            if entry.type is EntryType.FILE and entry.inode not in left and globs.covers(path):
                yield Finding(
                    what=path, size=entry.size, detail=f"in layer {number}, hidden by a later one"
                )


GATE = Gate(
    name="forbid",
    title="forbidden files",
    kind=several(Kind(metavar="GLOB", pattern=r"[\s\S]*[^/\s][\s\S]*")),
    help="No file matches, in any layer, e.g. '*.pem'",
    judge=_judge,
)
