"""Two indexes and two configurations: the same is the same, and any field that differs is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from slimmer.files import ContainerMarks
from slimmer.values import Entry, EntryType
from slimmer.verify.fidelity import (
    Difference,
    Expected,
    configuration_differences,
    content_differences,
    file_differences,
)

SECOND = 10**9


def entry(path: str, kind: EntryType = EntryType.FILE, **values: Any) -> Entry:
    fields = {"mode": 0o644, "uid": 0, "gid": 0, "size": 0, "mtime_ns": 7 * SECOND}
    return Entry(**{**fields, "path": path, "type": kind, **values})


ENTRIES = {
    each.path: each
    for each in (
        entry("/", EntryType.DIRECTORY, mode=0o755),
        entry("/app", EntryType.DIRECTORY, mode=0o755),
        entry("/app/tool", mode=0o4755, uid=5, gid=6, size=100, xattrs=(("user.a", b"1"),)),
        entry("/app/link", EntryType.SYMLINK, mode=0o777, link_target="tool"),
        entry("/app/one", inode=1, link_count=2),
        entry("/app/two", inode=1, link_count=2),
        entry("/app/null", EntryType.CHARACTER_DEVICE, device=(1, 3)),
        entry("/proc", EntryType.DIRECTORY, mode=0o555),
    )
}


def differences(found: dict[str, Entry], **expected: Any) -> list[tuple[str, str, str, str]]:
    return [
        (each.place, each.field, each.expected, each.found)
        for each in file_differences(Expected(entries=ENTRIES, **expected), found)
    ]


def changed(path: str, **values: Any) -> dict[str, Entry]:
    return {**ENTRIES, path: replace(ENTRIES[path], **values)}


def test_the_same_is_the_same() -> None:
    assert differences(dict(ENTRIES)) == []


@pytest.mark.parametrize(
    ("path", "values", "named"),
    [
        ("/app/tool", {"mode": 0o755}, ("mode", "4755", "0755")),
        ("/app/tool", {"uid": 0}, ("owner", "5:6", "0:6")),
        ("/app/tool", {"size": 99}, ("size", "100", "99")),
        ("/app/tool", {"mtime_ns": 8 * SECOND}, ("mtime", "7", "8")),
        ("/app/tool", {"mtime_ns": 7 * SECOND + 1}, ("mtime", "7", "7.000000001")),
        ("/app/tool", {"xattrs": ()}, ("extended attribute user.a", "0x31", "missing")),
        (
            "/app/tool",
            {"xattrs": (("user.a", b"1"), ("user.b", b""))},
            ("extended attribute user.b", "missing", "0x"),
        ),
        ("/app/link", {"link_target": "/tool"}, ("link target", "'tool'", "'/tool'")),
        ("/app/null", {"device": (1, 5)}, ("device", "1:3", "1:5")),
        ("/app/null", {"type": EntryType.FIFO}, ("type", "a character device", "a fifo")),
        ("/proc", {"type": EntryType.FILE}, ("type", "a directory", "a file")),
    ],
)
def test_a_field_that_differs_is_named(
    path: str, values: dict[str, Any], named: tuple[str, ...]
) -> None:
    assert differences(changed(path, **values)) == [(path, *named)]


def test_a_name_that_is_a_file_of_its_own_is_no_hard_link() -> None:
    assert differences(changed("/app/two", inode=0, link_count=1)) == [
        ("/app/one", "hard links", "/app/one = /app/two", "a file of one name"),
        ("/app/two", "hard links", "/app/one = /app/two", "a file of one name"),
    ]
    # Numbers of inodes differ between file systems, and names outside do not count.
    both = {"inode": 77, "link_count": 9}
    assert differences({**changed("/app/one", **both), **{"/app/two": replace(
        ENTRIES["/app/two"], **both)}}) == []  # fmt: skip


def test_links_and_fifos_of_two_names_are_looked_at_too() -> None:
    one = entry("/app/fifo", EntryType.FIFO, inode=5, link_count=2)
    two = replace(one, path="/app/other")
    expected = Expected(entries={**ENTRIES, one.path: one, two.path: two})
    split = {**expected.entries, two.path: replace(two, inode=6, link_count=1)}
    assert [each.field for each in file_differences(expected, split)] == ["hard links"] * 2


def test_paths_too_many_and_too_few() -> None:
    found = {path: each for path, each in ENTRIES.items() if path != "/app/tool"}
    found["/extra"] = entry("/extra")
    assert differences(found) == [
        ("/app/tool", "the path", "a file", "missing"),
        ("/extra", "the path", "in the image", "a file"),
    ]


def test_what_engines_make_for_every_container_does_not_count() -> None:
    found = {
        **changed("/app", mtime_ns=99 * SECOND),
        "/sys": entry("/sys", EntryType.DIRECTORY),
        "/run/.containerenv": entry("/run/.containerenv"),
        "/app/tool": replace(
            ENTRIES["/app/tool"], xattrs=(("security.selinux", b"s"), ("user.a", b"1"))
        ),
    }
    assert differences(found, marks=ContainerMarks(touched={"/app", "/sys"})) == []
    found["/sys"] = entry("/sys")
    assert differences(found, marks=ContainerMarks(touched={"/app", "/sys"})) == [
        ("/sys", "the path", "in the image", "a file")
    ]


def test_times_are_whole_seconds_that_source_date_epoch_clamps() -> None:
    exact = changed("/app/tool", mtime_ns=7 * SECOND + 999)
    expected = Expected(entries=exact, latest=5)
    at_five = {path: replace(each, mtime_ns=5 * SECOND) for path, each in ENTRIES.items()}
    assert list(file_differences(expected, at_five)) == []
    assert len(list(file_differences(expected, ENTRIES))) == len(ENTRIES) - 1, "all but /proc"


def test_content_and_configuration() -> None:
    assert list(content_differences(["/a"], {"/a": b"1" * 32}, {"/a": b"1" * 32})) == []
    due, there = {"/a": b"1" * 32, "/b": b""}, {"/a": b"2" * 32, "/b": b""}
    (found,) = content_differences(["/a", "/b"], due, there)
    assert (found.place, found.field) == ("/a", "content (BLAKE2b)")
    assert list(configuration_differences({"Cmd": ["a"]}, {"Cmd": ["a"]})) == []
    assert list(configuration_differences({"Cmd": ["a"]}, {"User": "x"})) == [
        Difference(place="Cmd", field="configuration", expected='["a"]', found="null"),
        Difference(place="User", field="configuration", expected="null", found='"x"'),
    ]
