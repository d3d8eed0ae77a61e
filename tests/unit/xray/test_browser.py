"""Which lines of a tree are seen. Without a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from slimmer.xray import Difference, Strata
from slimmer.xray.view import Browser, Look
from tests.unit.xray.archives import File
from tests.unit.xray.test_strata import strata

LAYERS: tuple[dict[str, bytes | File], ...] = (
    {
        "etc/passwd": b"p" * 10,
        "usr/lib/b.so": b"b" * 30,
        "usr/lib/a.so": b"a" * 20,
        "usr/bin/tool": b"t" * 5,
        "var/log/dpkg.log": b"l" * 100,
    },
    {"etc/passwd": b"P" * 11, "usr/lib/.wh.b.so": b"", "usr/lib/c[red].so": b"c" * 40},
)


@pytest.fixture
def found(tmp_path: Path) -> Strata:
    return strata(tmp_path, LAYERS, "/usr/bin/tool")


def seen(browser: Browser) -> list[str]:
    return [row.node.path for row in browser.rows()]


def opened(found: Strata, number: int = 1) -> Browser:
    browser = Browser(found.tree(number))
    browser.toggle_all()
    return browser


def test_directories_are_closed_at_first_and_the_largest_is_first(found: Strata) -> None:
    browser = Browser(found.tree(0))
    assert seen(browser) == ["/", "/var", "/usr", "/etc"]
    assert [row.depth for row in browser.rows()] == [0, 1, 1, 1]


def test_opening_and_closing(found: Strata) -> None:
    browser = Browser(found.tree(0))
    usr = browser.rows()[2].node
    browser.toggle(usr)
    assert seen(browser) == ["/", "/var", "/usr", "/usr/lib", "/usr/bin", "/etc"]
    browser.open_below(usr)
    assert "/usr/lib/a.so" in seen(browser)
    browser.toggle(usr)
    assert "/usr/lib" not in seen(browser)
    browser.toggle(browser.rows()[0].node)
    assert len(seen(browser)) == 4, "the root stays open"


def test_all_are_closed_where_any_is_open(found: Strata) -> None:
    browser = Browser(found.tree(0))
    browser.toggle_all()
    assert len(seen(browser)) == len(found.tree(0))
    browser.toggle_all()
    assert len(seen(browser)) == 4


def test_by_name(found: Strata) -> None:
    browser = opened(found, 0)
    inside = [path for path in seen(browser) if path.startswith("/usr/lib/")]
    assert inside == ["/usr/lib/b.so", "/usr/lib/a.so"]
    browser.look = Look(by_size=False)
    inside = [path for path in seen(browser) if path.startswith("/usr/lib/")]
    assert inside == ["/usr/lib/a.so", "/usr/lib/b.so"]


@pytest.mark.parametrize(
    ("kinds", "paths"),
    [
        ("+", ["/", "/usr", "/usr/lib", "/usr/lib/c[red].so"]),
        ("-", ["/", "/usr", "/usr/lib", "/usr/lib/b.so"]),
        ("~", ["/", "/etc", "/etc/passwd"]),
        ("", []),
    ],
)
def test_changes_with_the_way_to_them(found: Strata, kinds: str, paths: list[str]) -> None:
    browser = opened(found)
    browser.look = Look(differences=frozenset(map(Difference, kinds)))
    assert seen(browser) == (paths or ["/"]), "the root has a line in any case"


def test_what_is_open_stays_open_in_another_layer(found: Strata) -> None:
    browser = opened(found, 0)
    browser.tree = found.tree(1)
    assert "/usr/lib/c[red].so" in seen(browser)


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        ("passwd", ["/etc/passwd"]),
        ("PASSWD$", ["/etc/passwd"]),
        (r"lib/[ab]\.", ["/usr/lib/b.so", "/usr/lib/a.so"]),
        ("c[red", ["/usr/lib/c[red].so"]),
        ("nothing such", []),
    ],
)
def test_a_filter_opens_the_way_to_what_it_finds(
    found: Strata, pattern: str, files: list[str]
) -> None:
    browser = Browser(found.tree(1))
    browser.look = Look(pattern=pattern)
    assert [row.node.path for row in browser.rows() if not row.node.is_directory] == files
    assert browser.matches() == len(files)
    browser.look = Look()
    assert seen(browser) == ["/", "/var", "/usr", "/etc"], "what it opened is closed again"


def test_a_directory_can_be_closed_in_a_filter(found: Strata) -> None:
    browser = Browser(found.tree(1))
    browser.look = Look(pattern="so$")
    assert seen(browser)[:3] == ["/", "/usr", "/usr/lib"]
    browser.toggle(browser.rows()[1].node)
    assert seen(browser) == ["/", "/usr"]


def test_what_was_used_is_left_out(found: Strata) -> None:
    browser = opened(found)
    browser.look = Look(only_unused=True)
    assert "/usr/bin/tool" not in seen(browser)
    assert "/usr/lib/a.so" in seen(browser)
