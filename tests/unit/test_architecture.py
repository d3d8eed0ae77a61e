"""Imports go one way only, and each third-party library has one importer."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import slimmer

PACKAGE = Path(slimmer.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"slimmer"}),
    frozenset({"errors"}),
    frozenset({"codec"}),
    frozenset({"values"}),
    frozenset({"words", "disk", "interruption", "remains", "secrets"}),
    frozenset({"image", "shell", "dockerfile", "seccomp"}),
    frozenset({"engine", "files", "probing", "progress"}),
    frozenset({"options", "workspace", "drawing"}),
    frozenset({"pack", "keep", "provenance"}),
    frozenset({"ecosystems"}),
    frozenset({"metadata"}),
    frozenset({"trace", "xray"}),
    frozenset({"verify", "base", "lint", "evidence", "harden"}),
    frozenset({"report", "advise"}),
    frozenset({"upkeep", "watch", "explain"}),
    frozenset({"check"}),
    frozenset({"build"}),
    frozenset({"fleet", "platforms"}),
    frozenset({"cli", "pytest_plugin"}),
    frozenset({"__main__"}),
)
"""Lowest first: a module imports from lower levels, and from its own part. `slimmer` is the
package's __init__."""

SHELL = {"cli", "__main__"}
"""What speaks to the user; everything else returns values and raises errors."""

IMPORTERS = {
    "backports": {"image"},
    "docker": {"engine"},
    "requests": {"engine", "probing"},
    "psutil": {"engine"},
    "rich": {"progress", "report", "drawing", "xray", "check", "lint", "advise", "fleet"},
    "click": {"cli"},
    "jinja2": {"report"},
    "markupsafe": {"report"},
    "pytest": {"pytest_plugin"},
    "yaml": {"build", "options", "harden"},
    "packageurl": {"evidence"},
    "spdx_tools": {"evidence"},
    "selectolax": {"probing"},
    "schemathesis": {"probing"},
    "hypothesis": {"probing"},
    "grpc": {"probing"},
    "google": {"probing"},
    "websockets": {"probing"},
    "tree_sitter": {"shell"},
    "tree_sitter_bash": {"shell"},
    "textual": {"xray"},
    "securesystemslib": {"provenance"},
    "system_calls": {"seccomp"},
    "dask": {"fleet"},
    "distributed": {"fleet"},
}
"""Third-party library → the parts that may import it."""


def part_of(file: Path) -> str:
    """`tracing` for slimmer/trace/wire/reader.py, `doctor` for slimmer/upkeep/doctor.py."""
    first = file.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "slimmer" if first == "__init__" else first


