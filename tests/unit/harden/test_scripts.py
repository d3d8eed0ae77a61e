"""What start scripts say that they write, whether a probe made them do it or not."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import BinaryIO

import pytest

from slimmer.harden import Candidate, announced_in
from slimmer.shell import read_script
from slimmer.values import Access, PlaceKind, Sighting, Source, Trace
from tests.unit.harden.application import Trials, directory, entry, ground

START = b"""\
#!/bin/sh
if [ -n "$PASSWORD" ]; then
    mkdir -p /etc/app/members
    echo "$PASSWORD" > /etc/app/members/passwords
fi
envsubst < /in > "/var/www/conf/$name"
echo done > /dev/stderr
"""


class Files:
    """The content of these files."""

    def __init__(self, **files: bytes) -> None:
        self._files = {f"/{name.replace('_', '.')}": text for name, text in files.items()}

    def fetch(self, paths: Iterable[str]) -> None:
        assert set(paths) <= self._files.keys()

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self._files[path])

    def head(self, path: str, size: int) -> bytes:
        return self._files[path][:size]


def trace(*seen: tuple[str, Access]) -> Trace:
    return Trace(
        sources=frozenset(),
        missing_sources={},
        phases=("boot",),
        sightings=tuple(
            Sighting(path=path, access=access, phase="boot", program="", source=Source.NOTIFY)
            for path, access in seen
        ),
        exit_status=None,
        records=len(seen),
    )


def announced(seen: str, access: Access, **files: bytes) -> dict[str, str]:
    kept = {path: entry(path, size=1) for path in (seen,)}
    return announced_in(trace((seen, access)), kept, Files(**files))


def test_all_branches_of_a_script_that_was_executed() -> None:
    found = announced("/start", Access.EXECUTE, start=START)
    assert sorted(found) == [
        "/dev/stderr",
        "/etc/app/members/*",
        "/etc/app/members/passwords",
        "/var/www/conf/*",
    ]
    assert found["/etc/app/members/passwords"].startswith("/start writes ")


def test_a_script_that_another_one_reads() -> None:
    assert announced("/lib.sh", Access.OPEN, lib_sh=b"touch /var/x/y\n")
    assert not announced("/lib.sh", Access.LOOKUP, lib_sh=b"touch /var/x/y\n")


@pytest.mark.parametrize(
    "text", [b"#!/usr/bin/python3\nopen('/var/x/y', 'w')\n", b"\x7fELF > /var/x/y"]
)
def test_what_is_no_script_of_a_shell(text: bytes) -> None:
    assert announced("/start", Access.EXECUTE, start=text) == {}


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ("cp -r a b /x/y", {"/x/y"}),
        ("sed -i s/a/b/ /etc/z", {"/etc/z"}),
        ("sed s/a/b/ /etc/z", set()),
        ("cat /a | tee -a /b >>/c 2>&1", {"/b", "/c"}),
        ("cat <<END >/etc/h\nx\nEND", {"/etc/h"}),
        ("exec env A=b touch /run/t", {"/run/t"}),
        ("sort </in >relative", set()),
    ],
)
def test_what_commands_write(line: str, written: set[str]) -> None:
    assert read_script(line).written == written


IMAGE = ground(
    entry("/bin/app"),
    entry("/etc/app/app.conf"),
    directory("/var/www/conf"),
)
WANTED = {"/etc/app/members/passwords": "because", "/var/www/conf/*": "because"}


def test_places_for_it_are_given_without_need() -> None:
    found = Trials(lambda _: "").find(IMAGE, announced=WANTED)
    assert [(each.path, each.kind, each.is_needed) for each in found.places] == [
        ("/etc/app/members", PlaceKind.TMPFS, False),
        ("/tmp", PlaceKind.TMPFS, True),
        ("/var/www/conf", PlaceKind.TMPFS, False),
    ]


def test_a_directory_that_was_created_in_is_tried_only_where_nothing_else_does() -> None:
    """A saved trace names the directory, and not what was new in it."""
    pictures = ground(entry("/bin/app"), entry("/pictures/in.png"))
    written = {"/pictures": "it was written"}

    def application(candidate: Candidate) -> str:
        paths = {each.path for each in candidate.places}
        return "" if "/pictures" in paths or not candidate.read_only else "no out.png"

    found = Trials(application).find(pictures, written)
    assert found.read_only
    assert ("/pictures", PlaceKind.VOLUME) in [(each.path, each.kind) for each in found.places]
    indifferent = Trials(lambda _: "").find(pictures, written)
    assert [each.path for each in indifferent.places] == ["/tmp"]


def test_places_that_disturb_are_left_out_again() -> None:
    def application(candidate: Candidate) -> str:
        paths = {each.path for each in candidate.places}
        return "there are members: read-only file system" if "/etc/app/members" in paths else ""

    found = Trials(application).find(IMAGE, announced=WANTED)
    assert found.read_only
    assert [each.path for each in found.places] == ["/tmp"]
