"""Stages and steps: what a FROM means, and with which variables and in which folder steps run."""

from __future__ import annotations

import pytest

from slimmer.dockerfile import Copy, Dockerfile, copy_of, read_source, stages_of, steps_of


def read(text: str) -> Dockerfile:
    return stages_of(read_source(text.encode(), "Dockerfile"))


def copies(text: str) -> list[Copy]:
    dockerfile = read(text)
    found = (copy_of(step) for step in steps_of(dockerfile, dockerfile.final))
    return [copy for copy in found if copy]


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        ("debian:$V", "debian:12"),
        ("debian:${V}-slim", "debian:12-slim"),
        ("${NAME:-alpine}:3", "alpine:3"),
        ("debian${V:+-of-12}", "debian-of-12"),
        ("$UNKNOWN", None),
        ("a:$EMPTY", None),
        ("a:${V%2}", None),
        ('"debian:$V"', "debian:12"),
    ],
)
def test_arguments_in_from(base: str, expected: str | None) -> None:
    assert read(f"ARG V=12\nARG EMPTY\nFROM {base}\n").final.base == expected


def test_a_stage_is_built_on_the_last_one_of_that_name_before_it() -> None:
    dockerfile = read("FROM a AS Base\nFROM b\nFROM base AS top\nFROM TOP\nFROM top2\n")
    assert [stage.parent for stage in dockerfile.stages] == [None, None, 0, 2, None]
    assert [each.index for each in dockerfile.lineage(dockerfile.stages[3])] == [0, 2, 3]


def test_steps_inherit_from_the_stages_below_and_from_no_others() -> None:
    dockerfile = read(
        'ARG V=1\nFROM a AS one\nWORKDIR /x\nENV A=b\nSHELL ["/bin/bash", "-c"]\nFROM c\nENV D=e\n'
        "FROM one\nWORKDIR y/../z\nARG V\nARG W=${V}2\nRUN f\n"
    )
    last = list(steps_of(dockerfile, dockerfile.final))[-1]
    assert last.workdir == "/x/z"
    assert last.variables == {"A": "b", "V": "1", "W": "12"}
    assert last.shell == ("/bin/bash", "-c")


def test_a_folder_that_depends_on_an_argument_is_not_known() -> None:
    (copy,) = copies("FROM a\nARG D\nWORKDIR $D\nCOPY b c\n")
    assert copy.destination is None
    assert copy.sources == ("b",)


@pytest.mark.parametrize(
    ("line", "sources", "destination", "into_folder"),
    [
        ("COPY a /b", ("a",), "/b", False),
        ("COPY a b/", ("a",), "/w/b", True),
        ("COPY ./a /../c ../d .", ("a", "c", "d"), "/w", True),
        ("COPY . .", (".",), "/w", True),
        ('COPY ["a b", "/c d"]', ("a b",), "/c d", False),
        ('COPY "a b" /c', ("a b",), "/c", False),
        ("COPY a\\ b /c", ("a b",), "/c", False),
        ("COPY $A/*.txt ${B}/", ("x/*.txt",), "/y", True),
        ("ADD https://example.com/a git@example.com:b c /d/", ("c",), "/d", True),
        ("COPY $UNKNOWN e /d/", ("e",), "/d", True),
    ],
)
def test_what_copy_takes_and_where_it_goes(
    line: str, sources: tuple[str, ...], destination: str, into_folder: bool
) -> None:
    (copy,) = copies(f"FROM a\nENV A=x B=/y\nWORKDIR /w\n{line}\n")
    assert (copy.sources, copy.destination) == (sources, destination)
    assert copy.into_folder is into_folder
    assert copy.has_unknown is ("UNKNOWN" in line)
    assert copy.takes_context


def test_here_documents_are_no_sources() -> None:
    (copy,) = copies("FROM a\nCOPY <<'X' b /c/\n1\nX\n")
    assert copy.sources == ("b",)


def test_of_another_stage_nothing_is_taken_from_the_context() -> None:
    (copy,) = copies("FROM a\nCOPY --from=b --exclude=*.md c d /e\n")
    assert (copy.origin, copy.excludes, copy.takes_context) == ("b", ("*.md",), False)
