"""What COPY and ADD brought stays, although no probe asked for it."""

from __future__ import annotations

from typing import Any

import pytest

from slimmer.values import CopiedFiles
from tests.unit.keep.image_tree import ImageTree


def files(tree: ImageTree, *copied: CopiedFiles, **options: Any) -> set[str]:
    gained = tree.gained("copied-files", copied=copied, **options)
    return {path for path in gained if not tree.is_directory(path)}


def to(destination: str, *sources: str) -> CopiedFiles:
    return CopiedFiles(destination=destination, sources=sources)


def test_a_directory_that_nobody_else_has_is_whole(tree: ImageTree) -> None:
    tree.add("/www/index.html")
    tree.add("/www/deep/late.html")
    tree.add("/www/.git/config")
    tree.add("/www/node_modules/x/index.js")
    tree.directory("/www/uploads")
    gained = tree.gained("copied-files", copied=(to("/www"),))
    assert gained == {
        *("/www", "/www/index.html", "/www/deep", "/www/deep/late.html", "/www/uploads"),
    }


def test_a_single_file_stays_wherever_it_lies(tree: ImageTree) -> None:
    tree.add("/usr/local/bin/backup")
    tree.add("/usr/local/bin/other")
    assert files(tree, to("/usr/local/bin/backup")) == {"/usr/local/bin/backup"}


@pytest.mark.parametrize("folder", ["/", "/usr/local/bin", "/etc"])
def test_in_the_systems_directories_only_what_the_history_names(
    tree: ImageTree, folder: str
) -> None:
    prefix = folder.rstrip("/")
    for name in ("named", "other", "folder/x"):
        tree.add(f"{prefix}/{name}")
    assert files(tree, to(folder)) == set(), "digests name nothing"
    assert files(tree, to(folder, "src/named", "src/folder")) == {f"{prefix}/named"}


def test_an_environment_is_its_languages_business(tree: ImageTree) -> None:
    tree.add("/opt/venv/pyvenv.cfg")
    tree.add("/opt/venv/lib/x.py")
    assert files(tree, to("/opt/venv", "/build/venv")) == set()


def test_a_site_where_a_package_has_its_own(tree: ImageTree) -> None:
    tree.add("/usr/share/nginx/html/50x.html")
    tree.add("/usr/share/nginx/html/index.html")
    tree.add("/usr/share/nginx/html/assets/late.css")
    tree.package("nginx", "/usr/share/nginx/html/50x.html")
    assert files(tree, to("/usr/share/nginx/html")) == {
        "/usr/share/nginx/html/index.html",
        "/usr/share/nginx/html/assets/late.css",
    }


def test_without_a_package_database_libraries_are_not_taken_for_the_applications(
    tree: ImageTree,
) -> None:
    tree.add("/usr/lib/x86_64-linux-gnu/libc.txt")
    assert files(tree, to("/usr/lib/x86_64-linux-gnu")) == set()


@pytest.mark.parametrize("folder", ["/usr/src/tool", "/tmp/build"])
def test_sources_and_litter_stay_out(tree: ImageTree, folder: str) -> None:
    tree.add(f"{folder}/main.c")
    assert files(tree, to(folder)) == set()


def test_a_large_directory_stays_though_nobody_looked_into_it(tree: ImageTree) -> None:
    with_model = tree.root / "models/two.bin"
    with_model.parent.mkdir()
    with with_model.open("wb") as file:
        file.truncate(65 << 20)
    assert files(tree, to("/models")) == {"/models/two.bin"}


def test_what_was_removed_later_is_gone(tree: ImageTree) -> None:
    assert files(tree, to("/none"), to("/none/at/all", "x")) == set()
