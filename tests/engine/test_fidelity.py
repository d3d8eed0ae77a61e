"""Images that were tampered with between packing and loading: the fidelity check finds each, in
the real engine. The witness for good images is `docker export`."""

from __future__ import annotations

import io
import json
import os
import struct
import sys
import tarfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import docker
import pytest

from slimmer.build import assemble as assembly
from slimmer.build import build_image
from slimmer.engine import Session, connect
from slimmer.errors import PackingError
from slimmer.image import image_labels, read_original
from slimmer.keep.engine_paths import is_engine_artefact
from slimmer.options import BuildOptions, DebugImage
from slimmer.pack import (
    CombinedContent,
    assemble,
    pack_debug_image,
    pack_image,
    plan_layer,
    plan_layers,
    plans_above,
)
from slimmer.progress import console_progress
from slimmer.trace.run import FileServer
from slimmer.values import Content, Entry, EntryType, Fidelity, ImageKind, Original, PackedImage
from slimmer.verify import Blueprint, check_fidelity, load_images
from slimmer.verify.fidelity import MOUNTED
from tests.engine.conftest import BUSYBOX, Ran, State, exported
from tests.unit.pack.directory_tree import nobody_owns

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes files of foreign owners"),
]

CAPABILITY = struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0)
DOCKERFILE = """\
FROM scratch
MAINTAINER somebody
ADD tree.tar /
VOLUME /data
WORKDIR /app
ENV NAME=world
USER 1234
HEALTHCHECK --interval=5s CMD ["/app/setuid"]
ENTRYPOINT ["/app/setuid"]
"""


