"""What is kept is as it was: owners, modes, links, devices, attributes, volumes, directories."""

from __future__ import annotations

import io
import struct
import tarfile
from collections.abc import Callable
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import (
    BUSYBOX,
    MINIMAL,
    Ran,
    anonymous_volumes,
    command,
    exported,
    file_of,
    left_volumes,
)

pytestmark = pytest.mark.engine

CAPABILITY = struct.pack("<5I", 0x02000001, 1 << 10, 0, 0, 0)
"""security.capability, version 2: cap_net_bind_service, effective."""


def unusual_tree() -> bytes:
    """A tar with what packers commonly lose."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.PAX_FORMAT) as tar:

        def add(name: str, type: bytes, mode: int, data: bytes = b"", **fields: object) -> None:
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.size = type, mode, len(data)
            member.mtime = 1_234_567_890
            for key, value in fields.items():
                setattr(member, key, value)
            tar.addfile(member, io.BytesIO(data))

        add("tree", tarfile.DIRTYPE, 0o2775, uid=1234, gid=77)
        add("tree/empty", tarfile.DIRTYPE, 0o1700, uid=4321)
        add("tree/first", tarfile.REGTYPE, 0o640, b"shared bytes", uid=1234, gid=77)
        add("tree/linked", tarfile.LNKTYPE, 0o640, linkname="tree/first")
        add("tree/to-first", tarfile.SYMTYPE, 0o777, linkname="first", uid=1234)
        add("tree/dangling", tarfile.SYMTYPE, 0o777, linkname="../nowhere/at all")
        add("tree/setuid", tarfile.REGTYPE, 0o4755, b"#!/bin/sh\n", uid=1234)
        add("tree/setgid", tarfile.REGTYPE, 0o2755, b"#!/bin/sh\n", gid=77)
        add("tree/pipe", tarfile.FIFOTYPE, 0o622, gid=77)
        add("tree/device", tarfile.CHRTYPE, 0o666, devmajor=1, devminor=7)
        add("tree/disk", tarfile.BLKTYPE, 0o660, devmajor=7, devminor=200, gid=6)
        add("tree/caf\xe9\nnew line", tarfile.REGTYPE, 0o644, b"odd name")
        add(f"tree/{'long' * 50}", tarfile.REGTYPE, 0o644, b"long name")
        add(
            "tree/capable", tarfile.REGTYPE, 0o755, b"#!/bin/sh\n",
            pax_headers={"SCHILY.xattr.security.capability": CAPABILITY.decode("latin-1")},
        )  # fmt: skip
    return archive.getvalue()


def described(member: tarfile.TarInfo) -> dict[str, object]:
    """All of a tar entry but its place in the archive and its time: `docker export` tells times
    to the second, and of directories the engine's own."""
    return {
        "type": member.type,
        "mode": oct(member.mode),
        "owner": (member.uid, member.gid),
        "size": member.size,
        "link": member.linkname,
        "device": (member.devmajor, member.devminor),
        "attributes": {
            key: value for key, value in member.pax_headers.items() if key.startswith("SCHILY")
        },
        "time": None if member.isdir() else int(member.mtime),
    }


def test_all_of_a_file_survives(
    slim: Callable[..., Ran], image: Callable[..., str], client: docker.DockerClient
) -> None:
    name = image(
        f'FROM {BUSYBOX}\nADD tree.tar /\nCMD ["/bin/busybox", "true"]\n',
        {"tree.tar": unusual_tree()},
    )
    report = slim("build", name, *MINIMAL, "--include", "/tree").report
    original, slimmed = exported(client, name), exported(client, report["slim"]["reference"])
    paths = [path for path in original if path.startswith("/tree")]
    assert len(paths) == 14
    for path in paths:
        assert described(slimmed[path]) == described(original[path]), path
    capable = slimmed["/tree/capable"].pax_headers["SCHILY.xattr.security.capability"]
    assert capable.encode("utf-8", "surrogateescape") == CAPABILITY
    assert slimmed["/tree/device"].ischr()
    assert slimmed["/tree/linked"].islnk()


