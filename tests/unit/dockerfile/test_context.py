"""The build context under its ignore file. tests/engine/test_build_context.py asks an engine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from slimmer.dockerfile import Copy, copy_of, read_context, read_source, stages_of, steps_of
from slimmer.errors import DockerfileError

TREE = (
    *("a.md", "b.txt", ".git/HEAD", "docs/a.md", "docs/deep/b.md", "docs/deep/c.txt", "src/x.log"),
    *("src/y/z.log", "src/main.py", "node_modules/p/i.js", "sub/node_modules/q/i.js", "bar.log"),
    *("x[1].txt", "sp ace/f", "!bang", "#hash"),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in TREE:
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(path)
    return tmp_path


def dropped(folder: Path, *lines: str) -> set[str]:
    """What an ignore file with these lines leaves out of the tree."""
    (folder / ".dockerignore").write_text("\n".join(lines) + "\n")
    return set(TREE) - {file.path for file in read_context(folder).files}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.md", {"a.md"}),
        ("**/*.md", {"a.md", "docs/a.md", "docs/deep/b.md"}),
        ("docs", {"docs/a.md", "docs/deep/b.md", "docs/deep/c.txt"}),
        ("/docs/", {"docs/a.md", "docs/deep/b.md", "docs/deep/c.txt"}),
        ("./docs//deep/.", {"docs/deep/b.md", "docs/deep/c.txt"}),
        ("docs/../b.txt", {"b.txt"}),
        ("../b.txt", set()),
        ("docs/*", {"docs/a.md", "docs/deep/b.md", "docs/deep/c.txt"}),
        ("docs/*.txt", set()),
        ("docs/**/*.txt", {"docs/deep/c.txt"}),
        ("deep", set()),
        ("**/deep", {"docs/deep/b.md", "docs/deep/c.txt"}),
        ("node_modules", {"node_modules/p/i.js"}),
        ("**/node_modules/", {"node_modules/p/i.js", "sub/node_modules/q/i.js"}),
        ("src/**", {"src/x.log", "src/y/z.log", "src/main.py"}),
        ("*/*.log", {"src/x.log"}),
        ("**.log", {"src/x.log", "src/y/z.log", "bar.log"}),
        ("[ab]*", {"a.md", "b.txt", "bar.log"}),
        ("[^a-z]*", {".git/HEAD", "!bang", "#hash"}),
        ("?.md", {"a.md"}),
        ("x\\[1\\].txt", {"x[1].txt"}),
        ("x[1].txt", set()),
        ("  sp ace  ", {"sp ace/f"}),
        ("\\!bang", {"!bang"}),
        ("\\#hash", {"#hash"}),
        ("#hash", set()),
        ("!bang", set()),
        ("", set()),
        ("*", set(TREE)),
        ("**", set(TREE)),
    ],
)
def test_a_pattern(folder: Path, pattern: str, expected: set[str]) -> None:
    assert dropped(folder, pattern) == expected


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("*", "!src"), {"src/x.log", "src/y/z.log", "src/main.py"}),
        (("*", "!src/*.py"), {"src/main.py"}),
        (("*", "!**/*.py"), {"src/main.py"}),
        (("*", "!src", "src/y"), {"src/x.log", "src/main.py"}),
        (("!b.txt", "*"), set()),
        (("*", "! b.txt"), {"b.txt"}),
        (("*", "/!b.txt"), {"b.txt"}),
        (("**", "!docs/deep/c.txt"), {"docs/deep/c.txt"}),
    ],
)
def test_exceptions(folder: Path, lines: tuple[str, ...], kept: set[str]) -> None:
    assert set(TREE) - dropped(folder, *lines) == kept


@pytest.mark.parametrize("pattern", ["!", "a[", "[a-]", "a\\", "[]a]"])
def test_a_pattern_that_builders_refuse(folder: Path, pattern: str) -> None:
    with pytest.raises(DockerfileError, match=r"\.dockerignore:2: .*; expected "):
        dropped(folder, "# one", pattern)


def test_the_ignore_file_of_a_dockerfile_stands_above_that_of_the_folder(folder: Path) -> None:
    (folder / ".dockerignore").write_text("*")
    (folder / "Dockerfile.dockerignore").write_text("docs\n")
    context = read_context(folder, folder / "Dockerfile")
    assert context.ignore.name == str(folder / "Dockerfile.dockerignore")
    assert "b.txt" in {file.path for file in context.files}


def test_sizes_are_those_of_the_files_and_links_weigh_nothing(folder: Path) -> None:
    (folder / "big").write_bytes(b"x" * 5000)
    (folder / "link").symlink_to("big")
    os.mkfifo(folder / "pipe")
    context = read_context(folder)
    assert context.size == 5000 + sum(len(path) for path in TREE)
    assert [file.size for file in context.files if file.path in ("link", "pipe")] == [0]


def copied(folder: Path, line: str) -> dict[str, str]:
    """Path in the image → path in the context."""
    context = read_context(folder)
    return {place: file.path for place, file in context.placed(copy_from(line))}


def copy_from(line: str) -> Copy:
    dockerfile = stages_of(read_source(f"FROM a\nWORKDIR /w\n{line}\n".encode(), "D"))
    return next(filter(None, map(copy_of, steps_of(dockerfile, dockerfile.final))))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("COPY b.txt /c", {"/c": "b.txt"}),
        ("COPY b.txt .", {"/w/b.txt": "b.txt"}),
        ("COPY b.txt /w", {"/w/b.txt": "b.txt"}),
        ("COPY a.md b.txt ./e/", {"/w/e/a.md": "a.md", "/w/e/b.txt": "b.txt"}),
        ("COPY docs/deep /d", {"/d/b.md": "docs/deep/b.md", "/d/c.txt": "docs/deep/c.txt"}),
        ("COPY docs/deep /", {"/b.md": "docs/deep/b.md", "/c.txt": "docs/deep/c.txt"}),
        ("COPY src/*.log /l/", {"/l/x.log": "src/x.log"}),
        (
            "COPY --exclude=*/*.log src /s",
            {"/s/y/z.log": "src/y/z.log", "/s/main.py": "src/main.py"},
        ),
        ("COPY nothing /n", {}),
        ("COPY --from=a docs /d", {}),
    ],
)
def test_where_copied_files_go(folder: Path, line: str, expected: dict[str, str]) -> None:
    assert copied(folder, line) == expected


def test_a_source_that_is_hidden_is_told_from_one_that_is_missing(folder: Path) -> None:
    dropped(folder, "# comment", "docs", "*.txt")
    context = read_context(folder)
    assert context.matching("docs/deep") == ()
    path, pattern = context.hidden("docs/deep") or ("", None)
    assert (path, pattern and (pattern.line, pattern.written)) == ("docs/deep", (2, "docs"))
    path, pattern = context.hidden("b*.txt") or ("", None)
    assert (path, pattern and pattern.line) == ("b.txt", 3)
    assert context.hidden("missing") is None
    assert context.hidden("d*/missing") is None


def test_a_folder_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(DockerfileError, match=r"cannot read .*: Not a directory"):
        read_context(folder / "b.txt")
