"""What no package owns has been put there by the image's author."""

from __future__ import annotations

import pytest

from slimmer.values import Strategy
from tests.unit.keep.image_tree import ImageTree, rules_of


def own(tree: ImageTree) -> set[str]:
    gained = tree.gained("own-files")
    return {path for path in gained if not tree.is_directory(path)}


@pytest.fixture
def tree(tree: ImageTree) -> ImageTree:
    """An image with one package: else nothing would tell whose a file is."""
    tree.add("/usr/bin/tool", mode=0o755)
    tree.package("tool", "/usr/bin/tool")
    return tree


@pytest.mark.parametrize(
    "path",
    [
        "/opt/plugins/one.py",
        "/usr/local/lib/app/plugins/fast.so",
        "/usr/local/share/nltk_data/corpus.txt",
        "/root/.cache/tokens/table.bin",
        "/usr/lib/tool/late.so",
        "/usr/bin/mine",
        "/etc/tool.conf",
        "/var/lib/shop/data.db",
        "/models/large.bin",
        "/home/bob/.profile",
    ],
)
def test_files_of_nobody_stay_wherever_they_lie(tree: ImageTree, path: str) -> None:
    tree.add(path)
    assert own(tree) == {path}


@pytest.mark.parametrize(
    "path",
    [
        "/usr/bin/tool",
        "/usr/src/tool/main.c",
        "/app/build/main.o",
        "/app/.git/config",
        "/usr/local/include/x.h",
        "/root/.cache/pip/wheel",
        "/root/.cargo/registry/x.rs",
        "/var/cache/apt/pkgcache.bin",
        "/var/lib/apt/lists/x",
        "/var/log/dpkg.log",
        "/etc/passwd-",
        "/etc/ssl/certs/4042bcee.0",
        "/usr/share/man/man1/x.1",
    ],
)
def test_what_builds_installs_or_is_made_again_is_nobodys(tree: ImageTree, path: str) -> None:
    if path != "/usr/bin/tool":
        tree.add(path)
    assert path not in own(tree)


def test_what_a_link_leads_to_is_no_cache(tree: ImageTree) -> None:
    """PostgreSQL's dictionaries lie in /var/cache, which a RUN has made of hunspell's."""
    tree.add("/var/cache/tool/en.dict")
    tree.add("/var/cache/tool/other")
    tree.link("/usr/share/tool/en.dict", "/var/cache/tool/en.dict")
    assert own(tree) == {"/usr/share/tool/en.dict", "/var/cache/tool/en.dict"}


def test_what_is_linked_to_is_no_state_of_an_installer(tree: ImageTree) -> None:
    """Debian's scripts make aspell's dictionaries there."""
    tree.add("/var/lib/aspell/de.rws")
    tree.add("/var/lib/aspell/fr.rws")
    tree.link("/usr/lib/aspell/de.rws", "/var/lib/aspell/de.rws")
    assert own(tree) == {"/usr/lib/aspell/de.rws", "/var/lib/aspell/de.rws"}


def test_runtimes_that_no_package_owns_are_no_files_of_the_author(tree: ImageTree) -> None:
    """As official images lay them; the rules of their languages decide."""
    for path in (
        *(
            "lib/python3.12/os.py",
            "lib/python3.12/encodings/__init__.py",
            "lib/python3.12/test/t.py",
        ),
        *("bin/python3.12", "bin/pip3", "bin/idle3", "lib/libpython3.12.so.1.0"),
        *("lib/node_modules/npm/package.json", "bin/node", "bin/npx", "include/node/v8.h"),
        *("go/bin/go", "go/bin/gofmt", "go/src/fmt/print.go"),
        *(
            "cargo/bin/cargo",
            "cargo/bin/rustc",
            "rustup/settings.toml",
            "rustup/toolchains/x/lib.so",
        ),
        *("lib/ruby/3.3.0/English.rb", "bin/ruby", "bin/irb"),
        *("lib/php/PEAR.php", "bin/phpize", "include/php/main/php.h"),
    ):
        tree.add(f"/usr/local/{path}")
    tree.add("/usr/local/bin/migrate", "#!/bin/sh\n", mode=0o755)
    assert own(tree) == {"/usr/local/bin/migrate"}


def test_console_scripts_are_their_distributions(tree: ImageTree) -> None:
    site = "/usr/local/lib/python3.12/site-packages"
    tree.add(f"{site}/pytest-1.dist-info/RECORD", "../../../bin/pytest,,\n")
    tree.add(f"{site}/pytest-1.dist-info/METADATA", "Name: pytest\n")
    tree.add("/usr/local/bin/pytest", mode=0o755)
    assert own(tree) == set()


def test_links_of_alternatives_are_not_the_authors(tree: ImageTree) -> None:
    tree.link("/usr/bin/editor", "/etc/alternatives/editor")
    tree.link("/usr/local/bin/t", "/usr/bin/tool")
    gained = tree.gained("own-files")
    assert "/usr/bin/editor" not in gained
    assert {"/usr/local/bin/t", "/usr/bin/tool"} <= gained


def test_empty_directories_and_those_for_writing_stay(tree: ImageTree) -> None:
    tree.directory(
        "/srv/data", "/app/node_modules/x/empty", "/usr/share/man/man1", "/opt/shared/in"
    )
    (tree.root / "opt/shared").chmod(0o2775)
    gained = tree.gained("own-files")
    assert {"/srv/data", "/opt/shared", "/opt/shared/in"} <= gained
    assert not any(path.startswith(("/app/node_modules/", "/usr/share/man")) for path in gained)


def test_without_a_package_database_nothing_tells_whose_a_file_is(tree: ImageTree) -> None:
    (tree.root / "var/lib/dpkg/status").unlink()
    assert own(tree) == set()


def test_an_own_script_has_its_interpreter(tree: ImageTree) -> None:
    tree.add("/usr/bin/awk", mode=0o755)
    tree.package("mawk", "/usr/bin/awk")
    tree.add("/opt/tools/sum", "#!/usr/bin/awk -f\n", mode=0o755)
    kept = tree.decide(strategy=Strategy.BALANCED)
    assert "shebang" in rules_of(kept, "/usr/bin/awk")


def test_layers_tell_where_no_database_does(tree: ImageTree) -> None:
    """A busybox of whoever's, with what the author has put on top of it."""
    for path in ("/usr/bin/busybox", "/etc/base.conf", "/opt/plugins/late.so"):
        tree.add(path)
    tree.directory("/srv/empty", "/srv/base-empty")
    assert not tree.gained("own-files", packages=None)
    above = frozenset({"/opt", "/opt/plugins", "/opt/plugins/late.so", "/srv/empty"})
    gained = tree.gained("own-files", packages=None, above_base=above)
    assert gained == above - {"/opt"}  # which is kept without its content in any case