def test_only_kept_paths_are_in_the_image(
    slim: Callable[..., Ran], image: Callable[..., str], client: docker.DockerClient
) -> None:
    """The report's list of kept paths is the image's content: nothing else, nothing less."""
    name = image(f'FROM {BUSYBOX}\nCMD ["cat", "/etc/hostname"]\n')
    report = slim("build", name, *MINIMAL).report
    made_by_engine = {"/.dockerenv", "/dev", "/proc", "/sys", "/etc"}
    found = exported(client, report["slim"]["reference"])
    inside = {path for path in found if not path.startswith(("/dev/", "/etc/"))} - made_by_engine
    assert inside == {"/tmp", "/bin", "/bin/busybox", "/bin/cat"}
    assert inside == {entry["path"] for entry in report["kept"]} - made_by_engine - {"/"}


def test_directories_that_programs_write_into(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    """Nothing but the program's own calls mentions /var/log/deep/app and /srv/state."""
    name = image(
        f"FROM {BUSYBOX}\nCOPY start /start\n"
        "RUN mkdir -p /var/log/deep/app /srv/state /srv/unused && chown 1234 /var/log/deep/app "
        "/srv/state && chmod 700 /srv/state && mkdir /www\n"
        "USER 1234\nEXPOSE 8080\nCMD /start\n",
        {
            "start": b"#!/bin/sh\nset -e\necho started >>/var/log/deep/app/log\n"
            b"mkdir /srv/state/inner\nmv /var/log/deep/app/log /srv/state/inner/moved\n"
            b"exec httpd -f -p 8080 -h /srv/state/inner\n"
        },
    )
    ran = slim("build", name, *MINIMAL, "--http-probe", "/moved")
    assert ran.passed("slim") == ["GET /moved"]
    kept = {entry["path"] for entry in ran.report["kept"]}
    assert {"/var/log/deep/app", "/srv/state"} <= kept
    assert "/srv/unused" not in kept


def test_a_volume_keeps_its_content(
    slim: Callable[..., Ran], image: Callable[..., str], client: docker.DockerClient
) -> None:
    """The engine fills a new volume with what the image has there; and no run leaves a volume."""
    name = image(
        f"FROM {BUSYBOX}\nRUN mkdir -p /data/inner && echo kept >/data/inner/file && "
        "chown -R 1234:77 /data\n"
        'VOLUME /data\nCMD ["ls", "/"]\n'
    )
    before = anonymous_volumes(client)
    report = slim("build", name, *MINIMAL).report
    assert not left_volumes(client, before)
    member, content = file_of(client, report["slim"]["reference"], "/data/inner/file")
    assert content == b"kept\n"
    assert (member.uid, member.gid) == (1234, 77)


def test_include_include_file_and_exclude(
    slim: Callable[..., Ran], image: Callable[..., str], tmp_path: Path
) -> None:
    name = image(
        f"FROM {BUSYBOX}\nRUN mkdir -p /a/b /c /d && touch /a/b/one /a/two /c/three /c/four.tmp "
        '/d/five /d/six && ln -s /d/five /c/link\nCMD ["true"]\n'
    )
    (tmp_path / "list").write_text("# what the plugin reads\n/d/five\n\n/a/two\n")
    report = slim(
        "build", name, *MINIMAL,
        "--include", "/a/b", "--include", "/c", "--include-file", "list", "--exclude", "**/*.tmp",
    ).report  # fmt: skip
    listing = command(
        "docker", "run", "--rm", report["slim"]["reference"],
        "/bin/busybox", "find", "/a", "/c", "/d",
    )  # fmt: skip
    assert sorted(listing.split()) == sorted(
        ["/a", "/a/b", "/a/b/one", "/a/two", "/c", "/c/three", "/c/link", "/d", "/d/five"]
    )
    assert report["excluded"] == ["/c/four.tmp"]


def test_layers_tell_what_is_the_authors(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    """No package database: what lies above the base stays, whoever made it, and nothing else."""
    name = image(
        f"FROM {BUSYBOX}\n"
        "RUN mkdir -p /opt/plugins && echo x >/opt/plugins/late && echo y >/bin/tool\n"
        'CMD ["true"]\n'
    )
    ran = slim("build", name, "--json", "--no-debug")
    own = {
        each["path"]
        for each in ran.report["kept"]
        if any(reason["rule"] == "own-files" for reason in each["reasons"])
        and each["type"] == "file"
    }
    assert own == {"/opt/plugins/late", "/bin/tool"}
