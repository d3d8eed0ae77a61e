"""Files outside of the application that its own sources name."""

from __future__ import annotations

import pytest

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
    ],
)
def test_a_file_by_its_full_path(tree: ImageTree, name: str, text: str) -> None:
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
