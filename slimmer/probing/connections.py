"""Requests over a few kept connections at a time."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from slimmer.probing.connection import Connection
from slimmer.probing.failures import describe_failure, is_for_good
from slimmer.values import HttpAnswer, HttpOrigin, HttpRequest


@dataclass(frozen=True, kw_only=True)
class Exchanged:
    """A request and what came of it."""

    request: HttpRequest
    answer: HttpAnswer | None
    """None where none came, or none in time."""
    body: bytes = b""
    """As far as it was read."""
    failure: str = ""
    """Why there is no answer."""
    hopeless: bool = False
    """Whether another try would fail in the same way."""

    @property
    def name(self) -> str:
        """`GET /path`."""
        return request_name(self.request)

    @property
    def outcome(self) -> str:
        """`404 Not Found`, `no answer in time`."""
        if self.answer is None:
            return self.failure
        status = self.answer.status
        return f"{status} {http.client.responses.get(status, '')}".strip()

    def as_answered(self) -> HttpRequest:
        """The request with what kind of answer it got."""
        assert self.answer is not None
        return replace(
            self.request, status=self.answer.status, content_type=media_type(self.answer)
        )


def media_type(answer: HttpAnswer) -> str:
    """`text/html` of `Content-Type: text/html; charset=utf-8`; empty where there is none."""
    values = (value for name, value in answer.headers if name.lower() == "content-type")
    return next(values, "").partition(";")[0].strip().lower()


def request_name(request: HttpRequest) -> str:
    """`GET /path`."""
    return f"{request.method} {request.path}"


class Connections:
    """Up to `count` connections to one target, opened when they are needed and kept."""

    def __init__(
        self,
        addresses: Sequence[tuple[str, int]],
        origin: HttpOrigin,
        *,
        own_names: tuple[tuple[str, str], ...],
        count: int,
    ) -> None:
        self._connections = [
            Connection(addresses, origin, own_names=own_names) for _ in range(count)
        ]

    def exchange(
        self,
        requests: Sequence[HttpRequest],
        *,
        seconds: float,
        until: float | None = None,
        patience: int | None = None,
        keep: Callable[[Exchanged], Exchanged] = lambda exchanged: exchanged,
    ) -> list[Exchanged | None]:
        """What came of each request; `seconds` is what each may take.

        None for those that were not sent: because the clock (time.monotonic) stood at `until`,
        or because `patience` requests had remained without any answer. `keep` gives what is kept
        of each: bodies may be large; it is called by one thread at a time.
        """
        results: list[Exchanged | None] = [None] * len(requests)
        numbers = iter(range(len(requests)))
        lock = threading.Lock()
        silent = 0

        def work(connection: Connection) -> None:
            nonlocal silent
            while True:
                limit = seconds if until is None else min(seconds, until - time.monotonic())
                with lock:
                    number = next(numbers, None)
                    if number is None or limit <= 0 or (patience and silent >= patience):
                        return
                result = _exchange(connection, requests[number], limit)
                with lock:
                    results[number] = keep(result)
                    silent += result.answer is None

        workers = [
            threading.Thread(target=work, args=(connection,), name="probe", daemon=True)
            for connection in self._connections[1 : len(requests)]
        ]
        for worker in workers:
            worker.start()
        work(self._connections[0])
        for worker in workers:
            worker.join()
        return results

    def close(self) -> None:
        """Close them all."""
        for connection in self._connections:
            connection.close()


def _exchange(connection: Connection, request: HttpRequest, seconds: float) -> Exchanged:
    """What goes wrong is part of the result."""
    try:
        answer, body = connection.send(request, seconds=seconds)
    except (OSError, http.client.HTTPException) as error:
        return Exchanged(
            request=request,
            answer=None,
            failure=describe_failure(error),
            hopeless=is_for_good(error),
        )
    return Exchanged(request=request, answer=answer, body=body)
