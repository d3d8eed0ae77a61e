"""One probe's answer against what the original answered to the same probe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slimmer.values import (
    Answer,
    CommandAnswer,
    Comparison,
    Difference,
    HttpAnswer,
    ReplayAnswer,
    TcpAnswer,
    Verdict,
)
from slimmer.verify.compare.content import (
    Content,
    Finding,
    anonymous,
    compare_contents,
    compare_texts,
)
from slimmer.verify.compare.headers import comparable, named


def compare(references: Sequence[Answer], found: Answer) -> Comparison:
    """Hold an answer against those of the original, the most typical first.

    One reference is enough where the answer is the same. What differs between references is
    noise; a difference means something only where there are two at least.
    """
    differences = []
    unstable = []
    incomparable = []
    reordered = []
    for part, finding in _findings(references, found):
        if finding.lines:
            differences.append(Difference(part=part, lines=finding.lines))
        if finding.masked:
            unstable.append(part)
        if not finding.comparable:
            incomparable.append(part)
        if finding.reordered:
            reordered.append(part)
    if differences:
        verdict = Verdict.DIFFERENT
    elif incomparable and not isinstance(found, ReplayAnswer):  # of that, some pages are
        verdict = Verdict.INCOMPARABLE
    else:
        verdict = Verdict.ALIKE if unstable else Verdict.SAME
    return Comparison(
        verdict=verdict,
        differences=tuple(differences),
        unstable=tuple(unstable),
        reordered=tuple(reordered),
        references=len(references),
    )


def _findings(references: Sequence[Answer], found: Answer) -> Iterator[tuple[str, Finding]]:
    if isinstance(found, ReplayAnswer):
        yield from _replay_findings(
            [each for each in references if isinstance(each, ReplayAnswer)], found
        )
    elif isinstance(found, HttpAnswer):
        http = [each for each in references if isinstance(each, HttpAnswer)]
        yield "status", _one_of([str(each.status) for each in http], str(found.status))
        yield from _header_findings(http, found)
        yield "body", compare_contents([_body(each) for each in http], _body(found))
    elif isinstance(found, TcpAnswer):
        spoken = [each for each in references if isinstance(each, TcpAnswer)]
        contents = [
            Content(recorded=each.received, own_names=each.own_names) for each in (*spoken, found)
        ]
        yield "answer", compare_contents(contents[:-1], contents[-1])
    else:
        ran = [each for each in references if isinstance(each, CommandAnswer)]
        yield (
            "exit status",
            _one_of([str(each.exit_status) for each in ran], str(found.exit_status)),
        )
        for part in ("stdout", "stderr"):
            contents = [_output(each, part) for each in (*ran, found)]
            yield part, compare_contents(contents[:-1], contents[-1])


def _replay_findings(
    references: Sequence[ReplayAnswer], found: ReplayAnswer
) -> Iterator[tuple[str, Finding]]:
    """Each request on its own, against the answers that the original gave to it."""
    wanted: dict[str, list[HttpAnswer]] = {}
    for reference in references:
        for name, answer in reference.answers:
            wanted.setdefault(name, []).append(answer)
    there = dict(found.answers)
    for name, answers in wanted.items():
        if name in there:
            for part, finding in _findings(answers, there[name]):
                yield f"{part} of {name}", finding
        elif len(answers) == len(references):
            yield f"answer to {name}", Finding(lines=(f"-{answers[0].status}", "+(none)"))


def _one_of(wanted: Sequence[str], found: str) -> Finding:
    masked = len(set(wanted)) > 1
    if found in wanted:
        return Finding(masked=masked)
    return Finding(
        lines=(*(f"-{each}" for each in dict.fromkeys(wanted)), f"+{found}"), masked=masked
    )


def _header_findings(
    references: Sequence[HttpAnswer], found: HttpAnswer
) -> Iterator[tuple[str, Finding]]:
    wanted = [comparable(each.headers) for each in references]
    there = comparable(found.headers)
    for name in sorted({*there, *(name for each in wanted for name in each)}):
        part = f"header {named(name)}"
        values = [
            anonymous(headers[name], answer.own_names)
            for headers, answer in zip(wanted, references, strict=True)
            if name in headers
        ]
        value = anonymous(there[name], found.own_names) if name in there else None
        if len(values) == len(wanted) and value is not None:
            yield part, compare_texts(values, value)
        elif not values:
            yield part, Finding(lines=(f"+{value or '(there)'}",))
        elif len(values) == len(wanted):
            yield part, Finding(lines=(f"-{values[0] or '(there)'}", "+(missing)"))
        else:  # the original itself sends it now and then
            yield part, Finding(masked=True)


def _body(answer: HttpAnswer) -> Content:
    encoding = next(
        (value for name, value in answer.headers if name.lower() == "content-encoding"), ""
    )
    return Content(
        recorded=answer.body, own_names=answer.own_names, encoding=encoding.strip().lower()
    )


def _output(answer: CommandAnswer, part: str) -> Content:
    recorded = answer.stdout if part == "stdout" else answer.stderr
    return Content(recorded=recorded, own_names=answer.own_names)
