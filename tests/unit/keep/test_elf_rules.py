"""The closure over libraries, with programs that gcc and zig linked, and with ldd as witness."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import BinaryIO

import pytest

from slimmer.ecosystems import RULEBOOK
from slimmer.files import RootfsIndex
from slimmer.keep import KeepRequest, decide
from slimmer.values import Access, Entry, EntryType
from tests.unit.keep.image_tree import ImageTree, rules_of, seen, trace_of

pytestmark = pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc makes the test's programs")

MAIN = "int a(void); int main(void) { return a(); }"


def add_glibc(tree: ImageTree) -> None:
    """This machine's loader and libc, at the places where Debian has them."""
    for path in ("/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6"):
        tree.add(path, Path(path).read_bytes(), mode=0o755)


def run_in(tree: ImageTree, kept: set[str], tmp_path: Path, program: str) -> int:
    """Run `program` in a root that holds what was kept and nothing else."""
    slim = tmp_path / "slim"
    for path in sorted(kept):
        source, target = tree.root / path.lstrip("/"), slim / path.lstrip("/")
        if source.is_dir() and not source.is_symlink():
            target.mkdir(parents=True, exist_ok=True)
        else:
            shutil.copy2(source, target, follow_symlinks=False)
    # There is no /proc in that root, where the loader finds what $ORIGIN is (ld.so(8)).
    environment = {"LD_ORIGIN_PATH": str(Path(program).parent)}
    command = ["/usr/sbin/chroot", str(slim), program]
    return subprocess.run(command, env=environment, check=False).returncode


needs_chroot = pytest.mark.skipif(os.geteuid() != 0, reason="chroot needs root")
x86_64_only = pytest.mark.skipif(os.uname().machine != "x86_64", reason="paths of x86-64")


@needs_chroot
@x86_64_only
def test_a_chain_of_libraries_by_runpath_and_sonames(tree: ImageTree, tmp_path: Path) -> None:
    add_glibc(tree)
    tree.compile(
        "/opt/lib/libb.so.1.0",
        "int b(void) { return 42; }",
        "-Wl,-soname,libb.so.1",
        shared=True,
    )
    tree.link("/opt/lib/libb.so.1", "libb.so.1.0")
    tree.compile(
        "/opt/lib/liba.so.1.2",
        "int b(void); int a(void) { return b(); }",
        "-Wl,-soname,liba.so.1",
        "-Wl,-rpath,$ORIGIN",
        "{root}/opt/lib/libb.so.1",
        shared=True,
    )
    tree.link("/opt/lib/liba.so.1", "liba.so.1.2")
    tree.compile(
        "/opt/bin/app",
        MAIN,
        "-Wl,-rpath,$ORIGIN/../lib",
        "-Wl,--allow-shlib-undefined",
        "{root}/opt/lib/liba.so.1",
    )
    tree.add("/opt/lib/unused.so", b"\x7fELF")
    kept = tree.decide(*seen("/opt/bin/app", access=Access.EXECUTE))
    assert kept.notes == ()
    assert rules_of(kept, "/opt/lib/liba.so.1") == {"elf-needed"}
    assert rules_of(kept, "/opt/lib/liba.so.1.2") == {"link"}
    assert kept.reasons["/opt/lib/libb.so.1"][0].because == "/opt/lib/liba.so.1.2"
    assert "elf-interpreter" in rules_of(kept, "/lib64/ld-linux-x86-64.so.2")
    assert rules_of(kept, "/lib/x86_64-linux-gnu/libc.so.6") == {"elf-needed"}
    assert "/opt/lib/unused.so" not in kept.reasons
    assert run_in(tree, set(kept.reasons), tmp_path, "/opt/bin/app") == 42


@needs_chroot
@x86_64_only
def test_rpath_is_inherited_and_runpath_is_not(tree: ImageTree, tmp_path: Path) -> None:
    add_glibc(tree)
    tree.compile(
        "/opt/deep/libb.so", "int b(void) { return 7; }", "-Wl,-soname,libb.so", shared=True
    )
    tree.compile(
        "/opt/lib/liba.so",
        "int b(void); int a(void) { return b(); }",
        "-Wl,-soname,liba.so",
        "{root}/opt/deep/libb.so",
        shared=True,
    )
    options = (
        "-Wl,-rpath,/opt/lib:/opt/deep",
        "-Wl,--allow-shlib-undefined",
        "{root}/opt/lib/liba.so",
    )
    tree.compile("/opt/bin/old", MAIN, "-Wl,--disable-new-dtags", *options)
    tree.compile("/opt/bin/new", MAIN, "-Wl,--enable-new-dtags", *options)
    old = tree.decide(*seen("/opt/bin/old", access=Access.EXECUTE))
    assert rules_of(old, "/opt/deep/libb.so") == {"elf-needed"}
    assert old.notes == (), "found by inheritance, so not missing"
    assert run_in(tree, set(old.reasons), tmp_path, "/opt/bin/old") == 7
    new = tree.decide(*seen("/opt/bin/new", access=Access.EXECUTE))
    assert "/opt/deep/libb.so" not in new.reasons, "no loader would find it there"
    assert new.notes == (
        "/opt/lib/liba.so needs libb.so, which its loader does not find in the original, either.",
    )


