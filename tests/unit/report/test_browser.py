"""report.html in a real browser: what is seen, at which widths, by mouse, keyboard and screen
reader. One browser for all of these."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from slimmer.ecosystems import Installed
from slimmer.report import (
    BaseSummary,
    CoverageSummary,
    RejectedBase,
    Report,
    compose_report,
    read_whole_report,
    to_page,
)
from slimmer.report.coverage_summary import ApplicationCoverage, PhaseCoverage, UnusedGroup
from slimmer.report.growth_summary import ChangedPath, Growth
from tests.conftest import CI
from tests.unit.report.browser import Browser, find_browser, running_browser
from tests.unit.report.recorded_run import HOSTILE, REPAIRED, file, recorded_run, with_parents

ROOT: Final = Path(__file__).parents[3]
AXE: Final = ROOT / ".build" / "axe-core" / "axe.min.js"
OLD: Final = ROOT / "tests" / "unit" / "documents_of_before" / "static"
LONG: Final = "/srv/" + "a-directory-with-a-very-long-name-that-nothing-breaks-" * 4
TAG: Final = '<img src=x onerror="document.title=1">\nnext'
SIZES: Final = {
    "/usr/lib/gcc/cc1": 90_000_000,
    "/usr/lib/gcc/lto/lto1": 40_000_000,
    "/usr/lib/big.so": 20_000_000,
    "/usr/bin/tool": 12_000_000,
    "/bin/app": 15_000_000,
    f"{LONG}/{TAG}": 8_000_000,
    "/srv/app/unused.js": 5_000_000,
    "/etc/small": 700_000,
}
KEPT: Final = ("/usr/lib/big.so", f"{LONG}/{TAG}", "/srv/app/unused.js")


def whole_report() -> Report:
    """Each section with something in it, and names that strangers have chosen."""
    index = with_parents(
        *(file(path, size) for path, size in SIZES.items()), *(file(path, 11) for path in HOSTILE)
    )
    run = recorded_run(paths=(*KEPT, *HOSTILE), index=index, repair=REPAIRED)
    use = {"/bin/app": "boot", "/usr/lib/big.so": "GET /health", f"{LONG}/{TAG}": "GET /health"}
    installed = (
        Installed(
            type="npm",
            name="unused",
            size=5_000_000,
            is_left=True,
            files=("/srv/app/unused.js",),
            declared="/srv/package.json",
        ),
        Installed(type="npm", name=TAG, size=7, is_left=False, version="1", files=("/none",)),
        Installed(type="deb", name="gcc", size=90_000_000, is_left=False),
    )
    phases = ("boot", "GET /health", "shutdown")
    coverage = CoverageSummary(
        phases=tuple(
            PhaseCoverage(name=name, new_files=list(use.values()).count(name), new_size=1)
            for name in phases
        ),
        kept_files=9,
        kept_size=40,
        unused_files=3,
        unused_size=30,
        unused=(
            UnusedGroup(
                name=TAG, kind="rule", kept_files=2, kept_size=3, unused_files=1, unused_size=2
            ),
        ),
        application=ApplicationCoverage(files=4, unused=("/srv/app/unused.js",), dropped=1),
    )
    run = replace(run, first_use=use, installed=installed, coverage=coverage)
    report = compose_report(run)
    assert report.slim is not None
    growth = Growth(
        reference="my-app:0",
        original_id="sha256:0",
        original_size=1,
        slim_size=report.slim.size - 1_000_000,
        layers=(report.slim.layers[0].digest,),
        added_files=1,
        added_size=3,
        removed_files=1,
        removed_size=2,
        changed=(
            ChangedPath(path=f"/new{TAG}", before=None, after=3),
            ChangedPath(path="/gone", before=2, after=None),
        ),
    )
    base = BaseSummary(
        reference=f"base{TAG}",
        id="sha256:" + "b" * 64,
        layers=1,
        size=5,
        shared_files=1,
        shared_size=2,
        overridden_files=0,
        overridden_size=0,
        added_files=3,
        added_size=4,
        total_size=9,
        rejected=(RejectedBase(reference=f"{LONG}{TAG}", why="it lacks a library"),),
    )
    return dataclasses.replace(report, growth=growth, base=base)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = find_browser()
    if not program and not CI:
        pytest.skip("no Chromium: `make browser` gets it")
    with running_browser(program, tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("page") / "report.html"
    place.write_text(to_page(whole_report()), "utf-8")
    return place


def text(browser: Browser, selector: str) -> str:
    """What somebody sees of an element; empty where it is hidden."""
    return next(iter(texts(browser, selector)), "")


def texts(browser: Browser, selector: str) -> list[str]:
    """The same of all that are to be seen."""
    shown: list[str] = browser.run(
        f"[...document.querySelectorAll({selector!r})].filter((each) => each.checkVisibility())"
        ".map((each) => each.innerText.trim())"
    )
    return shown


def click(browser: Browser, script: str) -> None:
    browser.run(f"({script}).click()")
    browser.settle()


def overflow(browser: Browser) -> list[str]:
    """Elements that reach beyond the window and that nothing around them scrolls or cuts."""
    found: list[str] = browser.run(
        """
        [...document.body.querySelectorAll("*")].filter((each) => {
          const box = each.getBoundingClientRect();
          if (!box.width || box.right <= document.documentElement.clientWidth + 1) return false;
          for (let around = each.parentElement; around; around = around.parentElement)
            if (getComputedStyle(around).overflowX !== "visible") return false;
          return true;
        }).map((each) => each.outerHTML.slice(0, 120))
        """
    )
    return found


def cut_names(browser: Browser) -> list[str]:
    """Names of the map that reach below the tile that they are the name of."""
    found: list[str] = browser.run(
        """
        [...document.querySelectorAll(".tile > .head")].filter((each) =>
          each.getBoundingClientRect().bottom > each.parentElement.getBoundingClientRect().bottom
        ).map((each) => each.textContent)
        """
    )
    return found


@pytest.mark.parametrize("width", [400, 1280])
def test_all_sections_are_seen_and_nothing_overflows(
    browser: Browser, page: Path, width: int
) -> None:
    browser.open(page, width=width)
    titles = " ".join(texts(browser, "h2"))
    for title in (
        *("Where the bytes are", "What each probe brought", "Removed", "Since the last report"),
        *(
            "Layers",
            "Base",
            "Verified",
            "crawl",
            "Repaired",
            "Dropped",
            "Why is this file here?",
            "Time",
        ),
    ):
        assert title in titles
    facts = texts(browser, ".fact")
    assert "2 probes passed" in facts[0]
    assert any("Application touched" in fact and "60 %" in fact for fact in facts)
    assert any("Since the last report" in fact and "+1.00 MB" in fact for fact in facts)
    for view in ("package", "directory"):
        click(browser, f"document.querySelector('input[value={view}]')")
        assert overflow(browser) == []
        assert cut_names(browser) == []
    assert browser.problems == []


def test_the_map_is_used_with_the_keyboard(browser: Browser, page: Path) -> None:
    browser.open(page)
    focused = "document.activeElement.getAttribute('aria-label') ?? ''"
    browser.run("document.querySelector('input[name=state]:checked').focus()")
    browser.press("Tab")
    while "usr" not in browser.run(focused):
        browser.press("Tab")
    assert browser.run(focused).startswith("/usr, 162 MB: 20.0 MB used, 12.0 MB kept and not used")

    browser.press("ArrowRight")
    assert not browser.run(focused).startswith("/usr,")
    browser.press("ArrowLeft")
    assert browser.run(focused).startswith("/usr,")

    browser.press("Enter")
    assert texts(browser, ".trail li") == ["/", "usr"]
    assert browser.run(focused).startswith("/usr/lib,")
    assert text(browser, "#map [aria-live]").startswith("/usr, 162 MB")
    browser.press("Enter", "Enter")
    assert texts(browser, ".trail li") == ["/", "usr", "lib", "gcc"]
    browser.press("Escape")
    assert browser.run(focused).startswith("/usr/lib/gcc,"), "where one came from"
    browser.press("Home")
    assert texts(browser, ".trail li") == ["/"]
    assert browser.problems == []


def test_a_click_opens_what_is_under_the_pointer(browser: Browser, page: Path) -> None:
    browser.open(page)
    box = browser.run(
        "(() => { const cell = [...document.querySelectorAll('.cell')].find((each) =>"
        " each.textContent === 'lto1'); cell.scrollIntoView({block: 'center'});"
        " const box = cell.getBoundingClientRect();"
        " return [box.x + box.width / 2, box.y + box.height / 2]; })()"
    )
    browser.point(*box)
    assert texts(browser, ".trail li") == ["/", "usr", "lib", "gcc", "lto"]
    assert text(browser, "#map .detail").startswith("/usr/lib/gcc/lto/lto1 40.0 MB")
    click(browser, "document.querySelectorAll('.trail button')[1]")
    assert texts(browser, ".trail li") == ["/", "usr"]


def test_the_map_shows_before_and_after_by_each_view(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert "gcc" in " ".join(texts(browser, ".tile"))
    click(browser, "document.querySelector('input[value=after]')")
    assert "gcc" not in " ".join(texts(browser, ".tile"))
    click(browser, "document.querySelector('input[value=package]')")
    click(browser, "document.querySelector('#map summary')")
    assert texts(browser, "#map tbody td:first-child") == [
        *("in no package", "Debian packages", "npm packages")
    ]
    click(browser, "document.querySelector('#map tbody button')")
    assert texts(browser, ".trail li")[1] == "in no package"
    areas = browser.run(
        "[...document.querySelectorAll('.tile')].map((tile) => tile.offsetWidth * tile.offsetHeight"
        " / (tile.parentElement.offsetWidth * tile.parentElement.offsetHeight))"
    )
    assert 0.97 < sum(areas) < 1.03, "the tiles fill the map"


def test_a_probe_shows_its_files_and_a_file_why_it_is_kept(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert text(browser, "#brought h3") == "GET /health was the first to use"
    click(browser, "document.querySelector('#phases tbody button')")
    assert texts(browser, "#brought tbody td:first-child") == ["/bin/app"]
    click(browser, "document.querySelector('#brought tbody button')")
    chosen = text(browser, "tr.chosen")
    assert "opened by /bin/app in phase boot" in chosen
    assert "slim why my-app:1-slim /bin/app" in chosen
    assert "--exclude /bin/app" in chosen


def test_a_search_finds_what_was_dropped_and_how_to_keep_it(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert text(browser, "#gone") == ""
    browser.run(
        "const field = document.getElementById('search'); field.value = '/usr/lib/gcc/cc1';"
        "field.dispatchEvent(new Event('input'))"
    )
    browser.settle()
    assert "--include /usr/lib/gcc" in text(browser, "#gone")
    assert text(browser, "#found").startswith("0 paths")


def test_lists_are_sorted_and_filtered(browser: Browser, page: Path) -> None:
    browser.open(page)
    first = "#removed-packages tbody tr:first-child td"
    assert texts(browser, first)[1] == "npm"
    click(browser, "document.querySelectorAll('#removed-packages th button')[2]")
    assert texts(browser, first) == ["gcc", "deb", "90.0 MB"]
    assert "unused" in texts(browser, "#unused-packages tbody tr:first-child td")
    browser.run(
        "const filter = document.querySelector('[data-filter=removed-packages]');"
        "filter.value = 'DEB gc'; filter.dispatchEvent(new Event('input'))"
    )
    rows = texts(browser, "#removed-packages tbody tr:not([hidden]) td:first-child")
    assert rows == ["gcc"]


def test_names_of_strangers_stay_text(browser: Browser, page: Path) -> None:
    browser.open(page)
    assert browser.run("[document.images.length, document.scripts.length]") == [0, 2]
    rows = texts(browser, "#kept-rows tr")
    assert len(rows) == len(whole_report().kept), "the page's own script did run"
    assert any("<img src=x" in row and "\\nnext" in row for row in rows)
    assert any("<script>alert(1)<" in row for row in rows)
    assert browser.run("document.title").startswith("slimmer: my-app:1")
    assert browser.problems == []


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (400, True)])
def test_a_screen_reader_gets_along(browser: Browser, page: Path, width: int, dark: bool) -> None:
    if not AXE.is_file() and not CI:
        pytest.skip("no axe-core: `make browser` gets it")
    browser.open(page, width=width, dark=dark)
    browser.run(AXE.read_text("utf-8") + "; 0")
    found: list[Any] = browser.run(
        "axe.run().then((result) => result.violations.map((each) =>"
        " [each.id, each.nodes.map((node) => node.html + node.failureSummary)]))"
    )
    assert found == []


def test_printed_it_has_no_controls_and_fits(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.resize(720)
    browser.media("print")
    browser.settle()
    try:
        assert text(browser, "nav") == ""
        assert text(browser, "#map .choice") == ""
        assert "Where the bytes are" in text(browser, "#map h2")
        assert overflow(browser) == []
    finally:
        browser.media()


def test_a_report_of_before_has_the_page_of_today(browser: Browser, tmp_path: Path) -> None:
    place = tmp_path / "report.html"
    place.write_text(to_page(read_whole_report(OLD)), "utf-8")
    browser.open(place)
    assert "smaller" in text(browser, "h1")
    assert text(browser, "#map") == ""
    assert text(browser, "#kept-rows tr") != ""
    assert browser.problems == []
