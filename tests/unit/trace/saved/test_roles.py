"""Traces of an image's roles as one trace, which is written, read and merged like any other."""

from __future__ import annotations

import pytest

from slimmer.errors import TraceFileError
from slimmer.probing.kinds import ExecProbe, HttpProbe
from slimmer.trace.saved import SavedTrace, from_bytes, merge, of_roles, to_bytes
from tests.unit.trace.saved.examples import saved, seen, use

GET = HttpProbe(name="GET /", path="/")
DONE = ExecProbe(name="exec done", command=("done",))


def web(**changes: object) -> SavedTrace:
    paths = {"/app": seen(use()), "/page": seen(use("log in"))}
    return saved(paths, probes=(GET,), **changes)


def worker(**changes: object) -> SavedTrace:
    paths = {"/app": seen(use()), "/job": seen(use("exec id"))}
    fields: dict[str, object] = {"port": None, "ready_within": 30, "probes": (DONE,), **changes}
    return saved(paths, **fields)  # type: ignore[arg-type]


def job() -> SavedTrace:
    return saved({"/table": seen(use())}, exit_status=0, port=None, probes=(), phases=("boot",))


@pytest.fixture
def roles() -> SavedTrace:
    return of_roles([("web", web()), ("worker", worker()), ("job", job())])


def test_phases_have_their_role_in_front(roles: SavedTrace) -> None:
    assert roles.phases[:2] == ("web: boot", "web: log in")
    assert roles.phases[-1] == "job: boot"
    phases = {use.phase for use in roles.paths["/app"].uses}
    assert phases == {"web: boot", "worker: boot"}
    assert {use.phase for use in roles.paths["/job"].uses} == {"worker: exec id"}


def test_all_roles_together_are_one_run(roles: SavedTrace) -> None:
    assert roles.runs == 1
    assert roles.unstable() == {}


def test_each_role_keeps_how_it_ran(roles: SavedTrace) -> None:
    facts = {role.name: (role.port, role.ready_within, role.exit_status) for role in roles.roles}
    assert facts == {"web": (8000, 2, None), "worker": (None, 30, None), "job": (None, 2, 0)}
    assert [role.probes for role in roles.roles] == [(GET,), (DONE,), ()]


def test_a_role_gets_back_what_it_saw(roles: SavedTrace) -> None:
    for role, alone in zip(roles.all_roles, (web(), worker(), job()), strict=True):
        assert roles.trace_of(role) == alone.trace()


def test_the_only_role_of_an_image_changes_nothing() -> None:
    assert of_roles([("", web())]) == web()
    (role,) = web().all_roles
    assert web().trace_of(role) == web().trace()


def test_a_file_holds_all_of_it(roles: SavedTrace) -> None:
    assert from_bytes(to_bytes(roles), "file") == roles


def test_a_role_stands_above_what_is_said_of_it(roles: SavedTrace) -> None:
    lines = to_bytes(roles).decode().splitlines()
    first, second = lines.index("role\tweb"), lines.index("role\tworker")
    assert lines[first + 1 : second][:2] == ["port\t8000", "ready-within\t2"]


def test_a_role_that_is_named_twice_is_refused(roles: SavedTrace) -> None:
    from slimmer.trace.saved.writing import checksum

    body = to_bytes(roles).rpartition(b"end\t")[0].replace(b"role\tworker", b"role\tweb")
    with pytest.raises(TraceFileError, match="not what a saved trace has there"):
        from_bytes(body + f"end\t{checksum(body)}\n".encode(), "file")


def test_runs_of_the_same_roles_are_merged_role_by_role(roles: SavedTrace) -> None:
    late = HttpProbe(name="GET /late", path="/late")
    more = of_roles([("web", web(ready_within=5)), ("worker", worker(probes=(DONE, late)))])
    union = merge([roles, more])
    assert union.runs == 2
    assert {role.name: role.ready_within for role in union.roles} == {
        "web": 5,
        "worker": 30,
        "job": 2,
    }
    assert union.roles[1].probes == (DONE, late)
    assert union.phases[0] == "web: boot"
    assert union.phases.index("worker: boot") == union.phases.index("web: shutdown") + 1
    assert union.paths["/job"].runs == 2
    assert from_bytes(to_bytes(union), "file") == union


def test_a_trace_of_roles_and_one_without_are_not_merged(roles: SavedTrace) -> None:
    with pytest.raises(TraceFileError, match="roles"):
        merge([roles, web()])
