"""The sensor's files build on each other one way: none needs, over others or not, itself."""

from __future__ import annotations

import graphlib
import re
from pathlib import Path

from tests.sensor.sources import SOURCES

NOISE = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
"""Comments, texts and characters: a name in one of them is no use of it."""

INCLUDE = re.compile(r'^#include "(\w+)\.h"', re.MULTILINE)
DEFINITION = re.compile(r"^(?!static\b|typedef\b)\w[\w *]*?\b(\w+)\([^;{]*\)\n\{", re.MULTILINE)
ONE_LINE = re.compile(r"^(?!static\b|typedef\b)\w[\w *]*?\b(\w+)\([^;{\n]*\) \{", re.MULTILINE)


def defined(source: str) -> set[str]:
    """The functions of a .c file that other files can call."""
    return {*DEFINITION.findall(source), *ONE_LINE.findall(source)}


def needs(folder: Path) -> dict[str, set[str]]:
    """File by file, a header and its .c being one: those whose header it includes or whose
    functions it uses."""
    includes = {path: INCLUDE.findall(path.read_text()) for path in folder.glob("*.[ch]")}
    sources = {path.stem: NOISE.sub(" ", path.read_text()) for path in folder.glob("*.c")}
    home = {function: name for name, text in sources.items() for function in defined(text)}
    found: dict[str, set[str]] = {path.stem: set() for path in includes}
    for path, included in includes.items():
        found[path.stem].update(included)
    for name, text in sources.items():
        found[name].update(home[word] for word in re.findall(r"\w+", text) if word in home)
    return {name: others - {name} for name, others in found.items()}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One chain of files whose last is its first; empty where there is none."""
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        return list(error.args[1])
    return []


def test_no_file_needs_one_that_needs_it() -> None:
    graph = needs(SOURCES)
    assert graph["main"] == {"gate", "serve", "watch"}, "the files were read"
    assert circle(graph) == []


def test_a_circle_is_found(tmp_path: Path) -> None:
    """By a call through a declaration of another header as well, and over a third file."""
    (tmp_path / "loop.h").write_text("void loop_run(void);\nvoid last_step(void);\n")
    (tmp_path / "loop.c").write_text('#include "loop.h"\nvoid loop_run(void)\n{\n  step();\n}\n')
    (tmp_path / "step.c").write_text("void step(void) { last_step(); }\n")
    (tmp_path / "last.c").write_text('/* step() */\nvoid last_step(void)\n{\n  f("loop_run");\n}\n')
    assert circle(needs(tmp_path)) == []
    (tmp_path / "last.c").write_text("void last_step(void)\n{\n  loop_run();\n}\n")
    assert sorted(set(circle(needs(tmp_path)))) == ["last", "loop", "step"]
