"""`--no-setuid`: no program that runs as its owner or group, whoever starts it."""

from __future__ import annotations

from collections.abc import Iterator

from slimmer.check.document import Finding, Judgement
from slimmer.check.gate import Gate, none_of
from slimmer.check.subject import Subject
from slimmer.options import Switch


def _judge(_: bool, subject: Subject) -> Iterator[Judgement]:
    found = [
        Finding(what=each.path, detail=", ".join(filter(None, (each.what, each.package))))
        for each in subject.xray.privileges
        if each.what in ("setuid", "setgid")
    ]
    yield none_of(
        found,
        "program",
        problem="there are programs with the setuid or setgid bit",
        hint="in the Dockerfile: RUN chmod a-s FILE",
    )


GATE = Gate(
    name="no-setuid",
    title="setuid programs",
    kind=Switch(),
    help="No program has the setuid or setgid bit",
    judge=_judge,
)
