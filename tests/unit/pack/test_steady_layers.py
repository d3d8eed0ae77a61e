"""A layer changes only when what it holds for its own sake changes: rebuilds of one image, in which
each step leaves its own time on whatever it touches."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import pytest

from slimmer.ecosystems import DEPENDENCY_FOLDERS
from slimmer.pack import plan_layer, plan_layers, plans_above
from slimmer.pack.layer_writer import write_layer
from slimmer.values import Entry, EntryType, LayerPlan
from tests.unit.pack.directory_tree import TreeContent

BASE, PACKAGES, DEPENDENCIES, APPLICATION = 1000, 2000, 3000, 4000
"""When each step of the image ran, in seconds."""

TOOLS = ("/usr/bin/sh", "/usr/bin/ls")


class Rebuilt:
    """A Node application on a distribution, as steps of a Dockerfile leave it behind."""

    def __init__(self, tree: Path, *, dependencies: int = 0, application: int = 0) -> None:
        """How much later than at first the steps ran."""
        self.entries: dict[str, Entry] = {}
        self.owned = {"/usr/bin/node", "/etc/default/node", *TOOLS}
        self._tree = tree
        for path in (*self.owned, "/usr/local/lib/libown.so"):
            self.step(BASE, path)
        self.step(PACKAGES, "/var/lib/dpkg/status", "/etc/passwd")
        moment = DEPENDENCIES + dependencies
        # The archives of npm have a time of their own, as those of Debian have.
        self.step(900, "/app/node_modules/express/index.js", "/usr/bin/node")
        self.touch(moment, "/app", "/app/node_modules", "/app/node_modules/express", "/usr/local")
        moment = APPLICATION + application
        self.step(moment, "/app/server.js", "/etc/group", "/root/.cache")
        self.touch(moment, "/", "/app", "/etc", "/root", "/dev", "/proc", "/usr/local/lib")

    def step(self, moment: int, *files: str) -> None:
        for path in files:
            real = self._tree / path[1:]
            real.parent.mkdir(parents=True, exist_ok=True)
            real.write_text(path)
            self.put(path, EntryType.FILE, moment, size=real.stat().st_size)
            while path != "/":
                path = path.rpartition("/")[0] or "/"
                if path not in self.entries:
                    self.touch(moment, path)

    def touch(self, moment: int, *folders: str) -> None:
        for path in folders:
            self.put(path, EntryType.DIRECTORY, moment)

    def put(self, path: str, type_: EntryType, moment: int, size: int = 0) -> None:
        self.entries[path] = Entry(
            path=path,
            type=type_,
            mode=0o755,
            uid=0,
            gid=0,
            size=size,
            mtime_ns=moment * 10**9 + 123,
        )

    def plans(self) -> dict[str, tuple[LayerPlan, ...]]:
        """Those of the slim image and of its debug image."""
        planning = plan_layers(
            self.entries.get,
            self.entries.keys() - {*TOOLS},
            lambda path: "package" if path in self.owned else None,
            dependency_folders=DEPENDENCY_FOLDERS,
            working_directory="/app",
        )
        tools = plan_layer("debug", self.entries.get, TOOLS)
        above = plans_above(tools, planning.system_finished)
        return {"slim": planning.layers, "debug": (*planning.layers, *above)}

    def layers(self, folder: Path) -> dict[str, str]:
        """Name → digest, of the debug image's layers, which are the slim one's and more."""
        content = TreeContent(self._tree)
        return {
            plan.name: write_layer(plan, content, folder).digest for plan in self.plans()["debug"]
        }


@pytest.fixture
def first(tmp_path: Path) -> Rebuilt:
    return Rebuilt(tmp_path / "first")


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    assert before.keys() == after.keys()
    return {name for name in before if before[name] != after[name]}


def test_a_changed_application_leaves_the_layers_below_and_the_tools_alone(
    first: Rebuilt, tmp_path: Path
) -> None:
    later = Rebuilt(tmp_path / "later", application=500)

    before, after = first.layers(tmp_path), later.layers(tmp_path)

    assert list(before) == ["system", "dependencies", "application", "debug", "directories"]
    assert changed(before, after) == {"application", "directories"}


def test_an_upgraded_dependency_leaves_the_system_and_the_tools_alone(
    first: Rebuilt, tmp_path: Path
) -> None:
    later = Rebuilt(tmp_path / "later", dependencies=100, application=500)

    assert changed(first.layers(tmp_path), later.layers(tmp_path)) == {
        *("dependencies", "application", "directories")
    }


@pytest.mark.parametrize("kind", ["slim", "debug"])
def test_a_container_sees_every_directory_as_the_original_has_it(first: Rebuilt, kind: str) -> None:
    first.entries["/app"] = dataclasses.replace(first.entries["/app"], mode=0o2750, uid=33)
    first.entries["/etc"] = dataclasses.replace(
        first.entries["/etc"], gid=7, xattrs=(("user.note", b"x"),)
    )

    seen = {entry.path: entry for plan in first.plans()[kind] for entry in plan.entries}

    missing = {*TOOLS} if kind == "slim" else set()
    assert seen == {path: first.entries[path] for path in first.entries.keys() - missing}


def test_a_layer_says_of_others_directories_only_that_they_are_there(first: Rebuilt) -> None:
    system, dependencies, *_ = first.plans()["slim"]

    for plan, passed in ((system, ("/", "/etc", "/dev")), (dependencies, ("/", "/app"))):
        entries = {entry.path: entry for entry in plan.entries}
        for path in passed:
            assert (entries[path].mtime_ns, entries[path].mode) == (0, 0o755)


def test_a_directory_that_no_later_step_touched_lies_in_its_own_layer_alone(first: Rebuilt) -> None:
    having: dict[str, list[str]] = {"/etc/default": [], "/app/node_modules/express": []}

    for plan in first.plans()["slim"]:
        for entry in plan.entries:
            if entry.path in having:
                having[entry.path].append(plan.name)

    assert having == {
        "/etc/default": ["system"],
        "/app/node_modules/express": ["dependencies"],
    }


def test_what_a_later_step_wrote_among_the_systems_files_is_not_the_systems(first: Rebuilt) -> None:
    """As `useradd` behind a COPY does, and whoever edits a file that a package brought."""
    first.step(APPLICATION, "/etc/default/node")

    layer = {
        entry.path: plan.name
        for plan in first.plans()["slim"]
        for entry in plan.entries
        if entry.type is EntryType.FILE
    }

    assert layer["/etc/passwd"] == "system"
    assert (layer["/etc/group"], layer["/etc/default/node"]) == ("application", "application")
    # A language that was installed from its source is no afterthought.
    assert layer["/usr/local/lib/libown.so"] == "system"


def test_a_database_that_is_older_than_all_packages_says_nothing(first: Rebuilt) -> None:
    """As where a builder gives everything that it writes the same old time."""
    first.step(0, "/var/lib/dpkg/status")

    system = first.plans()["slim"][0]

    assert {"/etc/default/node", "/etc/passwd"} <= {entry.path for entry in system.entries}
