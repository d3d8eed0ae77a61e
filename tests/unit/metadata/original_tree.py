"""Original root file systems for tests, made of real files, and what is written for their slim
images, as real files too: the programs that will read them can be asked."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from slimmer.evidence import (
    PackageUse,
    SbomSubject,
    Uses,
    compose_sbom,
    packages_left,
    packages_removed,
)
from slimmer.files import PathGlobs, RootfsIndex, ancestors, read_packages
from slimmer.metadata import (
    MetadataRequest,
    PackageMetadata,
    metadata_above,
    package_metadata,
    with_sbom,
)
from slimmer.values import EntryType, KeepSet, Reason
from tests.unit.files.serving import indexed

SUBJECT = SbomSubject(
    name="app:slim", digest="sha256:" + "a" * 64, original="sha256:" + "b" * 64, slimmer_version="1"
)


@dataclass(frozen=True, kw_only=True)
class Described:
    """What the stage made of a tree and a keep-set."""

    metadata: PackageMetadata
    before: KeepSet
    slim: Path
    """The slim image's root, written out."""
    packages: tuple[PackageUse, ...]
    """All of the original."""
    above: PackageMetadata | None = None
    """What a layer with further paths has to bring along."""

    def components(self, type: str) -> dict[str, tuple[int, int]]:
        """`name@version` → (files kept, files in total) of one type."""
        return {
            f"{each.namespace}/{each.name}@{each.version}".lstrip("/"): (
                each.kept_files,
                each.total_files,
            )
            for each in self.metadata.components
            if each.type == type
        }

    def installed(self, type: str) -> dict[str, bool]:
        """Name → whether anything is left, for all packages of one type that the original has."""
        return {each.name: each.is_left for each in self.metadata.installed if each.type == type}

    def bill(self) -> bytes:
        """The original's bill of materials."""
        return compose_sbom(SUBJECT, self.packages, self.metadata.system)

    def added(self) -> set[str]:
        """Files that the stage added: of the original and generated, without directories."""
        return {
            path
            for path in self.metadata.keep.reasons.keys() - self.before.reasons.keys()
            if not (self.slim / path.lstrip("/")).is_dir()
        }

    def text(self, path: str) -> str:
        """A file of the slim image."""
        return (self.slim / path.lstrip("/")).read_text()


class OriginalTree:
    """A directory that stands for the original's root."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "original"
        self.root.mkdir()
        self._folder = folder

    def add(self, path: str, content: str | bytes = "x") -> str:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def link(self, path: str, target: str) -> str:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)
        return path

    def describe(
        self,
        *kept: str,
        excludes: tuple[str, ...] = (),
        asked_for_by: dict[str, str] | None = None,
        because_of: dict[str, str] | None = None,
        sbom_in_image: bool = False,
        above: tuple[str, ...] | None = None,
        uses: Uses | None = None,
    ) -> Described:
        """Keep these paths (with their parents), and describe what is left.

        `asked_for_by` names the rule that a path is kept by; the trace where it says nothing.
        `because_of` names the path that led to it.
        """
        slim = Path(tempfile.mkdtemp(dir=self._folder, prefix="slim-"))
        rules, because = asked_for_by or {}, because_of or {}
        with (
            tempfile.TemporaryDirectory() as spool,
            indexed(self.root, Path(spool) / "spool") as (index, content),
        ):
            before = KeepSet(
                reasons={
                    path: (
                        Reason(
                            rule=rules.get(path, "trace"),
                            detail="opened in phase boot",
                            because=because.get(path, ""),
                        ),
                    )
                    for path in sorted({"/", *kept, *(up for p in kept for up in ancestors(p))})
                }
            )
            content.fetch(_files(index, before))
            request = MetadataRequest(
                index=index,
                content=content,
                keep=before,
                packages=read_packages(index, content),
                excludes=PathGlobs(excludes),
            )
            metadata = package_metadata(request)
            left = packages_left(metadata, uses or {}, index)
            packages = (*left, *packages_removed(metadata, left))
            if sbom_in_image:
                document = compose_sbom(SUBJECT, left, metadata.system)
                metadata = with_sbom(metadata, request, document)
            check_promises(metadata, index)
            layer = None if above is None else metadata_above(request, metadata, above)
            self._write_out(metadata, slim)
        return Described(
            metadata=metadata, before=before, slim=slim, packages=packages, above=layer
        )

    def _write_out(self, metadata: PackageMetadata, slim: Path) -> None:
        for path in metadata.keep.reasons:
            source, place = self.root / path.lstrip("/"), slim / path.lstrip("/")
            if path in metadata.content:
                place.write_bytes(metadata.content[path])
            elif path in metadata.entries or (source.is_dir() and not source.is_symlink()):
                place.mkdir(exist_ok=True)
            else:
                shutil.copy2(source, place, follow_symlinks=False)


def check_promises(metadata: PackageMetadata, index: RootfsIndex) -> None:
    """What holds for everything that the stage gives."""
    reasons = metadata.keep.reasons
    assert list(reasons) == sorted(reasons)
    for path, why in reasons.items():
        assert path in index or path in metadata.entries
        assert path == "/" or (path.rpartition("/")[0] or "/") in reasons, f"{path} has no parent"
        assert why
        assert all(reason.because in reasons for reason in why if reason.because), (path, why)
    for path, content in metadata.content.items():
        entry = metadata.entries[path]
        assert (entry.type, entry.size) == (EntryType.FILE, len(content))
        assert any(reason.rule == "package-metadata" for reason in reasons[path])
    for component in metadata.components:
        assert component.described_by in reasons or not component.described_by
        assert 0 < component.kept_files <= component.total_files


def _files(index: RootfsIndex, keep: KeepSet) -> Iterable[str]:
    return [
        path
        for path in keep.reasons
        if (entry := index.get(path)) is not None and entry.type is EntryType.FILE
    ]


@pytest.fixture
def original(tmp_path: Path) -> OriginalTree:
    return OriginalTree(tmp_path)
