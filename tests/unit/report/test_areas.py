"""What was used, kept and dropped of each part; what nobody used; what is different from before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slimmer.ecosystems import Installed
from slimmer.report import Report, compose_report, read_earlier, to_page, write_report
from slimmer.report.areas import Area
from tests.unit.report.recorded_run import file, recorded_run, with_parents

FILES = {
    "/bin/app": 5_000_000,
    "/usr/bin/tool": 2_000_000,
    "/usr/lib/gcc/cc1": 90_000_000,
    "/usr/lib/gcc/small": 10,
    "/srv/node_modules/left/index.js": 3_000_000,
    "/srv/node_modules/gone/index.js": 1_000_000,
}
INSTALLED = (
    Installed(
        type="npm",
        name="left",
        size=3_000_000,
        is_left=True,
        files=("/srv/node_modules/left/index.js",),
    ),
    Installed(
        type="npm",
        name="gone",
        size=1_000_000,
        is_left=False,
        files=("/srv/node_modules/gone/index.js",),
        declared="/srv/package.json",
    ),
    Installed(type="deb", name="gcc", size=90_000_010, is_left=False, files=("/usr/lib/gcc/cc1",)),
)


def report(*, used: Iterable[str] = ("/bin/app",), **changes: Any) -> Report:
    index = with_parents(*(file(path, size) for path, size in FILES.items()))
    run = recorded_run(paths=("/srv/node_modules/left/index.js",), index=index)
    first_use = dict.fromkeys(used, "boot")
    return compose_report(replace(run, first_use=first_use, installed=INSTALLED, **changes))


def areas(told: Report, view: str) -> dict[tuple[str, ...], Area]:
    """Names from the outermost one → area."""

    def way(area: Area) -> tuple[str, ...]:
        around = () if area.within is None else way(told.areas[area.within])
        return (*around, area.name)

    return {way(each): each for each in told.areas if each.view == view}


def numbers(area: Area) -> tuple[int, int, int]:
    return area.used_size, area.kept_size, area.dropped_size


def test_directories_sum_up_what_is_in_them_and_large_files_stand_alone() -> None:
    found = areas(report(), "directory")
    assert numbers(found[("/",)]) == (5_000_000, 10_000_000, 91_000_010)
    assert numbers(found[("/", "/usr", "/usr/lib")]) == (0, 0, 90_000_010)
    gcc = ("/", "/usr", "/usr/lib", "/usr/lib/gcc")
    assert numbers(found[(*gcc, "/usr/lib/gcc/cc1")]) == (0, 0, 90_000_000)
    assert (*gcc, "/usr/lib/gcc/small") not in found
    assert found[gcc].dropped_files == 2


@pytest.mark.parametrize("view", ["directory", "package"])
def test_no_area_holds_more_than_the_one_around_it(view: str) -> None:
    found = areas(report(), view)
    whole = [0, 0, 0]
    for way, area in found.items():
        inside = [numbers(each) for name, each in found.items() if name[:-1] == way]
        for mine, parts in zip(numbers(area), zip(*inside, strict=True), strict=False):
            assert mine >= sum(parts), way
        if len(way) == 1:
            whole = [sum(pair) for pair in zip(whole, numbers(area), strict=True)]
    assert whole == [5_000_000, 10_000_000, 91_000_010]


def test_packages_stand_below_their_type() -> None:
    found = areas(report(), "package")
    assert numbers(found[("deb", "gcc")]) == (0, 0, 90_000_000)
    assert numbers(found[("deb", "coreutils")]) == (0, 2_000_000, 0)
    assert numbers(found[("npm", "left")]) == (0, 3_000_000, 0)
    assert numbers(found[("", "/bin")]) == (5_000_000, 5_000_000, 0)


def test_what_is_used_and_not_kept_counts_as_dropped() -> None:
    found = areas(report(used=("/usr/lib/gcc/cc1",)), "directory")
    assert numbers(found[("/",)]) == (0, 10_000_000, 91_000_010)


def test_packages_of_languages_that_nobody_used_declared_ones_first() -> None:
    found = report().unused_packages
    assert [(each.name, each.kept_size, each.declared) for each in found] == [
        ("gone", 0, "/srv/package.json"),
        ("left", 3_000_000, ""),
    ]
    used = report(used=("/srv/node_modules/left/index.js",)).unused_packages
    assert [each.name for each in used] == ["gone"]


def test_packages_of_languages_lie_in_whole_directories_where_they_can() -> None:
    found = {each.name: each.paths for each in report().language_packages}
    assert found == {
        "gone": ("/srv/node_modules/gone",),
        "left": ("/srv/node_modules/left",),
    }


def test_kept_paths_name_the_phase_that_used_them_first() -> None:
    phases = {each.path: each.phase for each in report().kept}
    assert (phases["/bin/app"], phases["/usr/bin/tool"], phases["/bin"]) == ("boot", "", "")


def test_growth_since_the_report_before(tmp_path: Path) -> None:
    write_report(report(), tmp_path)
    earlier = read_earlier(tmp_path / "report.json")
    index = with_parents(
        *(file(path, size) for path, size in {**FILES, "/bin/app": 6_000_000}.items()),
        file("/srv/new", 7),
    )
    now = compose_report(recorded_run(paths=("/srv/new",), index=index, earlier=earlier))

    assert now.slim is not None
    growth = now.growth
    assert growth is not None
    assert now.slim.size - growth.slim_size == 1_000_000 + 7 - 3_000_000 - 2 * 512
    assert (growth.added_files, growth.added_size) == (1, 7)
    assert (growth.removed_files, growth.removed_size) == (1, 3_000_000)
    assert [(each.path, each.before, each.after) for each in growth.changed] == [
        ("/srv/node_modules/left/index.js", 3_000_000, None),
        ("/bin/app", 5_000_000, 6_000_000),
        ("/srv/new", None, 7),
    ]
    known = {layer.digest for layer in now.slim.layers} & set(growth.layers)
    assert known, "recorded layers have the same digests"
    assert "as before" in to_page(now)
    page = to_page(replace(now, growth=replace(growth, slim_size=now.slim.size + 3)))
    assert "-3 B" in page
    assert "-0.0" not in page


@pytest.mark.parametrize("content", [None, "", "{}", '{"slim": null}', "[" * 10_000])
def test_a_report_before_that_cannot_be_read_is_none(tmp_path: Path, content: str | None) -> None:
    place = tmp_path / "report.json"
    if content is not None:
        place.write_text(content)
    assert read_earlier(place) is None
    assert report(earlier=None).growth is None


def test_a_large_image_has_a_page_of_bounded_size() -> None:
    """60,000 files, a third of which is kept; the page has the largest and what led to others."""
    paths = [
        f"/usr/lib/python3/package{number % 400}/part{number % 7}/module_with_a_name_{number}.py"
        for number in range(60_000)
    ]
    index = with_parents(
        file("/bin/app", 5_000_000),
        file("/usr/bin/tool", 2_000),
        *(file(path, 1000 + number) for number, path in enumerate(paths)),
    )
    told = compose_report(recorded_run(paths=tuple(paths[::3]), index=index))

    assert len(told.kept) > 20_000
    assert len(told.areas) <= 1_800
    page = to_page(told)
    assert 1_200_000 < len(page) < 2_000_000
    assert "The page has room for" in page
    assert "module_with_a_name_59997.py" in page, "the largest"
    assert page.count("module_with_a_name") < 18_000
