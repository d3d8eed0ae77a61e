"""The reader of Dockerfiles, beside BuildKit's own parser."""

from __future__ import annotations

import re
from pathlib import Path

import dockerfile as buildkit
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slimmer.dockerfile import Instruction, read_source
from slimmer.errors import DockerfileError

ROOT = Path(__file__).parents[3]
FILES = sorted([*ROOT.glob("sample_apps/*/Dockerfile"), *ROOT.glob("tests/cases/*/*/Dockerfile")])

TRICKY = [
    "FROM a\nRUN b \\\n  # a comment\n  c \\\n\n  d\n",
    "FROM a\nRUN b \\  \n c\nCMD d",
    "# escape=`\nFROM a\nRUN b `\n c\\\nCMD d\n",
    "#syntax=docker/dockerfile:1\n# Escape = `\nFROM a\nRUN b `\n c\n",
    "# a comment\n# escape=`\nFROM a\nRUN b \\\n c\n",
    "\n# escape=`\nFROM a\nRUN b \\\n c\n",
    "FROM a\nRUN <<EOF\nb\n\n# no comment\nEOF\nRUN c\n",
    "FROM a\nRUN <<EOF bash -x\nb \\\nEOF\nCMD c\n",
    "FROM a\nCOPY <<'A' <<-\"B\" /x/\n1\nA\n\t2\n\tB\nRUN b\n",
    "FROM a\nCOPY --chown=1 <<A /x/\nA\nRUN b\n",
    "FROM a\nRUN cat <<EOF >/x && b\n$c\nEOF\nRUN d\n",
    "FROM a\nRUN echo '<<EOF' \"<<EOF\" \\<<EOF\nRUN b\n",
    "FROM a\nRUN cat 3<<EOF\nx\nEOF\n",
    "FROM a\nONBUILD COPY <<A /x\nb\nA\nRUN c\n",
    'FROM a\nONBUILD RUN ["b", "c"]\n',
    "FROM a\nCMD [ \"b\" , 'c' ]\n",
    "FROM a\nCMD []\n",
    'FROM a\nCOPY ["b c", "/d e/"]\n',
    'FROM a\nHEALTHCHECK --interval=1s CMD ["b"]\nHEALTHCHECK NONE\n',
    "FROM a\nRUN --mount=type=cache,target=/b --network=none c --d\n",
    "FROM --platform=$X a AS b\nFROM b\n",
    "from a as b\nrUn c\n",
    "FROM a\r\nRUN b \\\r\n c\r\n",
    "\ufeffFROM a\n",
    "FROM a\n\tRUN b\n",
    "FROM a\nRUN b \\",
    "FROM a\nRUN b \\\n",
    "ARG A=1\nFROM a:$A\nARG A\nENV B=c D=\"e f\" G='h i'\nENV J k l\nLABEL m=n\n",
    "FROM a\nRUN b\\\\\nCMD c\n",
    'FROM a\nSHELL ["x", "-c"]\nEXPOSE 80 81/udp\nVOLUME /b /c\nSTOPSIGNAL 9\nUSER d\n',
]


def ours(text: str) -> list[tuple[object, ...]]:
    """What the two are compared by, of each instruction."""
    return [
        (
            each.name,
            each.line,
            each.end_line,
            () if each.trigger else each.flags,
            (each.trigger or each).json is not None,
            [(heredoc.name, untabbed(heredoc.content)) for heredoc in each.heredocs],
            words(each) if each.name in ("RUN", "COPY", "CMD") else (),
        )
        for each in read_source(text.encode(), "Dockerfile").instructions
    ]


def untabbed(content: str) -> str:
    """BuildKit's parser leaves the tabs of `<<-` to a later step."""
    return re.sub(r"^\t+", "", content, flags=re.MULTILINE)


def words(instruction: Instruction) -> tuple[str, ...]:
    if instruction.json is not None:
        return instruction.json
    return tuple(instruction.text.split()) if instruction.text else ()


