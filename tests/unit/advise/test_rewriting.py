"""The Dockerfile that `slim advise --write` writes: what it takes whole, and what it says."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from slimmer.advise import MARK, Settings, needed_of, rewritten
from slimmer.advise.rewriting.managers import APK as APK_MANAGER
from slimmer.dockerfile import read_source, stages_of
from slimmer.errors import DockerfileError
from slimmer.report import Fate
from slimmer.values import EntryType

TOOLS = ("sh", "awk", "dpkg", "dpkg-query", "find", "grep", "sed", "sort", "tar")
DEBIAN = (*(f"/usr/bin/{name}" for name in TOOLS), "/var/lib/dpkg/status")
APK = "/lib/apk/db/installed"
ALPINE = (*(f"/bin/{name}" for name in ("sh", "awk", "find", "sed", "sort", "cpio")), APK)


def file(path: str, size: int = 1000, package: str = "", kept: bool = True, **more: Any) -> Fate:
    return Fate(path=path, type=EntryType.FILE, size=size, kept=kept, package=package, **more)


def directory(path: str, kept: bool = True) -> Fate:
    return Fate(path=path, type=EntryType.DIRECTORY, size=0, kept=kept)


def link(path: str, target: str) -> Fate:
    return Fate(path=path, type=EntryType.SYMLINK, size=0, kept=True, target=target)


def text(
    *fates: Fate,
    dockerfile: str = "FROM debian\nRUN make\n",
    system: Sequence[str] = DEBIAN,
    **config: Any,
) -> str:
    stages = stages_of(read_source(dockerfile.encode(), "folder/Dockerfile"))
    return rewritten(
        stages,
        stages.final,
        needed_of(fates),
        Settings(config=config),
        image="app",
        paths=[*system, *(fate.path for fate in fates)],
    )


def test_a_package_is_taken_whole_when_a_good_part_of_it_is_kept() -> None:
    needed = needed_of([
        *(file(f"/usr/bin/half{n}", 330_000, "half") for n in range(15)),
        file("/usr/share/half", 5_000_000, "half", kept=False),
        file("/usr/lib/few.so", 500_000, "few"),
        file("/usr/share/gcc/python", 117_000, "few", kept=False),
        file("/usr/lib/most.so", 500_000, "most"),
        file("/usr/share/most", 90_000, "most", kept=False),
        file("/usr/lib/little", 10_000, "little"),
        file("/usr/share/licences", 90_000, "little", kept=False),
        file("/usr/lib/one.so", 100, "huge"),
        file("/usr/lib/rest", 90_000_000, "huge", kept=False),
        file("/usr/lib/gone", 100, "gone", kept=False),
        file("/usr/lib/libc.so.6", 4_000_000, "libc6"),
        file("/usr/lib/gconv/all", 8_000_000, "libc6", kept=False),
        *(file(f"/usr/share/many/{n}", 1, "many") for n in range(30)),
        file("/usr/share/many/large", 90_000_000, "many", kept=False),
        file("/usr/lib/documented", 1, "documented"),
        file("/usr/share/doc/documented/manual", 90_000_000, "documented", kept=False),
    ])  # fmt: skip
    assert needed.packages == ("documented", "half", "many", "most")
    assert needed.in_parts == ("few", "huge", "libc6", "little")
    parts = ("few.so", "little", "one.so", "libc.so.6")
    assert needed.whole == tuple(f"/usr/lib/{name}" for name in parts)


def test_a_directory_is_taken_whole_when_little_of_it_is_dropped() -> None:
    needed = needed_of([
        file("/app/main.py"),
        file("/app/test.py", 15_000, kept=False),
        file("/venv/used/a.py", 400_000),
        file("/venv/unused/b.py", 400_000, kept=False),
        file("/etc/passwd"),
        file("/etc/shadow", 10, kept=False),
        file("/usr/lib/python3/__pycache__/a.pyc"),
        file("/usr/lib/python3/__pycache__/b.pyc", 900_000, kept=False),
    ])  # fmt: skip
    assert needed.whole == ("/app", "/venv/used", "/etc/passwd", "/usr/lib/python3/__pycache__")


def test_documentation_of_others_does_not_come_with_that_of_a_part() -> None:
    needed = needed_of([
        file("/usr/lib/one.so", 100, "huge"),
        file("/usr/lib/rest", 90_000_000, "huge", kept=False),
        file("/usr/share/doc/huge/copyright", 1000, "huge"),
        file("/usr/share/doc/gone/manual", 3_000_000, "gone", kept=False),
        directory("/usr"), directory("/usr/share"), directory("/usr/share/doc"),
    ])  # fmt: skip
    assert needed.in_parts == ("huge",)
    assert needed.whole == ("/usr/lib/one.so", "/usr/share/doc/huge")


def test_many_parts_become_their_directory_where_that_does_not_double_it() -> None:
    parts = [file(f"/app/{n}.py", 10_000) for n in range(20)]
    dropped = file("/app/dropped", 150_000, kept=False)
    assert needed_of([*parts, dropped]).whole == ("/app",)
    much = file("/app/dropped", 900_000, kept=False)
    assert len(needed_of([*parts, much]).whole) == 20


def test_empty_directories_and_links_are_told_apart() -> None:
    needed = needed_of([
        directory("/usr"), directory("/usr/lib"), directory("/tmp"), directory("/proc"),
        file("/tmp/rubbish", kept=False), link("/lib", "usr/lib"), link("/app", "srv/app"),
        file("/made", made=True), file("/tool", in_original=False),
    ])  # fmt: skip
    assert needed.bare == ("/tmp", "/usr/lib")
    assert needed.links == {"/lib": "usr/lib"}
    assert needed.whole == ("/lib", "/app")


def test_few_plain_files_are_copied() -> None:
    written = text(
        file("/server"),
        dockerfile="FROM golang AS build\nRUN go build\n"
        "FROM scratch\nCOPY --from=build /x /server\n",
        Cmd=["/server", 'a "b"'],
    )
    assert written.startswith(MARK)
    head, tail = written.split("FROM scratch AS original\n")
    assert "FROM golang AS build\nRUN go build\n" in head
    assert tail == (
        "COPY --from=build /x /server\n\n"
        "FROM scratch\nCOPY --from=original /server /server\n"
        'CMD ["/server", "a \\"b\\""]\n'
    )


def test_what_lies_behind_the_stage_goes_and_a_name_stays() -> None:
    stages = stages_of(read_source(b"FROM a AS original\nFROM b AS App\nFROM c\n", "Dockerfile"))
    needed = needed_of([file("/x")])
    written = rewritten(stages, stages.stages[1], needed, Settings(), image="", paths=())
    assert written.endswith(
        "FROM a AS original\nFROM b AS App\n\nFROM scratch\nCOPY --from=app /x /x\n"
    )
    written = rewritten(stages, stages.final, needed, Settings(), image="", paths=())
    assert "FROM c AS original-image\n" in written


def test_everything_else_is_gathered_with_owners_and_modes() -> None:
    written = text(
        file("/usr/lib/libc.so", 10, "libc6"),
        file("/opt/it's here/a"), file("/opt/b", kept=False),
        file("/venv/flask-3.0.dist-info"), file("/venv/b", 99_000, kept=False),
        directory("/usr"), directory("/usr/lib"), link("/lib", "usr/lib"),
        User="shop", WorkingDir="/srv", Env=["A=1", 'B=a "quoted" $x'], ExposedPorts={"80/tcp": {}},
        Volumes={"/data": {}}, StopSignal="SIGINT", Labels={"a b": "c"}, Entrypoint=["run"],
        Healthcheck={"Test": ["CMD-SHELL", "curl x"], "Interval": 2_000_000_000, "Retries": 3},
    )  # fmt: skip
    assert (
        "FROM original AS runtime\nUSER 0\nRUN { dpkg --listfiles \\\n        libc6 \\\n" in written
    )
    assert "| sed -e 's#^/lib/#/usr/lib/#'" in written
    assert """'/opt/it'"'"'s here'""" in written
    assert " /venv/flask-*.dist-info" in written
    assert written.endswith(
        "FROM scratch\nCOPY --from=runtime /runtime /\n"
        'ENV A="1"\nENV B="a \\"quoted\\" \\$x"\nLABEL "a b"="c"\nWORKDIR /srv\nVOLUME ["/data"]\n'
        "EXPOSE 80\nUSER shop\nSTOPSIGNAL SIGINT\n"
        'HEALTHCHECK --interval=2s --retries=3 CMD curl x\nENTRYPOINT ["run"]\n'
    )
    source = read_source(written.encode(), "written")
    assert [each.name for each in source.instructions].count("FROM") == 3


INSTALLED = """P:musl
V:1.2.5-r0
F:
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755

