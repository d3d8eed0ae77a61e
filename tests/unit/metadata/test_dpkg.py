"""Debian's packages, installed by the real dpkg, and asked for by it again in the slim image."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.metadata.original_tree import OriginalTree

pytestmark = pytest.mark.skipif(
    shutil.which("dpkg-deb") is None, reason="needs dpkg, as on Debian and its children"
)

COPYRIGHT = "Under the GPL, see /usr/share/common-licenses/GPL-3.\n"


def install(original: OriginalTree, *packages: dict[str, str], **fields: str) -> None:
    """Build each package (file → content; `Package` and `Version` among `fields` of the last
    resort) and install it with dpkg into the tree."""
    work = original.root.parent / "debs"
    for number, package in enumerate(packages):
        folder = work / str(number)
        control = {
            "Version": "1.0-1",
            "Architecture": "all",
            "Maintainer": "Nobody <nobody@example.org>",
            "Description": "a package\n that has a long description",
        }
        sums = []
        for name, content in package.items():
            if not name.startswith("/"):
                control[name] = content
                continue
            place = folder / name.lstrip("/")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(content)
            sums.append(f"{hashlib.md5(content.encode()).hexdigest()}  {name.lstrip('/')}\n")
        (folder / "DEBIAN").mkdir(parents=True)
        conffiles = [name for name in package if name.startswith("/etc/")]
        (folder / "DEBIAN/conffiles").write_text("".join(f"{name}\n" for name in conffiles))
        (folder / "DEBIAN/md5sums").write_text(
            "".join(line for line in sums if "  etc/" not in line)
        )
        (folder / "DEBIAN/control").write_text(
            "".join(f"{name}: {value}\n" for name, value in control.items())
        )
        subprocess.run(
            ["dpkg-deb", "--build", "--root-owner-group", str(folder), f"{folder}.deb"],
            check=True,
            capture_output=True,
        )
        dpkg(original.root, "--force-not-root", "--force-depends", "--install", f"{folder}.deb")


def dpkg(root: Path, *arguments: str) -> str:
    (root / "var/lib/dpkg/updates").mkdir(parents=True, exist_ok=True)
    (root / "var/lib/dpkg/info").mkdir(exist_ok=True)
    for name in ("status", "available"):
        (root / "var/lib/dpkg" / name).touch()
    done = subprocess.run(
        ["dpkg", f"--root={root}", "--force-script-chrootless", "--path-include=*", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "error" not in done.stderr
    return done.stdout


def as_dpkg_sees(slim: Path) -> tuple[dict[str, str], str]:
    """(package → version, what `dpkg --verify` complains of) in the slim image: its single files
    are put together as the one database that dpkg reads."""
    singles = slim / "var/lib/dpkg/status.d"
    info = slim / "var/lib/dpkg/info"
    info.mkdir()
    stanzas = []
    for file in sorted(singles.iterdir()):
        text = file.read_text()
        if file.suffix == ".md5sums":
            (info / file.name).write_text(text)
            paths = (line.partition("  ")[2] for line in text.splitlines())
            (info / f"{file.stem}.list").write_text("".join(f"/{path}\n" for path in paths))
        else:
            stanzas.append(text + "Status: install ok installed\n")
            (info / f"{file.name}.list").touch()
    (slim / "var/lib/dpkg/status").write_text("\n".join(stanzas))
    query = ["dpkg-query", f"--admindir={slim}/var/lib/dpkg", "-W", "-f", "${Package} ${Version}\n"]
    told = subprocess.run(query, capture_output=True, text=True, check=True).stdout
    return dict(line.split() for line in told.splitlines()), dpkg(slim, "--verify")


TOOL = {
    "Package": "tool",
    "Version": "2:1.5-3+b1",
    "Source": "toolbox (2:1.5-3)",
    "Depends": "helper",
    "/usr/bin/tool": "run",
    "/usr/lib/tool/plugin": "plugin",
    "/etc/tool.conf": "setting",
    "/usr/share/doc/tool/copyright": COPYRIGHT,
    "/usr/share/man/man1/tool.1": "manual",
}
HELPER = {"Package": "helper", "/usr/bin/helper": "help", "/usr/share/doc/helper/copyright": "MIT"}
OTHER = {"Package": "other", "/usr/bin/other": "?", "/usr/share/doc/other/copyright": "MIT"}


def test_dpkg_finds_the_packages_that_are_left_and_their_files_unchanged(
    original: OriginalTree,
) -> None:
    install(original, HELPER, TOOL, OTHER)
    described = original.describe("/usr/bin/tool", "/etc/tool.conf", "/usr/bin/helper")
    packages, complaints = as_dpkg_sees(described.slim)
    assert packages == {"tool": "2:1.5-3+b1", "helper": "1.0-1"}
    assert complaints == ""
    sums = described.text("/var/lib/dpkg/status.d/tool.md5sums")
    assert [line.split()[1] for line in sums.splitlines()] == [
        "etc/tool.conf",
        "usr/bin/tool",
        "usr/share/doc/tool/copyright",
    ]


def test_a_package_that_lost_files_says_so(original: OriginalTree) -> None:
    install(original, HELPER, TOOL)
    described = original.describe("/usr/bin/tool", "/usr/bin/helper")
    assert "X-Slimmer-Files: 1/3\n" in described.text("/var/lib/dpkg/status.d/tool")
    # Nothing but documentation would be missing.
    assert "X-Slimmer-Files" not in described.text("/var/lib/dpkg/status.d/helper")
    assert described.components("deb") == {
        "debian/helper@1.0-1": (1, 1),
        "debian/tool@2:1.5-3+b1": (1, 3),
    }


def test_a_changed_file_does_not_pass_for_the_packages(original: OriginalTree) -> None:
    install(original, TOOL)
    original.add("/usr/bin/tool", "tampered")
    original.add("/etc/tool.conf", "the administrator's")
    _, complaints = as_dpkg_sees(original.describe("/usr/bin/tool", "/etc/tool.conf").slim)
    assert [line.split()[-1] for line in complaints.splitlines()] == [
        "/etc/tool.conf",
        "/usr/bin/tool",
    ]


def test_dropped_configuration_files_are_not_named(original: OriginalTree) -> None:
    install(original, TOOL)
    entry = original.describe("/usr/bin/tool").text("/var/lib/dpkg/status.d/tool")
    assert "/etc/tool.conf" not in entry
    assert "Conffiles" not in entry
    assert "Status" not in entry
    assert " that has a long description\n" in entry


def test_documentation_alone_is_no_package(original: OriginalTree) -> None:
    install(original, TOOL)
    described = original.describe("/usr/share/man/man1/tool.1", "/usr/share/doc/tool/copyright")
    assert described.components("deb") == {}
    assert described.added() == set()


def test_licences_come_along(original: OriginalTree) -> None:
    install(original, TOOL)
    original.add("/usr/share/common-licenses/GPL-3", "the text")
    original.add("/usr/share/common-licenses/BSD", "not referred to")
    described = original.describe("/usr/bin/tool")
    assert {path for path in described.added() if path.startswith("/usr/share")} == {
        "/usr/share/doc/tool/copyright",
        "/usr/share/common-licenses/GPL-3",
    }
    reason = described.metadata.keep.reasons["/usr/share/doc/tool/copyright"][0]
    assert (reason.rule, reason.because) == ("package-metadata", "/usr/bin/tool")


def test_a_documentation_folder_that_is_a_link(original: OriginalTree) -> None:
    """As of packages that come from one source."""
    install(original, {"Package": "part", "/usr/lib/part": "p"}, OTHER)
    original.link("/usr/share/doc/part", "other")
    described = original.describe("/usr/lib/part")
    assert (described.slim / "usr/share/doc/part/copyright").read_text() == "MIT"
    assert set(described.components("deb")) == {"debian/part@1.0-1"}


def test_a_merged_usr(original: OriginalTree) -> None:
    """Recorded as /bin/x, and found at /usr/bin/x."""
    install(original, {"Package": "old", "/bin/x": "x", "/bin/y": "y"})
    (original.root / "usr").mkdir(exist_ok=True)
    (original.root / "bin").rename(original.root / "usr/bin")
    original.link("/bin", "usr/bin")
    described = original.describe("/usr/bin/x", "/bin")
    assert described.text("/var/lib/dpkg/status.d/old.md5sums").endswith("  usr/bin/x\n")
    packages, complaints = as_dpkg_sees(described.slim)
    assert (packages, complaints) == ({"old": "1.0-1"}, "")


def test_the_database_stays_when_the_application_reads_it(original: OriginalTree) -> None:
    install(original, TOOL, OTHER)
    described = original.describe("/usr/bin/tool", "/var/lib/dpkg/status")
    assert not (described.slim / "var/lib/dpkg/status.d").exists()
    assert (
        described.text("/var/lib/dpkg/status")
        == (original.root / "var/lib/dpkg/status").read_text()
    )
    assert any("/var/lib/dpkg/status" in note for note in described.metadata.keep.notes)
    # The bill of materials knows better than the database.
    assert set(described.components("deb")) == {"debian/tool@2:1.5-3+b1"}


def test_a_script_of_the_author_that_asks_dpkg_is_told_of(original: OriginalTree) -> None:
    """Scanners find what is left, but `dpkg-query` does not: a script may count on it."""
    install(original, TOOL, {"Package": "dpkg", "/usr/bin/dpkg-query": "query"})
    for script, is_told in (("/usr/local/bin/inventory", True), ("/usr/bin/tool", False)):
        original.add(script, "dpkg-query -W\n")
        given = {"/usr/bin/dpkg-query": script}
        described = original.describe("/usr/bin/tool", script, *given, because_of=given)
        notes = described.metadata.keep.notes
        assert any(f"{script} asks dpkg-query" in note for note in notes) is is_told


def test_scanners_never_find_both_forms(original: OriginalTree) -> None:
    """A rule may keep a whole folder without anybody reading what is in it."""
    install(original, TOOL, OTHER)
    files = ["/var/lib/dpkg/status", "/var/lib/dpkg/info/other.list"]
    described = original.describe(
        "/usr/bin/tool", *files, asked_for_by=dict.fromkeys(files, "application")
    )
    assert [path.name for path in sorted((described.slim / "var/lib/dpkg").rglob("*"))] == [
        "info",
        "status.d",
        "tool",
        "tool.md5sums",
    ]


def test_exclusions_win(original: OriginalTree) -> None:
    install(original, TOOL)
    described = original.describe("/usr/bin/tool", excludes=("/usr/share/doc",))
    assert not (described.slim / "usr/share").exists()
    assert "copyright" not in described.text("/var/lib/dpkg/status.d/tool.md5sums")
    assert "/usr/share/doc" in described.metadata.keep.excluded
    without = original.describe("/usr/bin/tool", excludes=("/var/lib/dpkg",))
    assert not (without.slim / "var").exists()
    assert [each.described_by for each in without.metadata.components] == [""]


def test_slimming_a_slim_image_keeps_the_first_total(original: OriginalTree) -> None:
    install(original, HELPER, TOOL)
    first = original.describe("/usr/bin/tool", "/etc/tool.conf", "/usr/bin/helper")
    again = OriginalTree(first.slim)
    shutil.rmtree(again.root)
    shutil.copytree(first.slim, again.root, ignore=shutil.ignore_patterns("original"))
    second = again.describe("/usr/bin/tool")
    assert second.components("deb") == {"debian/tool@2:1.5-3+b1": (1, 3)}
    assert "X-Slimmer-Files: 1/3\n" in second.text("/var/lib/dpkg/status.d/tool")
    sums = second.text("/var/lib/dpkg/status.d/tool.md5sums")
    assert [line.split()[1] for line in sums.splitlines()] == [
        "usr/bin/tool",
        "usr/share/doc/tool/copyright",
    ]
    assert not (second.slim / "var/lib/dpkg/status.d/helper").exists()


def test_what_the_author_asked_for_by_name(original: OriginalTree) -> None:
    sections = {"curl": "web", "libcurl4": "libs", "gcc": "devel", "base-files": "admin"}
    original.add(
        "/var/lib/dpkg/status",
        "".join(
            f"Package: {name}\nStatus: install ok installed\nSection: {section}\nVersion: 1\n"
            f"Architecture: amd64\nEssential: {'yes' if section == 'admin' else 'no'}\n\n"
            for name, section in sections.items()
        ),
    )
    original.add("/var/lib/apt/extended_states", "Package: libcurl4\nAuto-Installed: 1\n")
    found = original.describe("/").metadata.installed
    assert [each.name for each in found if each.is_asked_for] == ["curl"]


@pytest.mark.parametrize(("kept", "named"), [("/usr/lib/intl.so", []), ("/", ["php-intl"])])
def test_a_package_that_is_only_a_name_is_as_what_it_names(
    original: OriginalTree, kept: str, named: list[str]
) -> None:
    files = {"php-intl": "/usr/share/doc/php-intl/copyright", "php8.2-intl": "/usr/lib/intl.so"}
    common = "Status: install ok installed\nSection: php\nVersion: 1\nArchitecture: amd64\n"
    original.add(
        "/var/lib/dpkg/status",
        f"Package: php-intl\n{common}Depends: php8.2-intl\n\nPackage: php8.2-intl\n{common}\n",
    )
    for package, path in files.items():
        original.add(path, package)
        original.add(f"/var/lib/dpkg/info/{package}.list", f"{path}\n")
    original.add("/var/lib/apt/extended_states", "Package: php8.2-intl\nAuto-Installed: 1\n")
    found = original.describe(kept).metadata.installed
    assert [each.name for each in found if each.is_asked_for] == named


def test_two_architectures_of_one_package(original: OriginalTree) -> None:
    original.add(
        "/var/lib/dpkg/status",
        "".join(
            f"Package: libz\nStatus: install ok installed\nMulti-Arch: same\n"
            f"Architecture: {architecture}\nVersion: 1\n\n"
            for architecture in ("amd64", "i386")
        ),
    )
    for architecture in ("amd64", "i386"):
        path = original.add(f"/usr/lib/{architecture}/libz.so", architecture)
        original.add(f"/var/lib/dpkg/info/libz:{architecture}.list", path + "\n")
        original.add(
            f"/var/lib/dpkg/info/libz:{architecture}.md5sums", f"{'0' * 32}  {path.lstrip('/')}\n"
        )
    described = original.describe("/usr/lib/amd64/libz.so", "/usr/lib/i386/libz.so")
    assert "i386" in described.text("/var/lib/dpkg/status.d/libz:i386.md5sums")
    assert "Architecture: amd64" in described.text("/var/lib/dpkg/status.d/libz:amd64")
    alone = original.describe("/usr/lib/i386/libz.so")
    assert "Architecture: i386" in alone.text("/var/lib/dpkg/status.d/libz")


def test_a_layer_above_brings_what_describes_its_packages(original: OriginalTree) -> None:
    """The debug image: the slim image's layers, and one with tools."""
    install(original, HELPER, TOOL, OTHER)
    described = original.describe(
        "/usr/bin/tool", "/usr/bin/helper", above=("/usr/lib/tool/plugin", "/usr/bin/other")
    )
    assert described.above is not None
    assert set(described.above.content) == {
        f"/var/lib/dpkg/status.d/{name}"
        for name in ("other", "other.md5sums", "tool", "tool.md5sums")
    }
    assert b"X-Slimmer-Files: 2/3\n" in described.above.content["/var/lib/dpkg/status.d/tool"]
    assert "/usr/share/doc/other/copyright" in described.above.keep.reasons
    assert "/usr/share/doc/tool/copyright" not in described.above.keep.reasons
    nothing = original.describe("/usr/bin/tool", "/usr/lib", above=("/usr/lib",))
    assert nothing.above is not None
    assert (nothing.above.keep.reasons, nothing.above.entries) == ({}, {})
