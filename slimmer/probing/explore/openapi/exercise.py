"""Each operation of the application's API description, with valid and invalid input.

What was sent, and with which status it was answered, becomes one ReplayProbe for each operation.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable

from slimmer.errors import ApiDescriptionError, ConfigurationError
from slimmer.probing import (
    Connections,
    Exchanged,
    Explored,
    Target,
    authority,
    read_origin,
    with_port,
)
from slimmer.probing.explore.openapi.generation import (
    Operation,
    operations,
    requests_for,
    require_schemathesis,
)
from slimmer.probing.explore.openapi.options import OpenApiOptions
from slimmer.probing.kinds import Recording, ReplayProbe, recorded
from slimmer.values import (
    ExplorationSummary,
    Fault,
    HttpOrigin,
    HttpRequest,
    LeftOut,
    ProbeResult,
)

OPENAPI = "openapi"
DESCRIPTION = "openapi description"
"""The name of the probe that asks for the description."""
_EXAMPLES = 3


class ApiDescription:
    """Implements probing.Exploration."""

    def __init__(self, options: OpenApiOptions) -> None:
        """Raises MissingExtraError without schemathesis, UsageError for a source that is no
        address of the target."""
        require_schemathesis()
        self._options = options
        self._text = "" if options.file is None else _read(options)
        self._origin, self._path = (
            read_origin(options.source, insecure=options.insecure)
            if options.file is None
            else (HttpOrigin(insecure=options.insecure), "")
        )

    @property
    def names(self) -> tuple[str, ...]:
        """`openapi`."""
        return (OPENAPI,)

    def first_probe(self) -> ReplayProbe | None:
        """The description, where the application serves it itself."""
        if not self._path:
            return None
        return ReplayProbe(
            name=DESCRIPTION, origin=self._origin, requests=(HttpRequest(path=self._path),)
        )

    def explore(self, target: Target, *, begin: Callable[[str], None]) -> Explored:
        """Exercise the operations, each as a phase of its own. An error of the application's is
        reported and does not end it; ApiDescriptionError is for a description that is none."""
        started = time.monotonic()
        origin = with_port(self._origin, target.port())
        connections = Connections(
            target.addresses(origin.port), origin, own_names=target.own_names(), count=1
        )
        exercise = _Exercise(self._options, origin, connections, started)
        with contextlib.closing(connections):
            for operation in operations(self._description(connections), self._source(origin)):
                exercise.run(operation, begin)
        return Explored(
            results=tuple(exercise.results),
            summary=ExplorationSummary(
                name=OPENAPI,
                source=self._source(origin),
                requests=sum(exercise.statuses.values()),
                statuses=dict(sorted(exercise.statuses.items())),
                left_out=exercise.left_out(),
                faults=tuple(exercise.faults),
                seconds=time.monotonic() - started,
            ),
        )

    def _source(self, origin: HttpOrigin) -> str:
        if self._options.file is not None:
            return str(self._options.file)
        return f"{'https' if origin.tls else 'http'}://{authority(origin)}{self._path}"

    def _description(self, connections: Connections) -> str:
        if not self._path:
            return self._text
        (exchanged,) = connections.exchange(
            [HttpRequest(path=self._path)], seconds=self._options.request_seconds
        )
        assert exchanged is not None
        answer = exchanged.answer
        if answer is None or answer.status != 200 or not answer.body.complete:
            problem = exchanged.failure if answer is None else f"status {answer.status}"
            if answer is not None and answer.status == 200:
                problem = "it is too long"
            raise ApiDescriptionError(
                f"the description {self._path} cannot be read: {problem}",
                hint="name the path that gives the description itself, without a redirect, or "
                "save it to a file and name that",
            )
        return exchanged.body.decode("utf-8", "replace")


class _Exercise:
    """The operations on their way."""

    def __init__(
        self,
        options: OpenApiOptions,
        origin: HttpOrigin,
        connections: Connections,
        started: float,
    ) -> None:
        self.results: list[ProbeResult] = []
        self.statuses: Counter[str] = Counter()
        self.faults: list[Fault] = []
        self._options = options
        self._origin = origin
        self._connections = connections
        self._until = started + options.seconds
        self._left_out: dict[str, list[str]] = {}

    def run(self, operation: Operation, begin: Callable[[str], None]) -> None:
        """One operation, if it can be exercised and there is time left."""
        if operation.described is None:
            self._leave_out(f"not understood: {operation.problem}", operation.label)
            return
        if time.monotonic() >= self._until:
            self._leave_out_late(operation.label)
            return
        begin(f"{OPENAPI} {operation.label}")
        requests = requests_for(operation, self._options.examples)
        if not requests:
            self._leave_out("no request can be made for it", operation.label)
            return
        started = time.monotonic()
        # Generating takes seconds, after which servers close a connection that they kept.
        self._connections.close()
        exchanged = self._connections.exchange(
            requests,
            seconds=self._options.request_seconds,
            until=self._until,
            keep=Recording(content=False).keep,
        )
        sent = [each for each in exchanged if each is not None]
        if len(sent) < len(requests):
            self._leave_out_late(operation.label)
        self._learn(operation, sent, time.monotonic() - started)

    def left_out(self) -> tuple[LeftOut, ...]:
        """In the order in which the reasons came up."""
        return tuple(
            LeftOut(reason=reason, count=len(labels), examples=tuple(labels[:_EXAMPLES]))
            for reason, labels in self._left_out.items()
        )

    def _learn(self, operation: Operation, sent: list[Exchanged], seconds: float) -> None:
        answered = [each for each in sent if each.answer is not None]
        counts = Counter(str(each.answer.status) if each.answer else "none" for each in sent)
        self.statuses += counts
        for each in sent:
            if each.answer is None or each.answer.status >= 500:
                self.faults.append(
                    Fault(request=each.name, answer=each.outcome, source=operation.label)
                )
        if not answered:
            return
        probe = ReplayProbe(
            name=f"{OPENAPI} {operation.label}",
            origin=self._origin,
            requests=tuple(each.as_answered() for each in answered),
            content=False,
        )
        statuses = ", ".join(f"{count} with {status}" for status, count in sorted(counts.items()))
        self.results.append(
            ProbeResult(
                probe=probe,
                passed=True,
                answer=f"{len(sent)} request{'s' if len(sent) > 1 else ''} ({statuses})",
                seconds=seconds,
                answered_with=recorded(answered),
            )
        )

    def _leave_out(self, reason: str, label: str) -> None:
        self._left_out.setdefault(reason, []).append(label)

    def _leave_out_late(self, label: str) -> None:
        self._leave_out(f"later than {self._options.seconds:g} s (--openapi-time)", label)


def _read(options: OpenApiOptions) -> str:
    assert options.file is not None
    try:
        return options.file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {options.file}: {error}") from error
