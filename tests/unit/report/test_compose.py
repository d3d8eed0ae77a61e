"""From the stages' values to the report: what is counted, and for whom."""

from __future__ import annotations

from dataclasses import replace

from slimmer.report import compose_report
from slimmer.report.groups import by_package, content_sizes, dropped_summary
from slimmer.values import ImageKind, SmokeOutcome
from tests.unit.report.recorded_run import (
    FAILED,
    PASSED,
    file,
    finished,
    kept_with_parents,
    recorded_run,
    with_parents,
)


def test_kept_and_dropped_together_are_the_original() -> None:
    run = recorded_run()

    report = compose_report(run)

    dropped = report.dropped
    kept_files = [each for each in report.kept if each.type != "directory"]
    assert report.slim is not None
    assert len(kept_files) + dropped.files == report.original.files
    assert report.slim.files == len(kept_files)
    assert sum(each.size for each in kept_files) + dropped.size == sum(
        entry.size for entry in run.entries
    )
    assert sum(group.dropped_size for group in report.packages) == dropped.size
    assert sum(group.dropped_files for group in dropped.directories) == dropped.files


def test_each_kept_path_has_its_layer_its_package_and_its_reasons() -> None:
    kept = {each.path: each for each in compose_report(recorded_run()).kept}

    assert kept["/usr/bin/tool"].layer == "system"
    assert kept["/usr/bin/tool"].package == "coreutils"
    assert kept["/app/<!--"].layer == "application"
    assert kept["/app/<!--"].package == ""
    assert kept["/usr/bin"].reasons[0].because == "/usr/bin/tool"


def test_the_factor_is_of_sizes_as_the_engine_counts_them() -> None:
    run = recorded_run()
    slim = replace(finished("a:b", ()), size=run.original.size // 4)

    assert compose_report(replace(run, slim=slim)).factor == 4
    assert compose_report(replace(run, slim=None)).factor is None


def test_a_test_passes_only_if_every_probe_did_and_nothing_else_went_wrong() -> None:
    tests = (
        SmokeOutcome(image=ImageKind.ORIGINAL, results=PASSED),
        SmokeOutcome(image=ImageKind.SLIM, results=(FAILED, PASSED[1])),
        SmokeOutcome(image=ImageKind.DEBUG, results=PASSED, problem="its command ended"),
    )

    report = compose_report(recorded_run(tests=tests))

    assert [test.passed for test in report.tests] == [True, False, False]
    assert report.tests[0].probes[0].request == "GET /health"
    assert report.tests[0].probes[1].request == "my-app --say 'a b'"


def test_a_dropped_file_counts_for_the_highest_directory_of_which_nothing_is_left() -> None:
    index = with_parents(
        file("/usr/share/doc/a/copyright", 300),
        file("/usr/share/doc/b/readme", 700),
        file("/usr/bin/tool"),
        file("/usr/bin/other", 50),
    )
    kept = kept_with_parents("/usr/bin/tool")

    summary = dropped_summary(content_sizes(index.values(), kept), kept)

    assert [(group.name, group.dropped_size) for group in summary.directories] == [
        ("/usr/share", 1000),
        ("/usr/bin", 50),
    ]


def test_an_inode_counts_once_and_for_a_kept_name_if_it_has_one() -> None:
    names = ("/a", "/b", "/c")
    index = with_parents(*(file(name, 70, inode=5, link_count=3) for name in names))

    for kept in ({"/", "/b"}, {"/", "/a", "/c"}, {"/"}):
        sizes = content_sizes(index.values(), kept)
        (group,) = by_package(sizes, kept, lambda path: "")
        expected = (70, 0) if len(kept) > 1 else (0, 70)
        assert (group.kept_size, group.dropped_size) == expected


def test_long_lists_end_with_the_sum_of_the_rest() -> None:
    index = with_parents(*(file(f"/d{number}/f", number) for number in range(1, 401)))
    kept = {"/", *(f"/d{number}" for number in range(1, 401))}

    groups = dropped_summary(content_sizes(index.values(), kept), kept).directories

    assert len(groups) == 301
    assert groups[-1].name == "…"
    assert groups[-1].dropped_size == sum(range(1, 101))


def test_notes_of_all_stages_come_once_each() -> None:
    run = recorded_run(notes=("from packing", "a note of the keep-set"))

    assert compose_report(run).notes == ("from packing", "a note of the keep-set")