P:box
V:1
F:bin
R:box
F:
R:init

P:libstdc++
V:2
F:usr/lib
R:libstdc++.so.6

"""


def test_packages_of_apk_are_told_by_its_database(tmp_path: Path) -> None:
    """Its commands are run here, on a database and a tree in a folder of the test's."""
    database = tmp_path / "installed"
    database.write_text(INSTALLED)
    packages = ["box", "libstdc++"]
    listing = APK_MANAGER.lists(packages, "\\", str(database))
    assert shell(listing) == "/bin/box\n/init\n/usr/lib/libstdc++.so.6\n"
    for command in APK_MANAGER.describes(packages, "\\", str(database), f"{tmp_path}/image"):
        shell(command)
    left = Path(f"{tmp_path}/image{database}").read_text()
    assert left == INSTALLED[INSTALLED.index("P:box") :]


def shell(command: str) -> str:
    result = subprocess.run(
        ["sh", "-c", command], capture_output=True, text=True, check=False, timeout=20
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_an_alpine_image_is_gathered_by_busybox() -> None:
    written = text(
        file("/lib/ld-musl-x86_64.so.1", 10, "musl"),
        *(file(f"/app/{number}") for number in range(20)),
        file("/app/rest", 90_000, kept=False),
        system=ALPINE,
    )
    assert f" - {APK} " in written
    assert "cpio -i -d -m -u" in written
    assert f">/runtime{APK}" in written
    assert "dpkg" not in written


@pytest.mark.parametrize(
    ("more", "command"),
    [
        (("tar",), "tar --create"),
        (("tar", "cpio"), "tar --create"),
        (("busybox", "tar", "cpio"), "cpio -o"),
        (("cpio",), "cpio -o"),
    ],
)
def test_an_image_without_packages_is_gathered_by_what_it_has(
    more: Sequence[str], command: str
) -> None:
    programs = (*("sh", "awk", "find", "sed", "sort"), *more)
    written = text(
        *(file(f"/app/{number}") for number in range(20)),
        file("/app/rest", 90_000, kept=False),
        link("/data", "app"),
        system=[f"/bin/{name}" for name in programs],
    )
    assert command in written


@pytest.mark.parametrize(
    ("paths", "missing"),
    [
        (["/var/lib/dpkg/status"], "it has no awk, sed, sort, dpkg, dpkg-query, grep, tar"),
        ([APK], "it has no awk, sed, sort, cpio"),
        (["/var/lib/rpm/rpmdb.sqlite"], "it has no awk, sed, sort, rpm, grep, tar"),
        ([], "its packages are neither dpkg's, nor apk's, nor rpm's"),
    ],
)
def test_an_image_that_cannot_gather_its_files_is_refused(paths: list[str], missing: str) -> None:
    stages = stages_of(read_source(b"FROM alpine\n", "Dockerfile"))
    with pytest.raises(DockerfileError) as caught:
        rewritten(
            stages,
            stages.final,
            needed_of([file("/usr/lib/x", 1, "musl")]),
            Settings(),
            image="app",
            paths=[*paths, "/bin/sh", "/usr/bin/find"],
        )
    assert missing in str(caught.value)
