"""Shell scripts: what they name in branches that did not run."""

from __future__ import annotations

import pytest

from slimmer.shell import read_script
from slimmer.values import Access
from tests.unit.keep.image_tree import ImageTree, seen


def test_programs_of_all_branches_of_an_entrypoint_are_kept(tree: ImageTree) -> None:
    for name in ("sh", "sed", "psql", "gunzip", "nproc", "unused", "apt-get"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
    tree.link("/bin", "usr/bin")
    tree.add(
        "/entry.sh",
        '#!/bin/sh\nif [ -n "$INIT" ]; then sed -i s/a/b/ /etc/shop.conf; apt-get update\n'
        'else gunzip -c x | psql; fi; n=$(nproc)\nexec "$@"\n',
        mode=0o755,
    )
    tree.add("/etc/shop.conf")
    config = {"Entrypoint": ["/entry.sh"], "Cmd": ["serve"]}
    assert tree.gained("entrypoint-scripts", config=config) >= {
        "/usr/bin/sed",
        "/usr/bin/gunzip",
        "/usr/bin/psql",
        "/usr/bin/nproc",
        "/etc/shop.conf",
    }
    kept = tree.decide(config=config, with_rules=frozenset({"entrypoint-scripts"})).reasons
    assert "/usr/bin/unused" not in kept
    assert "/usr/bin/apt-get" not in kept, "nothing is installed into a slim image"


def test_scripts_that_a_script_names_are_read_as_well(tree: ImageTree) -> None:
    tree.add("/usr/bin/sh", mode=0o755)
    tree.add("/usr/bin/jq", mode=0o755)
    tree.add("/usr/local/bin/helper", "#!/usr/bin/sh\n. /opt/lib.sh\n", mode=0o755)
    tree.add("/opt/lib.sh", "f() { jq . ; }\n")
    tree.add("/entry.d/10-first.sh", "#!/usr/bin/sh\ntrue\n", mode=0o755)
    entry = "#!/usr/bin/sh\nfor f in /entry.d/*; do . $f; done\nif x; then helper; fi\n"
    tree.add("/entry.sh", entry, mode=0o755)
    gained = tree.gained("entrypoint-scripts", *seen("/entry.sh", access=Access.EXECUTE))
    assert {
        "/usr/local/bin/helper",
        "/opt/lib.sh",
        "/usr/bin/jq",
        "/entry.d/10-first.sh",
    } <= gained


def test_a_script_read_by_a_relative_name_is_read_as_well(tree: ImageTree) -> None:
    for name in ("busybox", "jq", "awk"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
    tree.add("/srv/lib.sh", "jq .\n")
    tree.add("/srv/more.sh", "awk 1\n")
    entry = "#!/usr/bin/busybox sh\n. ./lib.sh\nsource more.sh\n"
    tree.add("/srv/entry.sh", entry, mode=0o755)
    gained = tree.gained("entrypoint-scripts", *seen("/srv/entry.sh", access=Access.EXECUTE))
    assert {"/srv/lib.sh", "/srv/more.sh", "/usr/bin/jq", "/usr/bin/awk"} <= gained


def test_a_script_that_only_lies_there_says_nothing(tree: ImageTree) -> None:
    tree.add("/usr/bin/sh", mode=0o755)
    tree.add("/usr/bin/gcc", mode=0o755)
    tree.add("/app/main")
    tree.add("/app/build.sh", "#!/usr/bin/sh\ngcc x.c\n", mode=0o755)
    kept = tree.decide(*seen("/app/main"), with_rules=frozenset({"application"})).reasons
    assert "/app/build.sh" in kept
    assert not tree.gained("entrypoint-scripts", *seen("/app/main"))


@pytest.mark.parametrize(
    ("script", "commands"),
    [
        ("a; b && c || d | e & f", {*"abcdef"}),
        ("if a; then b; elif ! c; then d; else e; fi", {*"abcde"}),
        ("while a; do b; done; until c; do d; done", {*"abcd"}),
        ("case $x in y) a;; z|w) b;; esac", {"a", "b"}),
        ("f() { a; }\nf\ng () (b)\ng", {"a", "b"}),
        ("X=1 Y=$(a) b c", {"a", "b"}),
        ("exec env -i P=1 a b", {"exec", "env", "a"}),
        ("exec gosu app a; su-exec 1:1 b", {"exec", "gosu", "su-exec", "a", "b"}),
        ("timeout 5 nohup a b", {"timeout", "nohup", "a"}),
        ("sh -c 'a | b'; su -c \"c x\" user", {"sh", "su", "a", "b", "c"}),
        ("trap 'a -x' TERM", {"trap", "a"}),
        ("a > b 2>&1 < c >> d; e <<< f", {"a", "e"}),
        ("a <<EOF && b\nc d\n  EOF\nEOF\ne", {"a", "b", "e"}),
        ("a <<-'END'\n\tc\n\tEND\nd", {"a", "d"}),
        ("# a\nb # c\nd#e", {"b", "d#e"}),
        ("a \"b; c\" 'd; e' \\; f", {"a"}),
        ('a "$(b "x")" `c`', {"a", "b", "c"}),
        ('$a; "$b"/x; ${c:-d} e', set()),
        ("a \\\n  b", {"a"}),
        ("a 'never closed\nb", {"a", "b"}),
    ],
)
def test_commands_of_a_script(script: str, commands: set[str]) -> None:
    assert read_script(script).programs == commands


def test_paths_of_a_script_stand_anywhere_in_words() -> None:
    text = 'a /b/c --d=/e/f "/g h" X=/i:/j $K/l http://m/n >/o\n'
    assert read_script(text).paths == {"/b/c", "/e/f", "/g", "/i", "/j", "/o"}


def test_init_scripts_that_the_authors_script_starts_as_services(tree: ImageTree) -> None:
    for name in ("sh", "service", "start-stop-daemon", "crond", "webd"):
        tree.add(f"/usr/bin/{name}", mode=0o755)
    tree.link("/bin", "usr/bin")
    tree.add("/lib/lsb/init-functions", "log() { :; }\n")
    for name in ("cron", "web", "other"):
        start = f". /lib/lsb/init-functions\nstart-stop-daemon --exec /usr/bin/{name}d\n"
        tree.add(f"/etc/init.d/{name}", f"#!/bin/sh\n{start}", mode=0o755)
        tree.package(name, f"/etc/init.d/{name}", f"/usr/bin/{name}d")
    tree.package("base", "/usr/bin/sh", "/usr/bin/service", "/lib/lsb/init-functions")
    entry = '#!/bin/sh\nservice cron start\n[ -z "$1" ] || service "$1" start\n'
    tree.add("/usr/local/bin/boot", entry, mode=0o755)
    ran = seen("/usr/local/bin/boot", "/usr/bin/webd", access=Access.EXECUTE)
    gained = tree.gained("entrypoint-scripts", *ran)
    assert {path for path in gained if not tree.is_directory(path)} == {
        *("/etc/init.d/cron", "/etc/init.d/web", "/usr/bin/crond"),
        *("/lib/lsb/init-functions", "/usr/bin/start-stop-daemon"),
    }
