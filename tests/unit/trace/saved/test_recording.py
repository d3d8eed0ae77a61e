"""From a run to what is saved of it: the same keep-set, without what belongs to the one run; and
what is told when the image is another one later."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from slimmer.ecosystems import DEPENDENCY_FOLDERS, RULEBOOK
from slimmer.files import read_packages
from slimmer.keep import KeepRequest, decide
from slimmer.probing.kinds import ExecProbe, HttpProbe
from slimmer.trace.saved import (
    Change,
    Kind,
    SavedTrace,
    differences,
    drift,
    from_bytes,
    identity_of,
    record,
    to_bytes,
)
from slimmer.values import Access, Original, Sighting, Source, Trace
from tests.unit.files.serving import indexed
from tests.unit.keep.image_tree import ImageTree, tree

__all__ = ["tree"]

LAYERS = tuple("sha256:" + digit * 64 for digit in "123")
PROBES = (HttpProbe(name="GET /", path="/"), ExecProbe(name="exec id", command=("id",)))
PHASES = ("boot", "GET /", "exec id", "shutdown")


def original(layers: tuple[str, ...] = LAYERS, **config: object) -> Original:
    return Original(
        reference="my-app:1",
        id="sha256:0",
        config={"Cmd": ["/app/main"], **config},
        architecture="arm64",
        variant="v8",
        os="linux",
        created="",
        size=1,
        layers=layers,
    )


def sighting(
    path: str,
    access: Access = Access.OPEN,
    phase: str = "exec id",
    program: str = "/app/main",
    source: Source = Source.NOTIFY,
) -> Sighting:
    return Sighting(path=path, access=access, phase=phase, program=program, source=source)


def trace_of(sightings: Sequence[Sighting]) -> Trace:
    return Trace(
        sources=frozenset(Source),
        missing_sources={},
        phases=PHASES,
        sightings=tuple(sightings),
        exit_status=None,
        records=len(sightings),
    )


def recorded(tree: ImageTree, folder: Path, *sightings: Sighting) -> SavedTrace:
    """What is saved; checks that it keeps what the run itself would have kept, and comes back."""
    with indexed(tree.root, folder / "spool") as (index, content):
        trace = trace_of(sightings)
        saved = record(
            original(), trace, PROBES, port=80, ready_seconds=0.3, exit_status=None,
            index=index, content=content, packages=read_packages(index, content),
            dependency_folders=DEPENDENCY_FOLDERS,
        )  # fmt: skip
        kept = [
            set(
                decide(
                    KeepRequest(index=index, content=content, config={}, trace=each), RULEBOOK
                ).reasons
            )
            for each in (trace, saved.trace())
        ]
    assert kept[0] == kept[1]
    assert from_bytes(to_bytes(saved), "x") == saved
    return saved


def test_each_path_has_what_it_led_to(tree: ImageTree, tmp_path: Path) -> None:
    tree.add("/app/main", "code")
    tree.link("/main", "app/main")
    tree.link("/nowhere", "gone")
    paths = ("/main", "/app", "/app/none", "/nowhere")
    saved = recorded(tree, tmp_path, *(sighting(path) for path in paths))
    assert {path: seen.fact.kind for path, seen in saved.paths.items()} == {
        "/app": Kind.DIRECTORY,
        "/app/none": Kind.MISSING,
        "/main": Kind.FILE,
        "/nowhere": Kind.MISSING,
    }
    fact = saved.paths["/main"].fact
    assert fact.size == 4
    assert fact.digest == "sha256:" + hashlib.sha256(b"code").hexdigest()


def test_names_that_the_run_made_up_stand_for_their_directory(
    tree: ImageTree, tmp_path: Path
) -> None:
    tree.directory("/tmp", "/var", "/run", "/proc", "/dev")
    tree.link("/var/run", "/run")
    tree.link("/etc/mtab", "/proc/self/mounts")
    saved = recorded(
        tree,
        tmp_path,
        sighting("/tmp/x7f3a", Access.CREATE),
        sighting("/tmp/x7f3a/part", Access.LOOKUP),
        sighting("/tmp/opened-by-fanotify", source=Source.FANOTIFY),
        sighting("/var/run/app.pid", Access.CREATE),
        sighting("/proc/17/status"),
        sighting("/dev/shm/sem.1"),
        sighting("/etc/mtab"),
        sighting("/tmp/config-that-is-not-there"),
        sighting("/tmp/../tmp/y/../z", Access.CREATE),
    )
    assert list(saved.paths) == [
        "/dev",
        "/etc/mtab",
        "/proc",
        "/tmp",
        "/tmp/../tmp",
        "/tmp/config-that-is-not-there",
        "/var/run",
    ]


def test_a_file_of_the_image_that_is_written_keeps_its_name(
    tree: ImageTree, tmp_path: Path
) -> None:
    tree.add("/var/log/app.log")
    saved = recorded(tree, tmp_path, sighting("/var/log/app.log", Access.CREATE))
    assert list(saved.paths) == ["/var/log/app.log"]


def test_the_sensor_is_not_saved(tree: ImageTree, tmp_path: Path) -> None:
    tree.add("/app/main", mode=0o755)
    saved = recorded(
        tree,
        tmp_path,
        sighting("/.slim/sensor", Access.EXECUTE),
        sighting("/app/main", Access.EXECUTE, program="/.slim/sensor"),
        # fanotify may name either of the two programs of an exec.
        sighting("/app/main", Access.EXECUTE, source=Source.FANOTIFY),
    )
    assert list(saved.paths) == ["/app/main"]
    assert {use.program for use in saved.paths["/app/main"].uses} == {""}
    assert b".slim" not in to_bytes(saved)


def test_what_the_first_probe_met_of_the_boot_is_up_to_chance(
    tree: ImageTree, tmp_path: Path
) -> None:
    for name in "abc":
        tree.add(f"/{name}")
    slow = [sighting("/a", phase="boot"), sighting("/b", phase="GET /"), sighting("/c")]
    quick = [sighting("/c"), sighting("/b", phase="boot"), sighting("/a", phase="boot")]
    texts = []
    for number, sightings in enumerate((slow, quick)):
        (folder := tmp_path / str(number)).mkdir()
        saved = recorded(tree, folder, *sightings)
        assert saved.phases == ("boot", "exec id", "shutdown")
        texts.append(to_bytes(saved))
    assert texts[0] == texts[1]


@pytest.mark.parametrize(("seconds", "step"), [(0, 2), (2, 2), (2.1, 5), (59, 60), (9e9, 3600)])
def test_how_long_it_took_is_saved_in_steps(seconds: float, step: int) -> None:
    from slimmer.trace.saved import ready_step

    assert ready_step(seconds) == step


def test_an_image_is_known_by_layers_configuration_and_platform() -> None:
    saved = identity_of(original())
    assert saved.platform == "linux/arm64/v8"
    assert list(differences(saved, identity_of(original()))) == []
    changed = original((LAYERS[0], LAYERS[1], "sha256:" + "4" * 64), Env=["A=1"])
    layers, configuration = differences(saved, identity_of(changed))
    assert "the same up to number 2 of 3" in layers
    assert "configuration" in configuration
    (layers,) = differences(saved, identity_of(original(LAYERS[1:])))
    assert "all of its layers" in layers
    (layers,) = differences(saved, identity_of(original(LAYERS[:2])))
    assert "the same up to number 2 of 2" in layers


def test_what_it_stands_on_is_saved_without_what_is_its_own(
    tree: ImageTree, tmp_path: Path
) -> None:
    for path in (
        *("/app/main.py", "/app/vendor/copied.js", "/app/node_modules/@a/b/node_modules/c/x.js"),
        *("/lib/site-packages/click/core.py", "/lib/site-packages/click/__pycache__/core.x.pyc"),
        *("/lib/site-packages/six.py", "/srv/vendor/composer/installed.json", "/srv/vendor/x/y"),
    ):
        tree.add(path, "1")
    contents = recorded(tree, tmp_path, sighting("/app/main.py")).identity.contents
    assert contents is not None
    assert list(contents.installed) == [
        "/app/node_modules/@a/b",
        "/lib/site-packages/click",
        "/lib/site-packages/six.py",
        "/srv/vendor/composer",
        "/srv/vendor/x",
    ]
    assert list(contents.settings) == ["Cmd"]


def test_drift_tells_each_seen_path_that_is_another_one(tree: ImageTree, tmp_path: Path) -> None:
    for name in ("same", "longer", "other", "gone", "directory"):
        tree.add(f"/{name}", "1234")
    tree.link("/link", "same")
    tree.add("/unseen", "1")
    names = ("same", "longer", "other", "gone", "directory", "new", "link", "never")
    saved = recorded(tree, tmp_path, *(sighting(f"/{name}") for name in names))

    tree.add("/longer", "12345")
    tree.add("/other", "4321")
    tree.add("/new")
    tree.add("/unseen", "2")
    for name in ("gone", "directory", "link"):
        (tree.root / name).unlink()
    tree.directory("/directory")
    tree.link("/link", "./same")
    with indexed(tree.root, tmp_path / "later") as (index, content):
        found = {each.path: each.change for each in drift(saved, index, content)}

    assert found == {
        "/directory": Change.TYPE,
        "/gone": Change.GONE,
        "/longer": Change.CONTENT,
        "/new": Change.NEW,
        "/other": Change.CONTENT,
    }