def theirs(text: str) -> list[tuple[object, ...]]:
    return [
        (
            each.cmd.upper(),
            each.start_line,
            each.end_line,
            each.flags,
            each.json,
            [(heredoc.name, untabbed(heredoc.content)) for heredoc in each.heredocs],
            (each.value if each.json else tuple(" ".join(each.value).split()))
            if each.cmd.upper() in ("RUN", "COPY", "CMD")
            else (),
        )
        for each in buildkit.parse_string(text)
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_dockerfiles_of_applications(file: Path) -> None:
    text = file.read_text("utf-8")
    assert ours(text) == theirs(text)


@pytest.mark.parametrize("text", TRICKY)
def test_what_readers_get_wrong(text: str) -> None:
    assert ours(text) == theirs(text)


LINES = st.sampled_from(
    [
        *("RUN a", "RUN a \\", "  b \\", "# c", "", "COPY <<E /x", "E", "\tE", "CMD []"),
        *('CMD ["a"]', "ENV A=b", "# escape=`", "RUN c `", "RUN <<-E", "ONBUILD RUN d"),
        *("LABEL e=f \\", "g=h"),
    ]
)


@settings(max_examples=400)
@given(st.lists(LINES, max_size=8))
def test_whatever_stands_together(lines: list[str]) -> None:
    """Both read it the same, or both refuse it: ours refuses what a later step of theirs does."""
    text = "\n".join(["FROM a", *lines])
    try:
        read = ours(text)
    except DockerfileError:
        return
    assert read == theirs(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "1: no instruction in it; expected FROM and an image"),
        ("# only\n\n# comments\n", "1: no instruction in it; expected FROM and an image"),
        ("ARG A\n", "1: no FROM in it; expected FROM and an image"),
        ("RUN a\nFROM b\n", "1: RUN before the first FROM; expected FROM: only ARG may"),
        ("FROM a\nRUM b\n", "2: unknown instruction `RUM`; expected RUN"),
        ("FROM a\n\n&& b\n", "3: unknown instruction `&&`; expected an instruction such as"),
        ("FROM a\nCOPY b\n", "2: `COPY b` is not a valid COPY; expected sources and a"),
        ('FROM a\nCOPY ["b"]\n', '2: `COPY ["b"]` is not a valid COPY; expected sources'),
        ("FROM a b\n", "1: `FROM a b` is not a valid FROM; expected an image, or an image and `AS"),
        ("FROM\n", "1: FROM says nothing; expected an image"),
        ("FROM a\nENV B\n", "2: `ENV B` is not a valid ENV; expected NAME=VALUE"),
        ("FROM a\nSHELL sh -c\n", "2: `SHELL sh -c` is not a valid SHELL; expected a list as"),
        ("FROM a\nHEALTHCHECK b\n", "2: `HEALTHCHECK b` is not a valid HEALTHCHECK; expected"),
        ('FROM a\nCMD ["b", 1]\n', "2: CMD with a JSON list of other things; expected texts"),
        (
            "FROM a\nRUN b\nRUN <<E\nc\n",
            "3: a here-document that does not end; expected a line",
        ),
        ("FROM a\nONBUILD ONBUILD RUN b\n", "2: ONBUILD cannot have ONBUILD; expected another"),
        ("# escape=x\nFROM a\n", "1: escape is 'x'; expected a backslash or a backtick"),
        ("# escape=`\n# escape=`\nFROM a\n", "2: a second directive `escape`; expected each one"),
        ("\x7fELF\0", "1: a NUL byte: this is a binary file, no Dockerfile"),
        ("FROM a\nRUN b\0", "2: a NUL byte"),
        ("FROM a\n" + "RUN b\n" * 800_000, "has 4,800,007 bytes: no Dockerfile is larger"),
        ("FROM a\n\x1b[2J\u202e b", "2: unknown instruction `\\x1b[2J\\u202e`"),
    ],
)
def test_an_error_names_the_line_and_what_was_expected(text: str, told: str) -> None:
    with pytest.raises(DockerfileError) as error:
        read_source(text.encode(), "D")
    assert told in error.value.message
    assert error.value.message.isprintable()


def test_what_is_not_utf_8_is_read_all_the_same() -> None:
    source = read_source(b"FROM a\nLABEL b=\xff\n", "D")
    assert source.instructions[1].text == "b=\udcff"


def test_comments_are_kept_for_those_who_write_orders_into_them() -> None:
    source = read_source(b"# syntax=x\nFROM a\n# one\nRUN b \\\n  # two\n  c\n", "D")
    assert [(each.line, each.text) for each in source.comments] == [(3, "one"), (5, "two")]
    assert source.directives == (("syntax", "x"),)
