"""Root file systems for tests, made of real files, and decisions over them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from slimmer.ecosystems import RULEBOOK
from slimmer.files import read_packages
from slimmer.keep import KeepRequest, decide
from slimmer.values import Access, KeepSet, Sighting, Source, Strategy, Trace
from tests.unit.files.serving import indexed


def seen(
    *paths: str, access: Access = Access.OPEN, phase: str = "boot", program: str = "/bin/app"
) -> tuple[Sighting, ...]:
    return tuple(
        Sighting(path=path, access=access, phase=phase, program=program, source=Source.NOTIFY)
        for path in paths
    )


def trace_of(sightings: Iterable[Sighting]) -> Trace:
    sightings = tuple(sightings)
    return Trace(
        sources=frozenset(Source),
        missing_sources={},
        phases=("boot", "shutdown"),
        sightings=sightings,
        exit_status=None,
        records=len(sightings),
    )


class ImageTree:
    """A directory that stands for an image's root."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def add(self, path: str, content: str | bytes = b"", mode: int = 0o644) -> None:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        place.chmod(mode)

    def directory(self, *paths: str) -> None:
        for path in paths:
            (self.root / path.lstrip("/")).mkdir(parents=True, exist_ok=True)

    def is_directory(self, path: str) -> bool:
        return (self.root / path.lstrip("/")).is_dir()

    def link(self, path: str, target: str) -> None:
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(target)

    def package(self, name: str, *paths: str, fields: str = "") -> None:
        """Make `name` an installed package of dpkg that owns these paths."""
        status = self.root / "var/lib/dpkg/status"
        status.parent.joinpath("info").mkdir(parents=True, exist_ok=True)
        stanza = f"Package: {name}\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n"
        with status.open("a") as stream:
            stream.write(f"{stanza}{fields}\n")
        self.add(f"/var/lib/dpkg/info/{name}.list", "".join(f"{path}\n" for path in paths))

    def compile(self, path: str, source: str, *options: str, shared: bool = False) -> None:
        """Compile C to `path`. Options may say `{root}` for the tree's directory."""
        place = self.root / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        given = [option.replace("{root}", str(self.root)) for option in options]
        command = ["gcc", "-x", "c", "-", "-o", str(place), "-x", "none", *given]
        if shared:
            command += ["-shared", "-fPIC"]
        subprocess.run(command, input=source.encode(), check=True)

    def decide(self, *sightings: Sighting, **options: Any) -> KeepSet:
        """What is kept; options as in KeepRequest."""
        return self._decisions(sightings, options)[0]

    def gained(
        self,
        rule: str,
        *sightings: Sighting,
        strategy: Strategy = Strategy.BALANCED,
        **options: Any,
    ) -> set[str]:
        """The paths that are kept because of one rule: with it, and not without it. Rules that
        know nothing but whose a file is, and what is a link, would hide what the others do."""
        aside = frozenset({"own-files", "unseen-link", "basic-tools"} - {rule})
        given = {"strategy": strategy, "without_rules": aside, **options}
        without = {**given, "without_rules": frozenset({rule, *given["without_rules"]})}
        kept, rest = self._decisions(sightings, given, without)
        return set(kept.reasons) - set(rest.reasons)

    def _decisions(
        self, sightings: Iterable[Sighting], *several_options: Mapping[str, Any]
    ) -> list[KeepSet]:
        keep_sets = []
        with (
            tempfile.TemporaryDirectory() as spool,
            indexed(self.root, Path(spool) / "spool") as (index, content),
        ):
            common: dict[str, Any] = {
                "index": index,
                "content": content,
                "trace": trace_of(sightings),
                "packages": read_packages(index, content),
                "config": {},
            }
            for options in several_options:
                keep_sets.append(decide(KeepRequest(**{**common, **options}), RULEBOOK))
                check_promises(keep_sets[-1], {entry.path for entry in index})
        return keep_sets


def check_promises(keep_set: KeepSet, existing: set[str]) -> None:
    """What holds for every keep-set, whatever was asked for."""
    kept = keep_set.reasons
    assert list(kept) == sorted(kept)
    for path, reasons in kept.items():
        assert path in existing
        assert path == "/" or (path.rpartition("/")[0] or "/") in kept, f"{path} has no parent"
        assert reasons
        for reason in reasons:
            assert reason.because in kept or not reason.because, (path, reason)
            assert reason.because != path, (path, reason)
    # Following the first reasons always ends at one that stands for itself.
    for path in kept:
        chain = [path]
        while because := kept[chain[-1]][0].because:
            assert because not in chain, chain
            chain.append(because)


def rules_of(keep_set: KeepSet, path: str) -> set[str]:
    return {reason.rule for reason in keep_set.reasons.get(path, ())}


@pytest.fixture
def tree(tmp_path: Path) -> ImageTree:
    root = tmp_path / "rootfs"
    root.mkdir()
    return ImageTree(root)
