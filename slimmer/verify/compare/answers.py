"""One probe's answer against what the original answered to the same probe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from slimmer.probing import is_secret, shown_header
from slimmer.values import (
    Answer,
    Comparison,
    Difference,
    Fact,
    Headers,
    Text,
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
    elif incomparable and not any(name for name, _ in found.each()):  # of many, some pages are
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
    """Each answer that it is made of on its own, against those that the original gave there."""
    wanted: dict[str, list[Answer]] = {}
    for reference in references:
        for name, answer in reference.each():
            wanted.setdefault(name, []).append(answer)
    there = dict(found.each())
    for name, answers in wanted.items():
        if name in there:
            for part, finding in _findings_of_one(answers, there[name]):
                yield f"{part} of {name}" if name else part, finding
        elif len(answers) == len(references):
            gone = next(part.text for part in answers[0].parts() if isinstance(part, Fact))
            yield f"answer to {name}", Finding(lines=(f"-{gone}", "+(none)"))


def _findings_of_one(references: Sequence[Answer], found: Answer) -> Iterator[tuple[str, Finding]]:
    answers = (*references, found)
    for parts in zip(*(each.parts() for each in answers), strict=True):
        match parts[0]:
            case Fact(name=name):
                *facts, fact = (part.text for part in parts if isinstance(part, Fact))
                yield name, _one_of(facts, fact)
            case Headers():
                yield from _header_findings(
                    [
                        (part, answer.own_names)
                        for part, answer in zip(parts, answers, strict=True)
                        if isinstance(part, Headers)
                    ]
                )
            case Text(name=name):
                *wanted, content = (
                    Content(
                        recorded=part.recorded,
                        own_names=answer.own_names,
                        encoding=part.encoding,
                    )
                    for part, answer in zip(parts, answers, strict=True)
                    if isinstance(part, Text)
                )
                yield name, compare_contents(wanted, content)


def _one_of(wanted: Sequence[str], found: str) -> Finding:
    masked = len(set(wanted)) > 1
    if found in wanted:
        return Finding(masked=masked)
    return Finding(
        lines=(*(f"-{each}" for each in dict.fromkeys(wanted)), f"+{found}"), masked=masked
    )


def _shown(name: str, finding: Finding) -> Finding:
    """Without the values that are secrets: reports are handed on."""
    if not finding.lines or not is_secret(name):
        return finding
    lines = (f"{line[:1]}{shown_header(name, line[1:])}" for line in finding.lines)
    return replace(finding, lines=tuple(lines))


def _header_findings(
    sent: Sequence[tuple[Headers, Sequence[tuple[str, str]]]],
) -> Iterator[tuple[str, Finding]]:
    """(headers, own names) of each reference, and of what was found."""
    *wanted, there = (
        {name: anonymous(text, own_names) for name, text in comparable(each.values).items()}
        for each, own_names in sent
    )
    for name in sorted({*there, *(name for each in wanted for name in each)}):
        part = f"{sent[0][0].word} {named(name)}"
        values = [headers[name] for headers in wanted if name in headers]
        value = there.get(name)
        if len(values) == len(wanted) and value is not None:
            yield part, _shown(name, compare_texts(values, value))
        elif not values:
            yield part, _shown(name, Finding(lines=(f"+{value or '(there)'}",)))
        elif len(values) == len(wanted):
            shown = _shown(name, Finding(lines=(f"-{values[0] or '(there)'}",)))
            yield part, Finding(lines=(*shown.lines, "+(missing)"))
        else:  # the original itself sends it now and then
            yield part, Finding(masked=True)
