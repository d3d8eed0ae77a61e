"""The survey as a table in Markdown, which is readable on a terminal too and goes into the docs as
it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from tests.survey.survey import STRATEGIES

_PLACE = re.compile(r"(?<=<!-- survey -->\n).*?(?=<!-- end of survey -->)", re.DOTALL)


def table(survey: Mapping[str, Any]) -> str:
    """Of a survey as `as_document` has it: one row per sample, one pair of columns (MB, behaviours
    passed) per strategy, and seconds of the builds. `—` where there is no image."""
    samples = survey["samples"]
    strategies = [
        one for one in STRATEGIES if any(one in sample["strategies"] for sample in samples)
    ]
    head = ["application", "original"]
    for strategy in strategies:
        head += [strategy, "passed"]
    lines = [[*head, "seconds"]]
    lines += [_line(sample, strategies) for sample in samples]
    last = [f"all {len(samples)}", ""]
    for strategy in strategies:
        ratio = survey["median_ratio"] if strategy == "balanced" else None
        size = "" if ratio is None else f"median {ratio:.2f} × minimal"  # noqa: RUF001
        last += [size, f"{survey['passed'][strategy]}/{survey['behaviours'][strategy]}"]
    lines.append([*last, ""])
    return aligned(lines)


def with_table(text: str, survey: Mapping[str, Any]) -> str:
    """A document with the table in the place that two comments mark in it."""
    return _PLACE.sub(lambda _: f"\n{table(survey)}\n\n", text)


def megabytes(size: int) -> str:
    """Three digits that mean something."""
    value = size / 1e6
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}"


def _line(sample: Mapping[str, Any], strategies: list[str]) -> list[str]:
    size = sample["original_size"]
    cells = [sample["name"], megabytes(size) if size else "—"]
    seconds = []
    for strategy in strategies:
        result = sample["strategies"].get(strategy)
        if result is None:
            cells += ["—", "—"]
            seconds.append("—")
        else:
            cells += [megabytes(result["size"]), f"{result['passed']}/{sample['behaviours']}"]
            seconds.append(f"{result['seconds']:.0f}")
    return [*cells, " / ".join(seconds)]


def aligned(lines: list[list[str]]) -> str:
    """Cells as a table in Markdown; the first line is its head."""
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    padded = [
        [cell.ljust(width) if not column else cell.rjust(width)
         for column, (cell, width) in enumerate(zip(line, widths, strict=True))]
        for line in lines
    ]  # fmt: skip
    rule = [
        "-" * width if not column else "-" * (width - 1) + ":"
        for column, width in enumerate(widths)
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in [padded[0], rule, *padded[1:]])
