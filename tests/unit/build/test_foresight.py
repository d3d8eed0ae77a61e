"""Decisions ahead: each is overtaken by the next of its role, and the build waits for all."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from slimmer.build.values import Foresight
from slimmer.errors import OriginalUnreadableError, TraceIncompleteError


def ended(error: Exception | None = None) -> Future[None]:
    future: Future[None] = Future()
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(error)
    return future


def test_a_decision_is_overtaken_by_the_next_one_of_its_role_alone() -> None:
    foresight = Foresight()
    first, of_another = foresight.begin("web"), foresight.begin("worker")
    assert not first()
    second = foresight.begin("web")
    assert first()
    assert not second()
    assert not of_another()


def test_what_cannot_be_read_is_told_where_it_is_needed() -> None:
    """And whatever else goes wrong is told at once."""
    foresight = Foresight()
    foresight.begun.extend([ended(OriginalUnreadableError("no /etc/passwd")), ended()])
    foresight.wait()
    foresight.begun.append(ended(TraceIncompleteError("records are missing")))
    with pytest.raises(TraceIncompleteError):
        foresight.wait()
