"""`replay`: requests that were found out on the original, sent again: over a few kept connections,
each answer held to the status and the media type that the original gave."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from slimmer.probing.connections import Connections, Exchanged, media_type
from slimmer.probing.judging import EXCERPT_LIMIT
from slimmer.probing.kinds.http import NOT_READY_STATUSES
from slimmer.probing.kinds.interface import Attempt, Kind
from slimmer.probing.origin import with_port
from slimmer.values import (
    Answer,
    HttpAnswer,
    HttpOrigin,
    HttpRequest,
    Part,
    Probe,
    ProbeResult,
    Recorded,
)

SILENT_LIMIT = 5
"""Requests without any answer, after which the others are not sent: each may have cost the whole
time limit."""
BODIES_LIMIT = 8 * 1024 * 1024
"""Bytes that are kept of all bodies of one replay; of further ones the digest tells whether they
are the same."""
BODY_KEPT = 64 * 1024
"""Bytes of a body that is kept at all: of a longer one a difference can be told, not shown."""
_NAMED = 3
_LOCAL = HttpOrigin()
_NOTHING = Recorded(data=b"", size=0, digest="")


@dataclass(frozen=True, kw_only=True)
class ReplayProbe(Probe):
    """Requests that were found out on the original, to be answered with the same statuses and
    media types again."""

    kind = "replay"
    needs_port = True
    leads = True
    found_out = True
    may_be_repeated = True
    origin: HttpOrigin = _LOCAL
    requests: tuple[HttpRequest, ...] = ()
    connections: int = 1
    """How many requests are under way at a time; with one, they come in this order."""
    content: bool = True
    """Whether headers and bodies are recorded, to be held against the original's."""

    @property
    def port(self) -> int | None:
        return self.origin.port

    @property
    def request(self) -> str:
        return f"{len(self.requests):,} request{'' if len(self.requests) == 1 else 's'}"

    def joined(self, other: Probe) -> Probe:
        """The requests of both; what a request was answered with is said by the first. Runs may
        well have found out different things."""
        if not isinstance(other, ReplayProbe):
            return super().joined(other)
        if self.origin != other.origin:
            raise ValueError(f"different addresses, {self.origin.host} and {other.origin.host}")
        requests: dict[HttpRequest, HttpRequest] = {}
        for request in (*self.requests, *other.requests):
            requests.setdefault(dataclasses.replace(request, status=0, content_type=""), request)
        return dataclasses.replace(self, requests=tuple(requests.values()))


@dataclass(frozen=True, kw_only=True)
class ReplayAnswer(Answer):
    """What a server answered to the requests of a ReplayProbe."""

    answers: tuple[tuple[str, HttpAnswer], ...]
    """(`GET /path`, answer) in the order of the requests; those without an answer are left out. Of
    two equal requests the later one is called `GET /path #2`."""

    def parts(self) -> Iterator[Part]:
        return iter(())

    def each(self) -> Iterator[tuple[str, Answer]]:
        yield from self.answers


class Replay(Kind[ReplayProbe]):
    """Requests that were found out; nobody writes them."""

    probe = ReplayProbe

    def send(self, probe: ReplayProbe, attempt: Attempt) -> ProbeResult:
        """Each request may take the attempt's seconds."""
        started = time.monotonic()
        target = attempt.target
        connections = Connections(
            target.addresses(probe.port),
            with_port(probe.origin, target.port()),
            own_names=target.own_names(),
            count=probe.connections,
        )
        with contextlib.closing(connections):
            exchanged = connections.exchange(
                probe.requests,
                seconds=attempt.seconds,
                patience=SILENT_LIMIT,
                keep=Recording(content=probe.content).keep,
            )
        asked = [each for each in exchanged if each is not None]
        wrong = [problem for each in asked if (problem := _problem(each))]
        if len(asked) < len(exchanged):
            wrong.append(f"{len(exchanged) - len(asked)} more requests were not sent")
        return ProbeResult(
            probe=probe,
            passed=not wrong,
            answer=_sentence(asked, wrong, len(exchanged)),
            excerpt="\n".join(wrong)[:EXCERPT_LIMIT],
            answered=any(map(_is_definite, asked)),
            seconds=time.monotonic() - started,
            answered_with=recorded(asked),
        )

    def hint(self, probe: ReplayProbe, result: ProbeResult) -> str:
        if not result.answered:
            return ""
        return "correct the address: http or https, the port, the path"


class Recording:
    """Keeps of many answers what can be held against others, in bounded memory."""

    def __init__(self, *, content: bool) -> None:
        """`content` is ReplayProbe.content."""
        self._content = content
        self._kept = 0

    def keep(self, exchanged: Exchanged) -> Exchanged:
        """The exchange without its body, and with an answer that has only what is compared."""
        answer = exchanged.answer
        if answer is None:
            return exchanged
        body = answer.body
        if not self._content:
            media = (("Content-Type", media_type(answer)),)
            answer = HttpAnswer(status=answer.status, headers=media, body=_NOTHING)
        elif body.size > BODY_KEPT or self._kept + body.size > BODIES_LIMIT:
            answer = dataclasses.replace(answer, body=dataclasses.replace(body, data=b""))
        else:
            self._kept += body.size
        return dataclasses.replace(exchanged, answer=answer, body=b"")


def recorded(exchanged: Sequence[Exchanged]) -> ReplayAnswer:
    """What a Recording kept, as one answer."""
    names = _different(each.name for each in exchanged)
    return ReplayAnswer(
        answers=tuple(
            (name, each.answer)
            for name, each in zip(names, exchanged, strict=True)
            if each.answer is not None
        )
    )


def _problem(each: Exchanged) -> str:
    """How an answer is not what the request says; empty where it is."""
    request, answer = each.request, each.answer
    if answer is None:
        return f"{each.name}: {each.failure}"
    if request.status == 0:
        return "" if 200 <= answer.status < 400 else f"{each.name}: {answer.status}"
    if answer.status != request.status:
        return f"{each.name}: {answer.status} instead of {request.status}"
    if media_type(answer) != request.content_type:
        return (
            f"{each.name}: {media_type(answer) or 'no media type'} instead of "
            f"{request.content_type or 'none'}"
        )
    return ""


def _sentence(asked: Sequence[Exchanged], wrong: Sequence[str], requests: int) -> str:
    if not wrong and len(asked) == 1 and asked[0].answer is not None:
        size = asked[0].answer.body.size
        return f"{asked[0].outcome}, {size} bytes" if size else asked[0].outcome
    if not wrong:
        return f"{requests:,} requests answered as before"
    if requests == 1:
        return wrong[0].partition(": ")[2]
    more = f"; and {len(wrong) - _NAMED:,} more" if len(wrong) > _NAMED else ""
    return f"{len(wrong):,} of {requests:,} requests: " + "; ".join(wrong[:_NAMED]) + more


def _is_definite(each: Exchanged) -> bool:
    """Whether an answer says more than that the application is not there yet."""
    if each.answer is None:
        return each.hopeless
    return each.answer.status not in NOT_READY_STATUSES or each.request.status != 0


def _different(names: Iterable[str]) -> Iterator[str]:
    """The names, a number behind each that occurred before."""
    seen: dict[str, Iterator[int]] = {}
    for name in names:
        number = next(seen.setdefault(name, itertools.count(1)))
        yield name if number == 1 else f"{name} #{number}"
