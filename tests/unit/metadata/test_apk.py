"""Alpine's database, cut down."""

from __future__ import annotations

from tests.unit.metadata.original_tree import OriginalTree

DATABASE = """\
C:Q1musl=
P:musl
V:1.2.5-r0
A:x86_64
S:400000
T:the musl c library
o:musl
m:Somebody <somebody@example.org>
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1first=
R:libc.musl-x86_64.so.1
a:0:0:777
Z:Q1second=

C:Q1box=
P:busybox
V:1.36.1-r29
A:x86_64
D:so:libc.musl-x86_64.so.1
o:busybox
F:bin
R:busybox
a:0:0:755
Z:Q1third=
F:etc
M:0:0:1755
R:securetty
Z:Q1fourth=
F:var
F:var/cache

C:Q1gone=
P:scanelf
V:1.3.7-r2
A:x86_64
o:pax-utils
F:usr
F:usr/bin
R:scanelf

"""


def alpine(original: OriginalTree) -> None:
    original.add("/lib/apk/db/installed", DATABASE)
    original.add(
        "/etc/os-release", 'ID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"'
    )
    for path in ("/lib/ld-musl-x86_64.so.1", "/bin/busybox", "/etc/securetty", "/usr/bin/scanelf"):
        original.add(path)
    original.link("/lib/libc.musl-x86_64.so.1", "ld-musl-x86_64.so.1")


def test_packages_and_files_that_are_gone_are_taken_out(original: OriginalTree) -> None:
    alpine(original)
    described = original.describe("/lib/ld-musl-x86_64.so.1", "/etc/securetty", "/etc/os-release")
    assert described.text("/lib/apk/db/installed") == (
        "C:Q1musl=\nP:musl\nV:1.2.5-r0\nA:x86_64\nS:400000\nT:the musl c library\no:musl\n"
        "m:Somebody <somebody@example.org>\n"
        "F:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1first=\n\n"
        "C:Q1box=\nP:busybox\nV:1.36.1-r29\nA:x86_64\nD:so:libc.musl-x86_64.so.1\no:busybox\n"
        "F:etc\nM:0:0:1755\nR:securetty\nZ:Q1fourth=\n\n"
    )
    assert described.components("apk") == {
        "alpine/musl@1.2.5-r0": (1, 2),
        "alpine/busybox@1.36.1-r29": (1, 2),
    }


def test_nothing_lost_nothing_changed_but_empty_folders(original: OriginalTree) -> None:
    alpine(original)
    everything = [
        str(path)[len(str(original.root)) :]
        for path in original.root.rglob("*")
        if "apk" not in path.parts
    ]
    described = original.describe(*everything)
    assert described.text("/lib/apk/db/installed") == DATABASE.replace(
        "F:var\nF:var/cache\n", ""
    ).replace("F:usr\nF:usr/bin", "F:usr/bin")
    assert not any(component.is_partial for component in described.metadata.components)


def test_the_owner_and_mode_of_the_database_stay(original: OriginalTree) -> None:
    alpine(original)
    (original.root / "lib/apk/db/installed").chmod(0o640)
    described = original.describe("/bin/busybox")
    assert described.metadata.entries["/lib/apk/db/installed"].mode == 0o640


def test_the_database_stays_when_the_application_reads_it(original: OriginalTree) -> None:
    alpine(original)
    described = original.describe("/bin/busybox", "/lib/apk/db/installed")
    assert described.text("/lib/apk/db/installed") == DATABASE
    assert len(described.metadata.keep.notes) == 1


def test_an_image_without_any_of_its_files_has_no_database(original: OriginalTree) -> None:
    alpine(original)
    original.add("/app/program")
    described = original.describe("/app/program")
    assert described.added() == set()