@x86_64_only
def test_directories_of_the_configuration_and_of_variables(tree: ImageTree) -> None:
    for name in ("one", "two", "three"):
        tree.compile(
            f"/opt/{name}/lib{name}.so", f"int {name};", f"-Wl,-soname,lib{name}.so", shared=True
        )
    tree.compile(
        "/app",
        "extern int one, two, three; int main(void) { return one + two + three; }",
        *(f"{{root}}/opt/{name}/lib{name}.so" for name in ("one", "two", "three")),
    )
    tree.add("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf # all\n")
    tree.add("/etc/ld.so.conf.d/x.conf", "# two\n/opt/one\n")
    tree.add("/etc/ld.so.conf.d/loop.conf", "include ../ld.so.conf\ninclude loop.conf\n")
    tree.add("/etc/ld.so.conf.d/other", "/opt/three\n")
    kept = tree.decide(*seen("/app"), config={"Env": ["LD_LIBRARY_PATH=/none:/opt/two"]})
    assert "/opt/one/libone.so" in kept.reasons
    assert "/opt/two/libtwo.so" in kept.reasons
    assert "/opt/three/libthree.so" not in kept.reasons
    assert [note for note in kept.notes if "libthree.so" in note]


@x86_64_only
def test_the_cache_that_ldconfig_wrote(tree: ImageTree) -> None:
    tree.compile("/usr/local/lib/libone.so.1.0", "int one;", "-Wl,-soname,libone.so.1", shared=True)
    tree.add("/etc/ld.so.conf", "/usr/local/lib\n")
    subprocess.run(["/sbin/ldconfig", "-r", str(tree.root)], check=True)
    (tree.root / "etc/ld.so.conf").unlink()
    assert (tree.root / "usr/local/lib/libone.so.1").is_symlink()
    tree.compile(
        "/app", "extern int one; int main(void) { return one; }", "{root}/usr/local/lib/libone.so.1"
    )
    kept = tree.decide(*seen("/app")).reasons
    assert "/usr/local/lib/libone.so.1" in kept
    assert "/usr/local/lib/libone.so.1.0" in kept


@x86_64_only
def test_all_variants_for_processors_are_kept_and_other_platforms_are_not(tree: ImageTree) -> None:
    name = "libone.so"
    for directory in (
        "/usr/lib",
        "/usr/lib/glibc-hwcaps/x86-64-v3",
        "/usr/lib/glibc-hwcaps/x86-64-v2",
    ):
        tree.compile(f"{directory}/{name}", "int one;", f"-Wl,-soname,{name}", shared=True)
    foreign = bytearray((tree.root / "usr/lib/libone.so").read_bytes())
    foreign[18:20] = (183).to_bytes(2, "little")
    tree.add("/lib/x86_64-linux-gnu/libone.so", bytes(foreign))
    tree.compile(
        "/app", "extern int one; int main(void) { return one; }", "{root}/usr/lib/libone.so"
    )
    kept = tree.decide(*seen("/app")).reasons
    assert "/usr/lib/libone.so" in kept
    assert "/usr/lib/glibc-hwcaps/x86-64-v2/libone.so" in kept
    assert "/usr/lib/glibc-hwcaps/x86-64-v3/libone.so" in kept
    assert "/lib/x86_64-linux-gnu/libone.so" not in kept


@x86_64_only
def test_a_corrupt_program_is_told_and_stops_nothing(tree: ImageTree) -> None:
    tree.add("/app", b"\x7fELF\2\1\1" + bytes(9) + b"\xff" * 48, mode=0o755)
    kept = tree.decide(*seen("/app"))
    assert "/app" in kept.reasons
    assert kept.notes[0].startswith("/app starts like an ELF file but cannot be read as one")


@x86_64_only
def test_name_service_modules_are_exactly_those_that_nsswitch_names(tree: ImageTree) -> None:
    add_glibc(tree)
    tree.compile("/usr/bin/app", "int main(void) { return 0; }")
    modules = "/usr/lib/x86_64-linux-gnu"
    for service in ("files", "dns", "ldap", "myhostname"):
        name = f"libnss_{service}.so.2"
        tree.compile(f"{modules}/{name}", "int f;", f"-Wl,-soname,{name}", shared=True)
    tree.compile(f"{modules}/libgcc_s.so.1", "int g;", "-Wl,-soname,libgcc_s.so.1", shared=True)
    tree.add(
        "/etc/nsswitch.conf",
        "passwd: files\n# group: ldap\nhosts: files [!UNAVAIL = return] myhostname\n",
    )
    kept = tree.decide(*seen("/usr/bin/app"))
    assert rules_of(kept, f"{modules}/libnss_files.so.2") == {"name-service"}
    assert rules_of(kept, f"{modules}/libnss_myhostname.so.2") == {"name-service"}
    assert rules_of(kept, f"{modules}/libgcc_s.so.1") == {"unwinder"}
    assert rules_of(kept, "/etc/nsswitch.conf") == {"name-service"}
    assert f"{modules}/libnss_ldap.so.2" not in kept.reasons
    assert f"{modules}/libnss_dns.so.2" not in kept.reasons
    (tree.root / "etc/nsswitch.conf").unlink()
    assert f"{modules}/libnss_dns.so.2" in tree.decide(*seen("/usr/bin/app")).reasons


