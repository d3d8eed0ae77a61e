"""Several runs as one: a union that counts."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given

from slimmer.errors import TraceFileError
from slimmer.probing.kinds import HttpProbe, ReplayProbe
from slimmer.trace.saved import Passed, SavedTrace, merge
from slimmer.values import HttpOrigin, HttpRequest, Repair, Source
from tests.unit.trace.saved.examples import DIGEST, PROBES, one_run, saved, seen, unhurried, use

Y, Z = (Repair(path=path, program="/bin/app", phase="boot") for path in ("/y", "/z"))


def sightings(trace: SavedTrace) -> dict[tuple[str, object], int]:
    return {(path, use): n for path, each in trace.paths.items() for use, n in each.uses.items()}


def counts(trace: SavedTrace) -> dict[str, int]:
    return {path: each.runs for path, each in trace.paths.items()}


@unhurried
@given(one_run, one_run)
def test_it_is_commutative(one: SavedTrace, other: SavedTrace) -> None:
    here, there = merge([one, other]), merge([other, one])
    assert sightings(here) == sightings(there)
    assert counts(here) == counts(there)
    assert list(here.paths) == list(there.paths)


@unhurried
@given(one_run, one_run, one_run)
def test_it_is_associative(one: SavedTrace, two: SavedTrace, three: SavedTrace) -> None:
    assert merge([merge([one, two]), three]) == merge([one, merge([two, three])])


@unhurried
@given(one_run, one_run)
def test_the_set_of_sightings_is_idempotent(one: SavedTrace, other: SavedTrace) -> None:
    union = merge([one, other])
    assert sightings(merge([union, union])).keys() == sightings(union).keys()
    assert sightings(merge([union, one])).keys() == sightings(union).keys()


@unhurried
@given(one_run, one_run)
def test_a_run_counts_once_for_each_sighting(one: SavedTrace, other: SavedTrace) -> None:
    union = merge([one, other])
    assert union.runs == 2
    for key, number in sightings(union).items():
        assert number == (key in sightings(one)) + (key in sightings(other))


def test_merged_traces_add_up() -> None:
    always, once = saved({"/a": seen()}), saved({"/a": seen(), "/b": seen()})
    merged = merge([merge([always, once]), merge([always, always, once])])
    assert merged.runs == 5
    assert counts(merged) == {"/a": 5, "/b": 2}
    assert merged.unstable() == {"/b": 2}


def test_a_path_seen_in_every_run_but_never_alike_is_stable() -> None:
    merged = merge([saved({"/a": seen(use("boot"))}), saved({"/a": seen(use("shutdown"))})])
    assert merged.unstable() == {}
    assert set(merged.paths["/a"].uses.values()) == {1}


def test_what_the_runs_were_is_joined() -> None:
    one = saved(
        ready_within=5,
        exit_status=0,
        sources=frozenset({Source.NOTIFY}),
        missing_sources=frozenset({Source.FANOTIFY}),
        phases=("boot", "a", "shutdown"),
        notes=("one", "both"),
        repairs=(Z,),
    )
    other = saved(port=None, phases=("boot", "b"), notes=("both", "two"), repairs=(Y, Z))
    for joined in (merge([one, other]), merge([other, one])):
        assert (joined.port, joined.ready_within, joined.exit_status) == (8000, 5, None)
        assert (joined.sources, joined.missing_sources) == (frozenset(Source), frozenset())
        assert joined.phases[0] == "boot"
        assert joined.phases[-1] == "shutdown"
        assert set(joined.phases) == {"boot", "a", "b", "shutdown"}
        assert joined.repairs == (Y, Z)
        assert set(joined.notes) == {"one", "both", "two"}


def test_a_union_has_passed_nothing() -> None:
    one = saved(passed=(Passed(image=DIGEST, test=DIGEST),))
    assert merge([one, one]).passed == ()


def test_probes_are_joined_in_their_order() -> None:
    further = HttpProbe(name="GET /b", path="/b")
    other = saved(probes=(PROBES[1], further))
    assert merge([saved(), other]).probes == (*PROBES, further)


def crawled(*paths: str, status: int = 200, host: str = "localhost") -> ReplayProbe:
    requests = tuple(HttpRequest(path=path, status=status) for path in paths)
    return ReplayProbe(name="crawl", origin=HttpOrigin(host=host), requests=requests)


def test_crawls_of_two_runs_are_one_with_the_requests_of_both() -> None:
    traces = [
        saved(probes=(crawled("/a", "/b"),)),
        saved(probes=(crawled("/b", "/c", status=404),)),
    ]
    (probe,) = merge(traces).probes
    assert isinstance(probe, ReplayProbe)
    assert [(each.path, each.status) for each in probe.requests] == [
        ("/a", 200),
        ("/b", 200),
        ("/c", 404),
    ]
    with pytest.raises(TraceFileError, match="different addresses"):
        merge([traces[0], saved(probes=(crawled("/a", host="shop.example"),))])


def test_two_probes_of_one_name_are_refused() -> None:
    other = saved(probes=(dataclasses.replace(PROBES[1], port=1), PROBES[0]))
    with pytest.raises(TraceFileError, match="two different probes `log in`"):
        merge([saved(), other])
