"""What `--exclude` patterns cover."""

from __future__ import annotations

import pytest

from slimmer.files import PathGlobs


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("/usr/share/doc", "/usr/share/doc", True),
        ("/usr/share/doc", "/usr/share/doc/zlib/copyright", True),
        ("/usr/share/doc/", "/usr/share/doc/zlib", True),
        ("/usr/share/doc", "/usr/share/docs", False),
        ("usr/share/*", "/usr/share/man/man1", True),
        ("usr/share", "/opt/usr/share", False),
        ("/usr/*/doc", "/usr/share/x/doc", False),
        ("/usr/**/doc", "/usr/share/x/doc", True),
        ("/usr/**/doc", "/usr/doc", True),
        ("/usr/**/doc", "/usr/mydoc", False),
        ("**/__pycache__", "/app/lib/__pycache__/a.pyc", True),
        ("*.pyc", "/app/lib/a.pyc", True),
        ("*.pyc", "/a.pyc", True),
        ("*.pyc", "/a.pyco", False),
        ("tests", "/app/tests/data/one", True),
        ("tests", "/app/contests", False),
        ("/a?", "/ab", True),
        ("/a?b", "/a/b", False),
        ("/lib[0-9a]", "/lib6", True),
        ("/lib[0-9a]", "/libx", False),
        ("/lib[!0-9]", "/libx", True),
        ("/lib[!0-9]64", "/lib/64", False),
        ("/[]x]", "/]", True),
        ("/[^]x]", "/]", False),
        ("/[\\\\^]", "/^", True),
        ("/[", "/[", True),
        ("/a.b", "/axb", False),
        ("/new\nline", "/new\nline/x", True),
        ("/*", "/new\nline", True),
    ],
)
def test_pattern_covers(pattern: str, path: str, covered: bool) -> None:
    globs = PathGlobs([pattern])
    assert globs.covers(path) is covered
    assert globs.covers(path) is covered, "the second answer comes from memory"


def test_no_pattern_covers_nothing() -> None:
    assert not PathGlobs([])
    assert not PathGlobs(["/", ""]), "the root itself cannot be excluded"
    assert not PathGlobs(["/"]).covers("/etc")


def test_any_of_several_patterns_is_enough() -> None:
    globs = PathGlobs(["/a", "*.b|c"])
    assert globs.covers("/a/x")
    assert globs.covers("/x/y.b|c")
    assert not globs.covers("/c")
