"""`--structure-test FILE`: the tests of Google's container-structure-test, run by the real one, on
the image and on the debug image beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from slimmer.check.debug_image import in_engine
from slimmer.check.document import FAIL, PASS, Finding, Judgement
from slimmer.check.gate import Gate
from slimmer.check.structure_tests import Outcome, Tested, run_tests
from slimmer.check.subject import Subject
from slimmer.errors import GateUnmeasuredError
from slimmer.options import FILE, several
from slimmer.words import count


def _judge(files: tuple[Path, ...], subject: Subject) -> Iterator[Judgement]:
    images = _images(subject)
    for file in dict.fromkeys(files):
        for image in images:
            yield _judgement(f"{file} on {image.image}", run_tests(file, image))


def _images(subject: Subject) -> list[Tested]:
    image = subject.xray.image
    if image.source == "oci-layout":
        raise GateUnmeasuredError(
            "container-structure-test does not read OCI layouts",
            hint="load the image into the engine, or save it with `docker save`",
        )
    place = in_engine(subject)
    address = place.address if place else ""
    names = [subject.reference, *([place.debug] if place and place.debug else [])]
    return [Tested(image=name, platform=image.platform, address=address) for name in names]


def _judgement(what: str, outcomes: tuple[Outcome, ...]) -> Judgement:
    failed = [
        Finding(what=each.name, detail="; ".join(each.errors))
        for each in outcomes
        if not each.passed
    ]
    return Judgement(
        subject=what,
        status=FAIL if failed else PASS,
        measured=f"{len(outcomes) - len(failed)} of {count(len(outcomes), 'test')} passed",
        limit="all",
        value=len(failed),
        threshold=0,
        unit="tests",
        problem=f"{count(len(failed), 'test')} failed" if failed else "",
        found=len(failed),
        findings=tuple(failed),
    )


GATE = Gate(
    name="structure-test",
    title="structure tests",
    kind=several(FILE),
    help="The tests of this file pass (container-structure-test)",
    judge=_judge,
)
