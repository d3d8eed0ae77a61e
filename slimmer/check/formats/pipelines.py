"""What pipelines want to be told beside the result: annotations and the summary of a step under
GitHub Actions, the lines for .gitlab-ci.yml under GitLab."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from slimmer.check.document import PASS, CheckDocument
from slimmer.check.formats.markdown import markdown
from slimmer.check.formats.telling import called, measured, problem

_LONGEST_SUMMARY: Final = 1_000_000
"""Bytes; GitHub refuses a step's summary above 1 MiB."""


def is_github(environment: Mapping[str, str]) -> bool:
    return environment.get("GITHUB_ACTIONS") == "true"


def is_gitlab(environment: Mapping[str, str]) -> bool:
    return environment.get("GITLAB_CI") == "true"


def error_commands(document: CheckDocument) -> Iterator[str]:
    """A workflow command for each gate that has not passed."""
    for result in document.gates:
        if result.status != PASS:
            title = _property(f"slim check: {called(result)}")
            text = f"{document.image.reference}: {measured(result)}: {problem(result)}"
            yield f"::error title={title}::{_data(text)}"


def write_summary(document: CheckDocument, file: Path) -> None:
    """Append to the summary of a step. Raises OSError."""
    text = markdown(document)
    if len(text.encode()) > _LONGEST_SUMMARY:  # names of 4,096 bytes, all of them odd
        text = f"{text.splitlines()[0]}\n\nThe result is too long to be shown here.\n"
    with file.open("a", encoding="utf-8") as stream:
        stream.write(text + "\n")


def gitlab_lines(form: str, output: Path | None) -> Iterator[str]:
    """What to write into .gitlab-ci.yml, so that GitLab shows the result."""
    if output is None or form == "terminal":
        yield "for GitLab's test report: --format junit --output check.xml, and in .gitlab-ci.yml:"
        form, output = "junit", Path("check.xml")
    else:
        yield "for GitLab, in .gitlab-ci.yml:"
    yield "  artifacts:"
    yield "    when: always"
    if form == "junit":
        yield "    reports:"
        yield f"      junit: {output}"
    else:
        yield f"    paths: [{output}]"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
