"""What belongs to the application, and where it lies."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.keep.image_tree import ImageTree, seen


def files(tree: ImageTree, *paths: str, **options: Any) -> set[str]:
    gained = tree.gained("application", *seen(*paths), **options)
    return {path for path in gained if not tree.is_directory(path)}


@pytest.mark.parametrize(
    "root",
    ["/app", "/srv/shop", "/opt/shop", "/usr/src/app", "/var/www/html", "/home/ann/shop"],
)
def test_the_directory_of_the_code_that_was_seen_is_whole(tree: ImageTree, root: str) -> None:
    tree.add(f"{root}/lib/main.py")
    tree.add(f"{root}/templates/error.html")
    tree.add(f"{root}/static/late.css")
    tree.add("/opt/other/x")
    assert files(tree, f"{root}/lib/main.py") == {
        f"{root}/templates/error.html",
        f"{root}/static/late.css",
    }


def test_the_working_directory_is_whole(tree: ImageTree) -> None:
    tree.add("/usr/local/lib/shop/data.txt")
    tree.directory("/usr/local/lib/shop/uploads")
    config = {"WorkingDir": "/usr/local/lib/shop"}
    gained = tree.gained("application", config=config)
    assert gained >= {"/usr/local/lib/shop/data.txt", "/usr/local/lib/shop/uploads"}


@pytest.mark.parametrize("workdir", ["/", "/usr/local/lib", "/root", "/srv", "/none"])
def test_a_working_directory_of_the_system_is_no_application(tree: ImageTree, workdir: str) -> None:
    tree.add("/usr/local/lib/libx.a.so")
    tree.add("/root/.cache/x")
    tree.add("/srv/other/x")
    assert files(tree, config={"WorkingDir": workdir}) == set()


def test_what_a_distribution_package_owns_is_no_application(tree: ImageTree) -> None:
    for path in ("/usr/share/web/index.html", "/usr/share/web/late.html", "/opt/vendor/a"):
        tree.add(path)
    tree.add("/usr/share/web-site/index.html")
    tree.add("/usr/share/web/shop/index.html")
    tree.add("/opt/vendor/b")
    tree.package("web", "/usr/share/web/index.html", "/usr/share/web/late.html", "/opt/vendor/a")
    for path in ("/usr/share/web/index.html", "/opt/vendor/b"):
        assert files(tree, path) == set(), "the directory is the package's"


def test_a_site_in_shared_data_is_an_application_of_its_own(tree: ImageTree) -> None:
    tree.add("/usr/share/web/index.html")
    tree.add("/usr/share/web/shop/index.html")
    tree.add("/usr/share/web/shop/late.html")
    tree.package("web", "/usr/share/web/index.html")
    assert files(tree, "/usr/share/web/shop/index.html") == {"/usr/share/web/shop/late.html"}


def test_environments_and_left_overs_are_no_applications_files(tree: ImageTree) -> None:
    tree.add("/app/main.py")
    tree.add("/app/.git/config")
    tree.add("/app/node_modules/x/index.js")
    tree.add("/app/.venv/pyvenv.cfg")
    tree.add("/app/.venv/lib/x.py")
    tree.add("/app/target/CACHEDIR.TAG")
    tree.add("/app/target/debug/x")
    tree.add("/app/libs/x-1.dist-info/RECORD")
    tree.add("/app/vendor/composer/installed.json")
    tree.add("/app/src/x.o")
    tree.add("/app/.env")
    tree.add("/app/vendored/x.py")
    assert files(tree, "/app/main.py") == {"/app/.env", "/app/vendored/x.py"}


@pytest.mark.parametrize(
    "path", ["/etc/shop/a.conf", "/usr/local/lib/x/y.py", "/tmp/x/y", "/var/lib/db/x", "/entry.sh"]
)
def test_files_outside_of_applications_bring_no_directory(tree: ImageTree, path: str) -> None:
    tree.add(path)
    tree.add(path + "-beside")
    assert files(tree, path) == set()


def test_only_what_is_below_a_home_directory_is_an_application(tree: ImageTree) -> None:
    tree.add("/home/ann/shop/main.py")
    tree.add("/home/ann/shop/late.py")
    tree.add("/home/ann/photos/1.jpg")
    assert files(tree, "/home/ann/shop/main.py") == {"/home/ann/shop/late.py"}


def test_a_python_of_the_distribution_does_not_claim_all_of_usr(tree: ImageTree) -> None:
    tree.add("/usr/lib/python3.11/os.py")
    tree.add("/usr/lib/python3.11/encodings/__init__.py")
    tree.add("/usr/src/app/main.py")
    tree.add("/usr/src/app/late.py")
    assert files(tree, "/usr/src/app/main.py") == {"/usr/src/app/late.py"}


def test_a_python_with_a_prefix_of_its_own_is_no_application(tree: ImageTree) -> None:
    tree.add("/opt/python/lib/python3.11/os.py")
    tree.add("/opt/python/lib/python3.11/encodings/__init__.py")
    tree.add("/opt/python/share/x")
    assert files(tree, "/opt/python/share/x") == set()