def is_part(name: str) -> bool:
    return (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file()


@functools.cache
def import_statements(file: Path) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Those inside functions included."""
    return tuple(
        node
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
    )


def imports_of(file: Path) -> Iterator[str]:
    """The dotted name of every import in a file."""
    for node in import_statements(file):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        else:
            assert node.level == 0, f"{file}: relative import"
            module = node.module or ""
            if module == "slimmer":  # `from slimmer import errors` is an import of the part
                yield from (f"slimmer.{name.name}" for name in node.names if is_part(name.name))
            yield module


def own_imports(file: Path) -> Iterator[tuple[str, list[str]]]:
    """(imported part, the rest of the dotted name) for each import of slimmer itself."""
    for name in imports_of(file):
        first, *rest = name.split(".")
        if first == "slimmer":
            yield (rest[0] if rest else "slimmer"), rest[1:]


def level(part: str) -> int:
    return next(number for number, parts in enumerate(LEVELS) if part in parts)


def place(file: Path, node: ast.Call) -> str:
    return f"{file.relative_to(PACKAGE)}:{node.lineno} {ast.unparse(node.func)}"


def test_every_part_has_a_level_and_every_level_a_part() -> None:
    assert {part_of(file) for file in FILES} == frozenset().union(*LEVELS)


def test_imports_go_down() -> None:
    upward = [
        (str(file.relative_to(PACKAGE)), part)
        for file in FILES
        for part, _ in own_imports(file)
        if part != part_of(file) and level(part) >= level(part_of(file))
    ]
    assert upward == []


def test_a_stage_is_imported_through_a_package() -> None:
    """From another house one names a folder, never a file of it."""
    reached_into = [
        (str(file.relative_to(PACKAGE)), part, *inside)
        for file in FILES
        for part, inside in own_imports(file)
        if part != part_of(file)
        and inside
        and PACKAGE.joinpath(part, *inside).with_suffix(".py").is_file()
    ]
    assert reached_into == []


def test_no_two_files_need_each_other() -> None:
    """Imports for types only, and those inside functions, count as well."""
    modules = {module_of(file): file for file in FILES}
    needs = {
        module: {name for name in modules_of(file, modules) if name != module}
        for module, file in modules.items()
    }
    while leaves := {module for module, needed in needs.items() if not needed}:
        needs = {
            module: needed - leaves for module, needed in needs.items() if module not in leaves
        }
    while tops := set(needs) - set().union(*needs.values()) if needs else set():
        needs = {module: needed for module, needed in needs.items() if module not in tops}
    assert set(needs) == set(), "what is left are circles, and what lies between them"


def module_of(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_of(file: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """The modules of the package that a file imports, as their names are resolved."""
    for node in import_statements(file):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in modules)
        elif node.module:
            for name in node.names:
                inner = f"{node.module}.{name.name}"
                if inner in modules or node.module in modules:
                    yield inner if inner in modules else node.module


def test_a_library_has_one_importer() -> None:
    strangers = [
        (str(file.relative_to(PACKAGE)), name)
        for file in FILES
        for name in imports_of(file)
        if part_of(file) not in IMPORTERS.get(name.partition(".")[0], {part_of(file)})
    ]
    assert strangers == []


@pytest.mark.parametrize(
    "stage",
    [
        "files",
        "keep",
        "ecosystems",
        "metadata",
        "pack",
        "xray",
        "base",
        "lint",
        "evidence",
        "harden",
        "advise",
    ],
)
def test_pure_stages_know_no_engine(stage: str) -> None:
    """Not even through what they import."""
    reached: set[str] = set()
    waiting = {stage}
    while waiting:
        part = waiting.pop()
        reached.add(part)
        files = [file for file in FILES if part_of(file) == part]
        waiting |= {name for file in files for name, _ in own_imports(file)} - reached
    assert reached <= {
        "slimmer",
        "errors",
        "codec",
        "values",
        "words",
        "disk",
        "secrets",
        "image",
        "files",
        "shell",
        "dockerfile",
        "keep",
        "ecosystems",
        "metadata",
        "pack",
        "xray",
        "lint",
        "evidence",
        "advise",
        "base",
        "harden",
        "drawing",
        "progress",
    }


PURE_PACKAGES = {"trace/saved", "verify/compare"}
"""Folders inside a house that speaks to engines, which themselves know none."""


@pytest.mark.parametrize("folder", sorted(PURE_PACKAGES))
def test_pure_folders_of_other_stages_know_no_engine(folder: str) -> None:
    own = folder.split("/")
    strangers = [
        (str(file.relative_to(PACKAGE)), part, *inside)
        for file in (PACKAGE / folder).rglob("*.py")
        for part, inside in own_imports(file)
        if [part, *inside][: len(own)] != own
        and part
        not in {"slimmer", "errors", "values", "words", "disk", "files", "codec", "probing"}
    ]
    assert strangers == []


def test_nothing_prints_or_ends_the_process_below_the_command_line() -> None:
    loud = [
        place(file, node)
        for file in FILES
        if part_of(file) not in SHELL
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"print", "sys.exit", "exit", "quit", "os._exit"}
    ]
    assert loud == []


def test_no_file_is_long() -> None:
    long = {
        str(file.relative_to(PACKAGE)): len(file.read_text("utf-8").splitlines()) for file in FILES
    }
    assert {name: lines for name, lines in long.items() if lines > 350} == {}


def test_the_walker_finds_what_it_looks_for(tmp_path: Path) -> None:
    """The tests above compare with nothing, so that nothing must not come of blindness."""
    file = tmp_path / "module.py"
    file.write_text(
        "import docker.errors\nfrom slimmer import errors, __version__\n"
        "def late():\n    from slimmer.files.index import RootfsIndex\n"
    )
    assert list(own_imports(file)) == [
        ("errors", []),
        ("slimmer", []),
        ("files", ["index"]),
    ]
    assert "docker.errors" in imports_of(file)