def tree() -> bytes:
    """A root file system with one of everything that packers lose."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.PAX_FORMAT) as tar:

        def add(name: str, content: bytes = b"", **fields: Any) -> None:
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(content), 1_600_000_000, 0o644
            for field, value in fields.items():
                setattr(member, field, value)
            tar.addfile(member, io.BytesIO(content))

        def attribute(name: str, value: bytes) -> dict[str, Any]:
            text = value.decode("utf-8", "surrogateescape")
            return {"pax_headers": {f"SCHILY.xattr.{name}": text}}

        add("app", type=tarfile.DIRTYPE, mode=0o2750, uid=1234, gid=77)
        add("app/setuid", b"not a program", mode=0o4755, uid=5, gid=6)
        add("app/capable", b"x" * 70_000, **attribute("security.capability", CAPABILITY))
        add("app/one", b"one inode")
        add("app/two", type=tarfile.LNKTYPE, linkname="app/one")
        add("app/link", type=tarfile.SYMTYPE, linkname="setuid")
        add("app/pipe", type=tarfile.FIFOTYPE)
        add("app/caf\u00e9\nline", b"odd name", mtime=1_500_000_000)
        add("data", type=tarfile.DIRTYPE, mode=0o755, mtime=1_500_000_000)
        add("data/file", b"in a volume", uid=99)
        add("tmp", type=tarfile.DIRTYPE, mode=0o1777)
    return written.getvalue()


class ChangedContent:
    """The original's content, one byte of one file flipped."""

    def __init__(self, content: Content, path: str) -> None:
        self._content, self._path = content, path

    def fetch(self, paths: Iterable[str]) -> None:
        self._content.fetch(paths)

    def head(self, path: str, size: int) -> bytes:
        return self._content.head(path, size)

    def open(self, path: str) -> BinaryIO:
        if path != self._path:
            return self._content.open(path)
        with self._content.open(path) as stream:
            content = bytearray(stream.read())
        content[len(content) // 2] ^= 1
        return io.BytesIO(content)


@dataclass(kw_only=True)
class Bench:
    """An original whose server runs, and images made of it."""

    session: Session
    original: Original
    server: FileServer
    entries: dict[str, Entry]
    folder: Path

    def pack(
        self, entries: dict[str, Entry] | None = None, content: Content | None = None
    ) -> PackedImage:
        entries = entries or self.entries
        return pack_image(
            self.original,
            plan_layers(entries.get, entries, nobody_owns, dependency_folders=frozenset()).layers,
            content or self.server.content,
            self.folder,
            labels=image_labels(original_id=self.original.id, version="1"),
        )

    def check(self, image: PackedImage) -> Fidelity:
        """Load the image and hold it against the original."""
        read = tuple(path for path, entry in self.entries.items() if entry.type is EntryType.FILE)
        digests: Future[dict[str, bytes]] = Future()
        digests.set_result(self.server.content.digests(read))
        blueprint = Blueprint(
            kind=ImageKind.SLIM,
            original=self.original,
            entries=self.entries,
            read=read,
            labels=image_labels(original_id=self.original.id, version="1"),
            created=self.original.created,
        )
        loaded = load_images(self.session, {ImageKind.SLIM: image}).ids
        spool = self.folder / "spool"
        return check_fidelity(self.session, loaded[ImageKind.SLIM], blueprint, digests, spool)


@pytest.fixture(scope="module")
def bench(image: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    name = image(DOCKERFILE, {"tree.tar": tree()})
    folder = tmp_path_factory.mktemp("fidelity")
    engine = connect()
    try:
        with Session(engine) as session:
            original = read_original(name, engine.inspect_image(name))
            server = FileServer(session, original, folder / "content")
            entries = {
                entry.path: entry for entry in server.index() if not is_engine_artefact(entry)
            }
            yield Bench(
                session=session, original=original, server=server, entries=entries, folder=folder
            )
    finally:
        engine.close()


def test_a_true_copy_is_one(bench: Bench, client: docker.DockerClient) -> None:
    image = bench.pack()
    assert bench.check(image) == Fidelity(
        image="slim",
        paths=len(bench.entries),
        files_read=6,
        bytes_read=len("not a program" + "one inode" * 2 + "odd name" + "in a volume") + 70_000,
    )
    assert bench.entries["/app/capable"].xattrs == (("security.capability", CAPABILITY),)
    theirs, ours = (exported(client, each) for each in (bench.original.id, image.config_digest))
    assert theirs.keys() == ours.keys()
    for path in bench.entries.keys() & ours.keys() - MOUNTED:
        fields = [
            (each.type, each.mode, each.uid, each.gid, each.size, each.linkname)
            for each in (theirs[path], ours[path])
        ]
        assert fields[0] == fields[1], path


@pytest.mark.parametrize(
    ("path", "change", "named"),
    [
        ("/app/setuid", {"mode": 0o755}, "mode is 0755, not 4755"),
        ("/app/setuid", {"uid": 0, "gid": 0}, "owner is 0:0, not 5:6"),
        ("/app/setuid", {"mtime_ns": 0}, "mtime is 0, not 1600000000"),
        ("/app/capable", {"xattrs": ()}, "extended attribute security.capability is missing"),
        ("/app/link", {"link_target": "one"}, "link target is 'one', not 'setuid'"),
        ("/app/pipe", {"type": EntryType.DIRECTORY}, "type is a directory, not a fifo"),
        ("/app/two", {"inode": 0, "link_count": 1}, "hard links is a file of one name"),
        ("/data/file", {"uid": 7}, "owner is 7:0, not 99:0"),
        ("/tmp", {"mode": 0o777}, "mode is 0777, not 1777"),
    ],
)
def test_a_changed_field_is_found_and_named(
    bench: Bench, path: str, change: dict[str, Any], named: str
) -> None:
    image = bench.pack({**bench.entries, path: replace(bench.entries[path], **change)})
    with pytest.raises(PackingError) as raised:
        bench.check(image)
    assert f"{path}: {named}" in raised.value.details
    assert "slim image is not what was to be packed" in raised.value.message
    assert raised.value.exit_code == 17


def test_layers_that_the_engine_has_are_not_sent_again(bench: Bench) -> None:
    slim = bench.pack()
    load_images(bench.session, {ImageKind.SLIM: slim})
    tool = replace(bench.entries["/app/link"], path="/srv/tool")
    entries = {
        **bench.entries,
        tool.path: tool,
        "/srv": replace(bench.entries["/app"], path="/srv"),
    }
    plans = plans_above(plan_layer("debug", entries.get, [tool.path]), finished=0)
    debug = pack_debug_image(slim, plans, bench.server.content, bench.folder)

    loaded = load_images(bench.session, {ImageKind.DEBUG: debug})

    assert [each.name for each in debug.layers[-2:]] == ["debug", "directories"]
    assert loaded.sent == sum(layer.size for layer in debug.layers[-2:])
    assert loaded.spared == sum(layer.size for layer in slim.layers)
    assert replace(bench, entries=entries).check(debug).paths == len(entries)


def test_a_flipped_byte_is_found(bench: Bench) -> None:
    image = bench.pack(content=ChangedContent(bench.server.content, "/app/capable"))
    with pytest.raises(PackingError, match=r"/app/capable: content \(BLAKE2b\) is"):
        bench.check(image)


def test_a_path_too_many_and_one_too_few_are_found(bench: Bench) -> None:
    moved = {path: entry for path, entry in bench.entries.items() if path != "/app/pipe"}
    moved["/app/hose"] = replace(bench.entries["/app/pipe"], path="/app/hose")
    with pytest.raises(PackingError) as raised:
        bench.check(bench.pack(moved))
    assert raised.value.details.splitlines() == [
        "/app/pipe: the path is missing, not a fifo",
        "/app/hose: the path is a fifo, not in the image",
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("User", "0"),
        ("Env", ["NAME=moon"]),
        ("Healthcheck", None),
        ("Labels", {"dev.slimmer.version": "1"}),
        ("Volumes", {"/data": {}, "/tmp": {}}),
    ],
)
def test_a_changed_configuration_is_found_and_named(bench: Bench, key: str, value: Any) -> None:
    image = bench.pack()
    configuration = json.loads(image.config)
    configuration["config"][key] = value
    tampered = assemble(json.dumps(configuration).encode(), layers=image.layers)
    with pytest.raises(PackingError, match=f"{key}: configuration is"):
        bench.check(tampered)


def test_the_author_stays_and_is_missed(bench: Bench) -> None:
    image = bench.pack()
    configuration = json.loads(image.config)
    assert configuration.pop("author") == bench.original.author == "somebody"
    with pytest.raises(PackingError, match='author: configuration is "", not "somebody"'):
        bench.check(assemble(json.dumps(configuration).encode(), layers=image.layers))


def test_many_differences_are_counted_and_twenty_shown(bench: Bench) -> None:
    entries = dict(bench.entries)
    for number in range(30):
        path = f"/app/{number:02}"
        entries[path] = replace(bench.entries["/app/setuid"], path=path)
    content = dict.fromkeys(entries.keys() - bench.entries, (bench.server.content, "/app/setuid"))
    with pytest.raises(PackingError, match="29 more") as raised:
        bench.check(bench.pack(entries, CombinedContent(bench.server.content, borrowed=content)))
    assert raised.value.details.splitlines()[20:] == ["and 10 more"]


def test_a_build_tells_what_it_compared(
    slim: Callable[..., Ran], image: Callable[..., str], client: docker.DockerClient
) -> None:
    name = image(f'FROM {BUSYBOX}\nRUN touch /unused\nCMD ["ls", "/etc"]\n')
    report = slim("build", name, "--json").report
    entries = {each["path"] for each in report["kept"]}
    counted = {each["image"]: each for each in report["fidelity"]}
    assert counted["slim"]["paths"] == len(entries)
    assert counted["debug"]["paths"] >= len(entries)
    assert counted["slim"]["bytes_read"] == sum(each["size"] for each in report["kept"])
    there = exported(client, report["slim"]["reference"])
    assert {path for path, member in there.items() if member.isfile() and member.size} <= entries


def test_a_packer_that_lies_ends_the_build_and_tags_nothing(
    image: Callable[..., str],
    unchanged: Callable[[], State],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """The whole pipeline with a fault in its packer: everything is as it should be but one mode."""

    def lying(original: Original, plans: Any, *arguments: Any, **named: Any) -> PackedImage:
        changed = [
            replace(
                plan,
                entries=tuple(
                    replace(entry, mode=0o700) if entry.path == "/srv" else entry
                    for entry in plan.entries
                ),
            )
            for plan in plans
        ]
        return pack_image(original, changed, *arguments, **named)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(assembly, "pack_image", lying)
    name = image(f'FROM {BUSYBOX}\nRUN mkdir /srv\nCMD ["ls", "/srv"]\n')
    unchanged()
    with pytest.raises(PackingError, match="/srv: mode is 0700, not 0755") as raised:
        build_image(
            BuildOptions(image=name, debug=DebugImage.NONE),
            console_progress(sys.stderr, quiet=True),
        )
    assert raised.value.exit_code == 17
    report = json.loads((tmp_path / raised.value.report_file).read_text())
    assert report["exit_code"] == 17
    assert report["slim"] is None
