"""Files outside of the application that its own sources name."""

from __future__ import annotations

import pytest

from slimmer.values import Strategy
from tests.unit.keep.image_tree import ImageTree, seen


def gained(tree: ImageTree) -> set[str]:
    found = tree.gained("code-paths", *seen("/app/main.py"))
    return {path for path in found if not tree.is_directory(path)}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("main.py", 'KEY = "/srv/tls/key.pem"'),
        ("late.js", "fs.readFileSync('/srv/tls/key.pem')"),
        ("settings.yaml", "key: /srv/tls/key.pem\n"),
        (".env", "KEY=/srv/tls/key.pem"),
        ("settings.xml", "<key>\n/srv/tls/key.pem</key>"),
        ("tools.conf", "key /srv/tls/key.pem -x\n"),
        ("lib.tcl", "set key /srv/tls/key.pem\n"),
        ("rules", "exec = {/srv/tls/key.pem x}"),
        ("x.service", "ExecStart=-/srv/tls/key.pem\n"),
        ("x.R", "k <- c('a', '|/srv/tls/key.pem')"),
        ("x.json", '{"key":"\\/srv\\/tls\\/key.pem"}'),
        ("flags", "--key=/srv/tls/key.pem -I/srv/tls/key.pem"),
    ],
)
def test_a_file_by_its_full_path(tree: ImageTree, name: str, text: str) -> None:
    tree.package("base", "/usr/bin/base")
    tree.add("/app/main.py")
    tree.add(f"/app/{name}", text)
    tree.add("/srv/tls/key.pem")
    tree.add("/srv/tls/other.pem")
    assert gained(tree) == {"/srv/tls/key.pem"}


@pytest.mark.parametrize(
    "text",
    [
        '# "/srv/tls/key.pem"',
        '"https://example.org/srv/tls/key.pem"',
        '"/srv/tls/key.pem.bak"',
        '"/srv/tls"',
        '"/static/{name}"',
        '"/srv/tls/key.pem{suffix}"',
        '"$HOME/srv/tls/key.pem", "../srv/tls/key.pem", "~/srv/tls/key.pem"',
    ],
)
def test_what_names_no_file_keeps_none(tree: ImageTree, text: str) -> None:
    tree.add("/app/main.py", text)
    tree.add("/srv/tls/key.pem")
    assert gained(tree) == set()


def test_sources_of_packages_do_not_speak(tree: ImageTree) -> None:
    tree.add("/app/main.py")
    tree.add("/app/node_modules/x/index.js", '"/srv/tls/key.pem"')
    tree.add("/srv/tls/key.pem")
    assert gained(tree) == set()


def test_tables_of_the_system_and_pages_do_not_speak(tree: ImageTree) -> None:
    tree.package("base", "/srv/tls/key.pem")
    for path in (
        "/etc/passwd",
        "/app/.bashrc",
        "/app/page.html",
        "/app/.github/x.yml",
        "/app/x.mk",
        "/app/Dockerfile",
        "/app/ci/Dockerfile.dev",
        "/app/web.dockerfile",
    ):
        tree.add(path, "x:/srv/tls/key.pem\n")
    tree.add("/app/main.py")
    tree.add("/srv/tls/key.pem")
    assert gained(tree) == set()


def test_a_heavy_program_of_a_package_is_named_and_left_out(tree: ImageTree) -> None:
    tree.add("/app/main.py")
    tree.add("/app/rules", "tool: /usr/bin/tool -x\n")
    tree.add("/usr/bin/tool", mode=0o755)
    tree.package("tool", "/usr/bin/tool")
    with (tree.root / "usr/bin/tool").open("wb") as file:
        file.truncate(65 << 20)
    kept = tree.decide(*seen("/app/main.py"), strategy=Strategy.BALANCED)
    assert "/usr/bin/tool" not in kept.reasons
    assert [each.why for each in kept.heavy] == ["though /app/rules mentions it"]


def variables(tree: ImageTree, rule: str, *lines: str) -> set[str]:
    found = tree.gained(rule, *seen("/app/main.py"), config={"Env": list(lines)})
    return {path for path in found if not tree.is_directory(path)}


@pytest.fixture
def viewer(tree: ImageTree) -> ImageTree:
    """A heavy program that was installed by name, one that came along, and data of a package."""
    tree.add("/app/main.py")
    for name in ("viewer", "other"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
        with (tree.root / "usr/bin" / name).open("wb") as file:
            file.truncate(65 << 20)
        tree.package(name, f"/usr/bin/{name}")
    automatic = "Package: {}\nArchitecture: all\nAuto-Installed: 1\n\n"
    came_along = "".join(map(automatic.format, ("other", "ocr-eng")))
    tree.add("/var/lib/apt/extended_states", came_along)
    for path in ("/usr/share/ocr/5/eng.data", "/usr/share/ocr/x", "/usr/share/zoneinfo/x"):
        tree.add(path)
    tree.package("ocr-eng", "/usr/share/ocr/5/eng.data", "/usr/share/ocr/x")
    return tree


@pytest.mark.parametrize(
    ("rule", "line", "kept"),
    [
        ("code-paths", "CHROME_BIN=/usr/bin/viewer", {"/usr/bin/viewer"}),
        ("code-paths", "TOOL=/usr/bin/other", set()),
        ("code-paths", "OCR_DATA=/usr/share/ocr/5", {"/usr/share/ocr/5/eng.data"}),
        ("code-paths", "OCR_DATA=/usr/share/ocr/5/:/none", {"/usr/share/ocr/5/eng.data"}),
        ("code-paths", "DATA=/usr/share", set()),
        ("code-paths", "ZONES=/usr/share/zoneinfo", set()),
        ("code-paths", "PATH=/usr/share/ocr:/usr/bin", set()),
        ("mentions", "BROWSER=viewer", {"/usr/bin/viewer"}),
        ("mentions", "BROWSER=other", set()),
        ("mentions", "TITLE=a viewer", set()),
    ],
)
def test_what_a_variable_of_the_image_names(
    viewer: ImageTree, rule: str, line: str, kept: set[str]
) -> None:
    assert variables(viewer, rule, line) == kept


def test_a_heavy_program_by_its_full_path_counts_if_it_was_installed_by_name(
    viewer: ImageTree,
) -> None:
    viewer.add("/app/main.py", 'VIEWER = "/usr/bin/viewer"\nOTHER = "/usr/bin/other"\n')
    assert gained(viewer) == {"/usr/bin/viewer"}