@x86_64_only
def test_musl_programs_are_searched_in_musls_way(tree: ImageTree) -> None:
    bare = ("-nostdlib", "-Wl,--allow-shlib-undefined")
    tree.compile("/stub/libc.so", "int c;", *bare, "-Wl,-soname,libc.musl-x86_64.so.1", shared=True)
    for directory in ("/opt/lib", "/usr/local/lib"):
        tree.compile(
            f"{directory}/libone.so", "int one;", *bare, "-Wl,-soname,libone.so", shared=True
        )
    tree.compile(
        "/bin/app",
        "extern int c, one; int _start(void) { return c + one; }",
        *bare,
        "-Wl,--dynamic-linker=/lib/ld-musl-x86_64.so.1",
        "{root}/opt/lib/libone.so",
        "{root}/stub/libc.so",
    )
    tree.add("/lib/ld-musl-x86_64.so.1", mode=0o755)
    tree.add("/etc/ld.so.cache")
    kept = tree.decide(*seen("/bin/app"))
    assert rules_of(kept, "/lib/ld-musl-x86_64.so.1") == {"elf-interpreter"}
    assert rules_of(kept, "/usr/local/lib/libone.so") == {"elf-needed"}
    assert "/opt/lib/libone.so" not in kept.reasons
    assert "/etc/ld.so.cache" not in kept.reasons
    assert kept.notes == (), "musl's libc is the loader, and not missing"
    tree.add("/etc/ld-musl-x86_64.path", "/lib\n/opt/lib:/usr/lib\n")
    by_path = tree.decide(*seen("/bin/app"))
    assert "/opt/lib/libone.so" in by_path.reasons
    assert "/usr/local/lib/libone.so" not in by_path.reasons
    assert rules_of(by_path, "/etc/ld-musl-x86_64.path") == {"loader-cache"}


# ---------------------------------------------------------------- witness: this machine's loader


TRIPLET_DIRECTORIES = tuple(map(str, Path("/usr/lib").glob("*-linux-gnu")))


class MachineContent:
    """This machine's own files as content."""

    def fetch(self, paths: object) -> None:
        pass

    def open(self, path: str) -> BinaryIO:
        return open(path, "rb")

    def head(self, path: str, size: int) -> bytes:
        with open(path, "rb") as stream:
            return stream.read(size)


def machine_index(*tops: str) -> RootfsIndex:
    places = {"/"}
    for top in tops:
        for directory, directories, files in os.walk(top):
            places.update(os.path.join(directory, name) for name in directories + files)
            places.add(directory)
        places.update(map(str, Path(top).parents))
    places.update(("/bin", "/lib", "/lib64", "/etc/ld.so.cache"))
    entries = []
    for place in filter(os.path.lexists, places):
        kind = EntryType.FILE
        if os.path.islink(place):
            kind = EntryType.SYMLINK
        elif os.path.isdir(place):
            kind = EntryType.DIRECTORY
        entries.append(
            Entry(
                path=place,
                type=kind,
                mode=os.lstat(place).st_mode & 0o7777,
                uid=0,
                gid=0,
                size=0,
                mtime_ns=0,
                link_target=os.readlink(place) if kind is EntryType.SYMLINK else "",
            )
        )
    return RootfsIndex(entries)


@pytest.mark.skipif(not os.path.islink("/lib"), reason="the witness's paths are of a merged /usr")
def test_the_closure_is_what_this_machines_loader_loads() -> None:
    index = machine_index(
        "/usr/bin", "/usr/lib64", "/usr/local/lib", *TRIPLET_DIRECTORIES, "/etc/ld.so.conf.d"
    )
    compared = 0
    for program in sorted(Path("/usr/bin").iterdir())[::7]:
        if not program.is_file() or program.is_symlink():
            continue
        told = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False)
        if told.returncode or "=>" not in told.stdout or "not found" in told.stdout:
            continue
        loaded = {os.path.realpath(path) for path in re.findall(r"(/\S+) \(0x", told.stdout)}
        if any(path not in index for path in loaded):
            continue  # a private directory of a program, which this index leaves out
        kept = decide(
            KeepRequest(
                index=index,
                content=MachineContent(),
                trace=trace_of(seen(str(program), access=Access.EXECUTE)),
                config={},
                without_rules=frozenset(("name-service", "unwinder")),
            ),
            RULEBOOK,
        )
        ours = {
            path
            for path, reasons in kept.reasons.items()
            if {reason.rule for reason in reasons} & {"elf-needed", "elf-interpreter", "link"}
            and (entry := index.get(path)) is not None
            and entry.type is EntryType.FILE
            and ".so" in path
            and "/etc/" not in path
        }
        variants = {path for path in ours if "/glibc-hwcaps/" in path}
        assert ours - variants == loaded, program
        compared += 1
    assert compared >= 5
