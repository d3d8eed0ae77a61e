"""Which files of a Python package are there to run it, and which are not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from slimmer.ecosystems.templates import is_for_templates
from slimmer.files import RootfsIndex, name_of, parent_of

CACHE = "__pycache__"

_TEST_FOLDERS = frozenset(("test", "tests", "_test", "_tests", "SelfTest"))
_TEST_FILE = re.compile(r"test_.*\.py|.*_tests?\.py|conftest\.py")
# As Django lays them; a package of others may well run a module of that name (`jinja2/tests.py`).
_TESTS_OF_APPLICATION = "tests.py"
# What compilers and linkers read. C sources and Cython declarations lie beside the modules that
# were made from them; `.pyi` stays, lazy_loader reads it at run time.
_FOR_BUILDING = (".a", ".h", ".hh", ".hpp", ".cuh", ".pxd", ".pyx", ".pxi", ".c", ".cc", ".cpp")


def without_tests(paths: Iterable[str], root: str, is_imported: Callable[[str], bool]) -> list[str]:
    """The paths but for those in test directories below `root`. `test` alone says little
    (`django/test` is part of the runtime), so such a directory must hold a file that a test runner
    would collect, and not be imported by the package that it lies in.
    """
    listed = list(paths)
    folders = {
        folder
        for path in listed
        if _TEST_FILE.fullmatch(name_of(path))
        for folder in _outermost_test_folder(path, root)
    }
    folders = {folder for folder in folders if not is_imported(folder)}
    return [path for path in listed if folders.isdisjoint(_outermost_test_folder(path, root))]


def _outermost_test_folder(path: str, root: str) -> Sequence[str]:
    parts = path.split("/")
    # What an application or a site lies in says nothing of it: WORKDIR /test.
    start = root.rstrip("/").count("/") + 1
    for position in range(start, len(parts) - 1):
        if parts[position] in _TEST_FOLDERS:
            is_template = any(map(is_for_templates, parts[start:position]))
            return () if is_template else ("/".join(parts[: position + 1]),)
    return ()


def is_test(path: str, root: str, index: RootfsIndex) -> bool:
    """Whether this is a test of the application in `root`, or a helper of tests, by its name, or by
    its place beside tests."""
    name = name_of(path)
    is_named = _TEST_FILE.fullmatch(name) or name == _TESTS_OF_APPLICATION
    return bool(is_named) or any(
        _TEST_FILE.fullmatch(name_of(entry.path))
        for folder in _outermost_test_folder(path, root)
        for entry in index.subtree(folder)
    )


def is_for_building(path: str) -> bool:
    """Whether only a compiler reads this file."""
    return path.endswith(_FOR_BUILDING)


def source_of(path: str) -> str:
    """The source beside which this byte code lies (PEP 3147): `a/x.py` for
    `a/__pycache__/x.cpython-311.pyc`; any other path is its own source."""
    folder = parent_of(path)
    if name_of(folder) != CACHE:
        return path
    return f"{parent_of(folder)}/{name_of(path).partition('.')[0]}.py"


def is_optimized(path: str) -> bool:
    """Whether this byte code is read only with `-O` or PYTHONOPTIMIZE."""
    return path.endswith(".pyc") and ".opt-" in name_of(path)
