"""The trace of one platform, said of the image for another."""

from __future__ import annotations

import dataclasses

import pytest

from slimmer.files import RootfsIndex
from slimmer.trace.saved import on_platform
from slimmer.values import Entry, EntryType, Repair
from tests.unit.trace.saved.examples import saved, seen, use

LIBRARIES = "/usr/lib/aarch64-linux-gnu"


def index(*files: str, links: tuple[tuple[str, str], ...] = ()) -> RootfsIndex:
    folders = {"/"}
    for path in (*files, *(link for link, _ in links)):
        parts = path.split("/")
        folders |= {"/".join(parts[:number]) for number in range(2, len(parts))}

    def entry(path: str, kind: EntryType, target: str = "") -> Entry:
        return Entry(
            path=path, type=kind, mode=0o755, uid=0, gid=0, size=1, mtime_ns=0, link_target=target
        )

    return RootfsIndex(
        [
            *(entry(path, EntryType.DIRECTORY) for path in sorted(folders)),
            *(entry(path, EntryType.FILE) for path in files),
            *(entry(path, EntryType.SYMLINK, target) for path, target in links),
        ]
    )


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/usr/lib/x86_64-linux-gnu/libz.so.1", f"{LIBRARIES}/libz.so.1"),
        ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"),
        ("/usr/lib/jvm/java-17-openjdk-amd64/lib/libjvm.so",
         "/usr/lib/jvm/java-17-openjdk-arm64/lib/libjvm.so"),
        ("/app/_c.cpython-311-x86_64-linux-gnu.so", "/app/_c.cpython-311-aarch64-linux-gnu.so"),
        ("/app/node_modules/@img/sharp-linux-x64/lib/sharp-linux-x64.node",
         "/app/node_modules/@img/sharp-linux-arm64/lib/sharp-linux-arm64.node"),
        ("/app/prebuilds/linux-x64/a.node", "/app/prebuilds/linux-arm64/a.node"),
        ("/lib/ld-musl-x86_64.so.1", "/lib/ld-musl-aarch64.so.1"),
    ],
)  # fmt: skip
def test_names_that_have_the_architecture_in_them(path: str, name: str) -> None:
    trace = saved({path: seen(use(program=path))})
    found, renamed = on_platform(trace, "linux/arm64/v8", index(name))
    assert (list(found.paths), renamed) == ([name], 1)
    assert [each.program for each in found.paths[name].uses] == [name]


@pytest.mark.parametrize("path", ["/srv/x64", "/srv/x86_64.txt", "/etc/hosts", "/app/max64/a"])
def test_a_name_stays_where_the_image_has_no_other(path: str) -> None:
    found, renamed = on_platform(saved({path: seen()}), "linux/arm64", index("/app/marm64/a"))
    assert (list(found.paths), renamed) == ([path], 0)


def test_what_both_have_is_one_path() -> None:
    one, other = f"{LIBRARIES}/a.so", "/usr/lib/x86_64-linux-gnu/a.so"
    trace = saved({one: seen(use("boot")), other: seen(use("shutdown"))})
    found, _ = on_platform(trace, "linux/arm64", index(one))
    assert set(found.paths[one].uses) == {use("boot"), use("shutdown")}


def test_what_was_learnt_of_the_other_images_is_left_out() -> None:
    repair = Repair(path="/usr/lib/x86_64-linux-gnu/a.so", program="/bin/app", phase="boot")
    trace = saved({"/a": seen()}, repairs=(repair,))
    found, _ = on_platform(trace, "linux/arm64", index(f"{LIBRARIES}/a.so"))
    assert [each.path for each in found.repairs] == [f"{LIBRARIES}/a.so"]
    assert (found.passed, found.calls) == ((), ())


def test_it_goes_back() -> None:
    path = "/lib64/ld-linux-x86-64.so.2"
    trace = saved({"/lib/ld-linux-aarch64.so.1": seen()})
    there = dataclasses.replace(trace.identity, platform="linux/arm64/v8")
    found, _ = on_platform(dataclasses.replace(trace, identity=there), "linux/amd64", index(path))
    assert list(found.paths) == [path]
