"""What the probes reached: who was first to use a file, and what nobody used."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable

import jsonschema

from slimmer.files import RootfsIndex
from slimmer.report import (
    CoverageSummary,
    DriftedPath,
    Report,
    TraceFileSummary,
    UnstablePath,
    compose_report,
    first_uses,
    measure_coverage,
    terminal_summary,
    to_json,
    to_page,
)
from slimmer.values import Access, EntryType, KeepSet, Reason, Sighting, Source, Trace
from tests.schemas import schema
from tests.unit.report.recorded_run import file, recorded_run, with_parents

PHASES = ("boot", "first", "second", "third", "shutdown")
FILES = ("/app/a", "/app/b", "/app/c", "/app/d", "/lib/x", "/lib/y", "/data/z", "/dropped")
OWNERS = {"/lib/x": "libx", "/lib/y": "libx"}


def trace_of(uses: Iterable[tuple[str, str]]) -> Trace:
    return Trace(
        sources=frozenset(Source),
        missing_sources={},
        phases=PHASES,
        sightings=tuple(
            Sighting(
                path=path, phase=phase, access=Access.OPEN, program="/app/a", source=Source.NOTIFY
            )
            for phase, path in uses
        ),
        exit_status=None,
        records=0,
    )


def coverage(
    *uses: tuple[str, str], probes: tuple[str, ...] = ("first", "second", "third")
) -> CoverageSummary:
    link = file("/link", 0, type=EntryType.SYMLINK, link_target="app/b")
    index = RootfsIndex(with_parents(*(file(path, 10) for path in FILES), link).values())
    reasons = {
        path: (
            Reason(rule="trace", detail="opened"),
            *(
                (Reason(rule="application", detail="part of the application in /app"),)
                if path.startswith("/app/")
                else ()
            ),
            Reason(rule="zone-info", detail="part of the time zone database"),
        )
        for path in (*FILES[:-1], "/app", "/generated")
    }
    own = frozenset(path for path in FILES if path.startswith("/app/"))
    keep = KeepSet(reasons=reasons, application=own | {"/dropped"})
    trace, first_probes = trace_of(uses), dict.fromkeys(probes[:1], "boot")
    first_use = first_uses(trace, index, first_probes)
    return measure_coverage(
        trace, keep, index, lambda path: OWNERS.get(path, ""), first_use, first_probes
    )


def test_a_file_is_new_in_the_phase_that_used_it_first() -> None:
    found = coverage(
        ("third", "/app/a"), ("second", "/app/a"), ("second", "/link"), ("third", "/app/b"),
        ("third", "/lib/x"), ("second", "/none"), ("second", "/app"), ("second", "/dropped"),
    )  # fmt: skip
    assert {phase.name: phase.new_files for phase in found.phases} == {
        "boot": 0,
        "second": 2,
        "third": 1,
        "shutdown": 0,
    }
    assert [phase.new_size for phase in found.phases] == [0, 20, 10, 0]


def test_the_first_probe_counts_as_boot() -> None:
    found = coverage(("boot", "/app/a"), ("first", "/app/b"), ("second", "/app/b"))
    assert [(phase.name, phase.new_files) for phase in found.phases][:2] == [
        ("boot", 2),
        ("second", 0),
    ]


def test_a_last_probe_that_finds_something_asks_for_more() -> None:
    late = coverage(("boot", "/app/a"), ("third", "/app/b")).late
    assert late is not None
    assert (late.name, late.new_files) == ("third", 1)
    assert coverage(("boot", "/app/a"), ("second", "/app/b"), ("shutdown", "/app/c")).late is None
    assert coverage(("boot", "/app/a"), ("tests", "/app/b")).late is None
    # Of a single probe nobody can tell what it found.
    alone = coverage(("boot", "/app/a"), ("third", "/app/b"), probes=("third",))
    assert alone.late is None


def test_what_is_kept_and_unused_is_summed_up() -> None:
    found = coverage(("boot", "/app/a"), ("boot", "/lib/x"))
    assert (found.kept_files, found.kept_size) == (7, 70)
    assert (found.unused_files, found.unused_size) == (5, 50)
    groups = {(each.kind, each.name): (each.unused_files, each.kept_files) for each in found.unused}
    assert groups == {
        ("rule", "part of the application in /app"): (3, 4),
        ("rule", "part of the time zone database"): (1, 1),
        ("package", "libx"): (1, 2),
    }
    assert found.application.files == 4
    assert found.application.unused == ("/app/b", "/app/c", "/app/d")
    assert found.application.untouched == ("4 of the application's 5 files, 1 of which was dropped")
    assert found.application.is_mostly_untouched


def test_names_of_one_inode_count_once_and_as_used_where_one_is() -> None:
    names = ("/lib/a", "/lib/b", "/lib/c", "/lib/d")
    inodes = dict(zip(names, (7, 7, 8, 8), strict=True))
    entries = (file(path, 10, inode=inodes[path], link_count=2) for path in names)
    index = RootfsIndex(with_parents(*entries).values())
    reason = Reason(rule="packages", detail="part of x")
    keep = KeepSet(reasons=dict.fromkeys(names, (reason,)))
    trace = trace_of((("boot", "/lib/b"),))
    first_use = first_uses(trace, index, {})
    found = measure_coverage(trace, keep, index, lambda path: "", first_use, ())
    assert (found.kept_files, found.kept_size) == (4, 20)
    assert (found.unused_files, found.unused_size) == (3, 10)
    assert [phase.new_size for phase in found.phases] == [10, 0, 0, 0, 0]
    assert [(each.kept_size, each.unused_size) for each in found.unused] == [(20, 10)]


def test_nothing_is_missing_where_all_is_used() -> None:
    found = coverage(*(("boot", path) for path in FILES))
    assert found.application.untouched == ""
    assert (found.unused, found.application.unused, found.unused_files) == ((), (), 0)


def test_the_report_tells_it_everywhere() -> None:
    trace_file = TraceFileSummary(
        path="app.trace",
        recalled=True,
        passed=False,
        runs=3,
        drift=(DriftedPath(path="/app/<b>", change="content"),),
        unstable=(UnstablePath(path="/app/\x1b", runs=1),),
    )
    report = compose_report(
        recorded_run(
            coverage=coverage(("third", "/app/a")), trace_file=trace_file, verification="status"
        )
    )

    jsonschema.validate(json.loads(to_json(report)), schema(Report))
    stream = io.StringIO()
    terminal_summary(report, stream)
    for words in (
        "boot 0 · second 0 · third 1 file",
        "the last phase, third, still found 1 new file: more probes would find more",
        "60 B of 70 B kept",
        "of the application: /app/b, /app/c, /app/d",
        "built from app.trace, 3 runs; the original did not run: answers were judged by their",
        "1 path kept only because some of the runs used them: /app/\\x1b (1 of 3)",
    ):
        assert words in stream.getvalue(), words
    page = to_page(report)
    assert "/app/&lt;b&gt;" in page
    assert "/app/\\x1b" in page
    assert "third, still found 1 new file" in page
