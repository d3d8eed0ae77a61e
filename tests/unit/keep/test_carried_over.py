"""A decision on an unfinished trace holds for the complete one where nothing new came, and says
then what a decision on that would have said, word for word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slimmer.ecosystems import RULEBOOK
from slimmer.keep import KeepRequest, OvertakenError, carried_over, decide
from slimmer.values import Access, Sighting, Source, Strategy
from tests.unit.files.serving import indexed
from tests.unit.keep.image_tree import ImageTree, seen, trace_of

PATHS = ("/", "/srv/app", "/srv/app/main", "/srv/app/data", "/lib", "/lib/libtea.so", "/srv/none/x")
USES = st.builds(
    Sighting,
    path=st.sampled_from(PATHS),
    access=st.sampled_from(Access),
    phase=st.sampled_from(("boot", "GET /")),
    program=st.sampled_from(("", "/srv/app/main")),
    source=st.sampled_from(Source),
)


@pytest.fixture(scope="module")
def request_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KeepRequest]:
    folder = tmp_path_factory.mktemp("tree")
    tree = ImageTree(folder / "root")
    tree.add("/srv/app/main", "#!/bin/sh\n", mode=0o755)
    tree.add("/srv/app/data/tea.txt")
    tree.add("/usr/lib/libtea.so.1")
    tree.link("/usr/lib/libtea.so", "libtea.so.1")
    tree.link("/lib", "usr/lib")
    with indexed(tree.root, folder / "spool") as (index, content):
        yield KeepRequest(
            index=index, content=content, trace=trace_of(()), config={}, strategy=Strategy.BALANCED
        )


@given(before=st.lists(USES, min_size=1, unique=True), data=st.data())
def test_what_was_seen_again_changes_reasons_only(
    request_of: KeepRequest, before: list[Sighting], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(before), unique_by=lambda each: each.path))
    later = [replace(each, phase="shutdown") for each in again]
    earlier = replace(request_of, trace=trace_of(before))
    complete = replace(request_of, trace=trace_of((*before, *later)))
    anew = decide(complete, RULEBOOK)
    known = carried_over(decide(earlier, RULEBOOK), earlier, complete)
    assert known == anew
    assert known is not None
    assert list(known.reasons.items()) == list(anew.reasons.items())


@pytest.mark.parametrize(
    "new",
    [
        seen("/usr/lib/libtea.so.1", phase="shutdown"),
        seen("/srv/app/main", phase="shutdown", access=Access.EXECUTE),
        seen("/srv/app/main", phase="shutdown", program="/bin/other"),
    ],
    ids=["path", "manner", "program"],
)
def test_what_is_new_is_decided(request_of: KeepRequest, new: tuple[Sighting, ...]) -> None:
    before = seen("/srv/app/main")
    earlier = replace(request_of, trace=trace_of(before))
    kept = decide(earlier, RULEBOOK)
    complete = replace(earlier, trace=trace_of((*before, *new)))
    assert carried_over(kept, earlier, complete) is None


def test_another_question_is_decided(request_of: KeepRequest) -> None:
    earlier = replace(request_of, trace=trace_of(seen("/srv/app/main")))
    kept = decide(earlier, RULEBOOK)
    assert carried_over(kept, earlier, replace(earlier, user="tea")) is None
    entitled = replace(earlier, trace=replace(earlier.trace, as_entitled=True))
    assert carried_over(kept, earlier, entitled) is None
    longer = replace(earlier, trace=trace_of(seen("/srv/app/data")))
    assert carried_over(kept, earlier, longer) is None


def test_a_decision_that_was_overtaken_is_broken_off(request_of: KeepRequest) -> None:
    request = replace(request_of, trace=trace_of(seen("/srv/app/main")))
    with pytest.raises(OvertakenError):
        decide(request, RULEBOOK, is_overtaken=lambda: True)
