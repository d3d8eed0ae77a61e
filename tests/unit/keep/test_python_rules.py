"""Python: the library of the interpreter that ran, environments, touched distributions."""

from __future__ import annotations

import importlib.metadata
import shutil

import pytest

from slimmer.ecosystems.python.distributions import requirements
from slimmer.ecosystems.python.files import source_of, without_tests
from slimmer.ecosystems.python.imports import imported_modules
from slimmer.values import Access, Strategy
from tests.unit.keep.image_tree import ImageTree, seen

LIBRARY = "/usr/local/lib/python3.12"
SITE = "/srv/venv/lib/python3.12/site-packages"


def add_distribution(
    tree: ImageTree, name: str, *files: str, site: str = SITE, requires: tuple[str, ...] = ()
) -> str:
    """Install files (relative to the site) with a RECORD; returns the metadata directory."""
    metadata = f"{name}-1.0.dist-info"
    for file in files:
        tree.add(f"{site}/{file}")
    listed = [*files, f"{metadata}/METADATA", f"{metadata}/RECORD", f"{metadata}/entry_points.txt"]
    tree.add(f"{site}/{metadata}/RECORD", "".join(f"{file},sha256=x,1\n" for file in listed))
    lines = "".join(f"Requires-Dist: {each}\n" for each in requires)
    tree.add(f"{site}/{metadata}/METADATA", f"Name: {name}\n{lines}\n\nRequires-Dist: text\n")
    tree.add(f"{site}/{metadata}/entry_points.txt")
    return f"{site}/{metadata}"


# ---------------------------------------------------------------- the standard library


def add_library(tree: ImageTree) -> None:
    for name in ("os.py", "encodings/__init__.py", "encodings/idna.py", "json/__init__.py"):
        tree.add(f"{LIBRARY}/{name}")


def test_the_library_of_the_python_that_ran_is_whole(tree: ImageTree) -> None:
    add_library(tree)
    tree.add(f"{LIBRARY}/encodings/__pycache__/idna.cpython-312.pyc")
    tree.add(f"{LIBRARY}/encodings/__pycache__/idna.cpython-312.opt-1.pyc")
    tree.add(f"{LIBRARY}/lib-dynload/_sqlite3.cpython-312-x86_64-linux-gnu.so")
    left_out = (
        "test/test_os.py",
        "ctypes/test/test_x.py",
        "idlelib/idle.py",
        "lib2to3/main.py",
        "ensurepip/_bundled/pip.whl",
        "tkinter/__init__.py",
        "turtle.py",
        "__pycache__/turtle.cpython-312.pyc",
        "lib-dynload/_tkinter.cpython-312-x86_64-linux-gnu.so",
        "lib-dynload/_testcapi.cpython-312-x86_64-linux-gnu.so",
        "config-3.12-x86_64-linux-gnu/libpython3.12.a",
        "distutils/command/build.py",
        "site-packages/pip/__init__.py",
    )
    for name in left_out:
        tree.add(f"{LIBRARY}/{name}")
    gained = tree.gained("python-library", *seen(f"{LIBRARY}/os.py"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{LIBRARY}/encodings/__init__.py",
        f"{LIBRARY}/encodings/idna.py",
        f"{LIBRARY}/encodings/__pycache__/idna.cpython-312.pyc",
        f"{LIBRARY}/json/__init__.py",
        f"{LIBRARY}/lib-dynload/_sqlite3.cpython-312-x86_64-linux-gnu.so",
    }


def test_parts_that_were_used_are_no_left_overs(tree: ImageTree) -> None:
    add_library(tree)
    tree.add(f"{LIBRARY}/tkinter/__init__.py")
    tree.add(f"{LIBRARY}/tkinter/ttk.py")
    tree.add(f"{LIBRARY}/turtle.py")
    gained = tree.gained("python-library", *seen(f"{LIBRARY}/tkinter/__init__.py"))
    assert {f"{LIBRARY}/tkinter/ttk.py", f"{LIBRARY}/turtle.py"} <= gained


def test_parts_that_the_application_imports_on_any_branch_are_kept(tree: ImageTree) -> None:
    add_library(tree)
    tree.package("python3", f"{LIBRARY}/os.py")
    wheel = "/usr/share/python-wheels/pip-23.0.1-py3-none-any.whl"
    parts = ("tkinter/__init__.py", "turtle.py", "lib2to3/main.py", "ensurepip/__init__.py")
    for path in (*(f"{LIBRARY}/{part}" for part in parts), wheel):
        tree.add(path)
    tree.add("/app/app.py", "def draw():\n    import turtle\ndef make():\n    import venv\n")
    gained = tree.gained("python-library", *seen(f"{LIBRARY}/os.py", "/app/app.py"))
    assert {f"{LIBRARY}/{part}" for part in parts} & gained == {
        f"{LIBRARY}/tkinter/__init__.py",
        f"{LIBRARY}/turtle.py",
        f"{LIBRARY}/ensurepip/__init__.py",
    }
    assert wheel in gained


def test_the_library_of_a_python_that_did_not_run_is_left_out(tree: ImageTree) -> None:
    add_library(tree)
    tree.add(f"{LIBRARY}/site-packages/flask/__init__.py")
    tree.add("/usr/lib/python3.11/os.py")
    tree.add("/usr/lib/python3.11/encodings/__init__.py")
    ran = seen(f"{LIBRARY}/site-packages/flask/__init__.py", "/usr/lib/python3.11/os.py")
    gained = tree.gained("python-library", *ran)
    assert "/usr/lib/python3.11/encodings/__init__.py" in gained
    assert not any(path.startswith(LIBRARY) for path in gained)


def test_an_interpreter_that_a_script_names_has_its_library(tree: ImageTree) -> None:
    add_library(tree)
    tree.add("/usr/local/bin/python3.12", mode=0o755)
    tree.link("/usr/local/bin/python3", "python3.12")
    tree.add("/usr/bin/tool", "#!/usr/local/bin/python3\n", mode=0o755)
    gained = tree.gained("python-library", *seen("/usr/bin/tool", access=Access.EXECUTE))
    assert f"{LIBRARY}/json/__init__.py" in gained


@pytest.mark.parametrize(
    "library", ["/usr/local/lib/libpython3.12.so.1.0", "/usr/local/lib/x86_64/libpython3.12d.so"]
)
def test_an_interpreter_inside_of_another_program_has_its_library(
    tree: ImageTree, library: str
) -> None:
    add_library(tree)
    for other in ("/usr/local/lib/python3.11", "/opt/lib/python3.12"):
        tree.add(f"{other}/os.py")
        tree.add(f"{other}/encodings/__init__.py")
    tree.add(library)
    gained = tree.gained("python-library", *seen(library))
    assert f"{LIBRARY}/json/__init__.py" in gained
    assert all(path.startswith("/usr/local/lib/python3.12") for path in gained)


def test_a_library_of_another_name_is_no_interpreter(tree: ImageTree) -> None:
    add_library(tree)
    others = ("libpython3.so", "libpython3.11.so.1.0", "libboost_python312.so.1.74.0")
    for name in others:
        tree.add(f"/usr/local/lib/{name}")
    ran = seen(*(f"/usr/local/lib/{name}" for name in others))
    assert not tree.gained("python-library", *ran)


def test_an_environment_keeps_what_makes_it_one(tree: ImageTree) -> None:
    tree.add("/srv/venv/pyvenv.cfg")
    tree.add("/srv/venv/bin/activate")
    tree.add("/srv/venv/bin/pip", mode=0o755)
    tree.add("/usr/bin/python3.12", mode=0o755)
    tree.link("/srv/venv/bin/python3", "/usr/bin/python3.12")
    tree.link("/srv/venv/lib64", "lib")
    tree.add(f"{SITE}/x.py")
    assert tree.gained("python-environment", *seen(f"{SITE}/x.py")) == {
        "/srv/venv/pyvenv.cfg",
        "/srv/venv/bin",
        "/srv/venv/bin/activate",
        "/srv/venv/bin/python3",
        "/srv/venv/lib64",
        "/usr",
        "/usr/bin",
        "/usr/bin/python3.12",
    }


# ---------------------------------------------------------------- distributions


def test_a_touched_distribution_is_whole_by_its_record(tree: ImageTree) -> None:
    metadata = add_distribution(
        tree,
        "Shop_Tools",
        "shop/__init__.py",
        "shop/data/table.json",
        "shop/_speed.cpython-312-x86_64-linux-gnu.so",
        "shop/tests/test_shop.py",
        "shop/tests/data/big.bin",
        "shop/templates/project/tests/test_run.py",
        "shop/include/shop.h",
        "../../../bin/shop",
    )
    tree.add(f"{SITE}/shop/__pycache__/__init__.cpython-312.pyc")
    tree.add(f"{SITE}/shop/not-in-record")
    gained = tree.gained("python-distributions", *seen(f"{SITE}/shop/__init__.py"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{metadata}/METADATA",
        f"{metadata}/RECORD",
        f"{metadata}/entry_points.txt",
        f"{SITE}/shop/data/table.json",
        f"{SITE}/shop/templates/project/tests/test_run.py",
        f"{SITE}/shop/_speed.cpython-312-x86_64-linux-gnu.so",
        f"{SITE}/shop/__pycache__/__init__.cpython-312.pyc",
        f"{SITE}/shop/not-in-record",
        "/srv/venv/bin/shop",
    }


def test_what_was_installed_beside_a_touched_distribution_stays(tree: ImageTree) -> None:
    """Entry points, settings with dotted names and pickles name it; pip and pytest nobody needs."""
    for name in ("shop", "plugin", "pip", "pytest"):
        add_distribution(tree, name, f"{name}/__init__.py", f"../../../bin/{name}")
    gained = tree.gained("python-distributions", *seen(f"{SITE}/shop/__init__.py"))
    assert {f"{SITE}/plugin/__init__.py", "/srv/venv/bin/plugin"} <= gained
    assert not any(name in path for path in gained for name in ("/pip", "pytest"))


def test_programs_of_an_environment_that_no_distribution_lists_stay(tree: ImageTree) -> None:
    """setuptools' `develop` lists no files, and authors put scripts there by hand."""
    tree.add("/srv/venv/pyvenv.cfg")
    add_distribution(tree, "shop", "shop/__init__.py")
    add_distribution(tree, "pip", "pip/__init__.py", "../../../bin/pip")
    tree.add("/srv/venv/bin/shop-ctl", "#!/srv/venv/bin/python\n", mode=0o755)
    tree.add("/srv/venv/bin/Activate.ps1")
    tree.add("/srv/venv/bin/node", b"\0" * 8_000_001, mode=0o755)
    gained = tree.gained("python-distributions", *seen(f"{SITE}/shop/__init__.py"))
    assert {path for path in gained if "/bin/" in path} == {"/srv/venv/bin/shop-ctl"}
    tree.root.joinpath("srv/venv/pyvenv.cfg").unlink()
    gained = tree.gained("python-distributions", *seen(f"{SITE}/shop/__init__.py"))
    assert not any("/bin/" in path for path in gained), "a prefix like conda's has much besides"


def test_a_heavy_distribution_that_nobody_touched_is_named(tree: ImageTree) -> None:
    add_distribution(tree, "shop", "shop/__init__.py")
    add_distribution(tree, "torch", "torch/__init__.py", "torch/big.so")
    with (tree.root / f"{SITE[1:]}/torch/big.so").open("wb") as file:
        file.truncate(65 << 20)
    kept = tree.decide(*seen(f"{SITE}/shop/__init__.py"), strategy=Strategy.BALANCED)
    assert f"{SITE}/torch/__init__.py" not in kept.reasons
    (heavy,) = kept.heavy
    assert heavy.what == "the Python distribution torch"
    assert heavy.size >= 65 << 20
    assert (
        tree.decide(
            *seen(f"{SITE}/shop/__init__.py"), strategy=Strategy.BALANCED, includes=(heavy.include,)
        ).heavy
        == ()
    )


def test_a_directory_called_test_above_all_says_nothing(tree: ImageTree) -> None:
    site = "/test/lib/python3.12/site-packages"
    for name in ("shop", "late"):
        tree.add(f"{site}/{name}.py")
        tree.add(f"{site}/test_{name}.py")
        tree.add(f"{site}/{name}-1.dist-info/RECORD", f"{name}.py,,\ntest_{name}.py,,\n")
        tree.add(f"{site}/{name}-1.dist-info/METADATA", f"Name: {name}\n")
    assert f"{site}/late.py" in tree.gained("python-distributions", *seen(f"{site}/shop.py"))


def test_byte_code_touches_the_distribution_of_its_source(tree: ImageTree) -> None:
    add_distribution(tree, "shop", "shop/__init__.py", "shop/late.py")
    cached = f"{SITE}/shop/__pycache__/__init__.cpython-312.pyc"
    tree.add(cached)
    assert f"{SITE}/shop/late.py" in tree.gained("python-distributions", *seen(cached))


def test_a_script_touches_its_distribution(tree: ImageTree) -> None:
    add_distribution(tree, "shop", "shop/__init__.py", "../../../bin/shop")
    gained = tree.gained("python-distributions", *seen("/srv/venv/bin/shop"))
    assert f"{SITE}/shop/__init__.py" in gained


def test_what_a_touched_distribution_requires_is_touched(tree: ImageTree) -> None:
    add_distribution(
        tree,
        "shop",
        "shop.py",
        requires=(
            "Far.Away>=2",
            "dotenv; extra == 'dotenv'",
            'near; python_version > "3"',
            'hypothesis; extra == "test"',
        ),
    )
    add_distribution(tree, "far_away", "far/__init__.py", requires=("farther",))
    add_distribution(tree, "farther", "farther.py")
    add_distribution(tree, "near", "near.py")
    add_distribution(tree, "dotenv", "dotenv.py")
    add_distribution(tree, "hypothesis", "hypothesis.py")
    gained = tree.gained("python-distributions", *seen(f"{SITE}/shop.py"))
    assert {f"{SITE}/far/__init__.py", f"{SITE}/farther.py", f"{SITE}/near.py"} <= gained
    assert f"{SITE}/dotenv.py" in gained, "who installed it wants to have it"
    assert f"{SITE}/hypothesis.py" not in gained


def test_who_reads_all_metadata_touches_nothing(tree: ImageTree) -> None:
    """importlib.metadata.entry_points() opens that of every distribution."""
    metadata = add_distribution(tree, "shop", "shop.py")
    assert not tree.gained("python-distributions", *seen(f"{metadata}/entry_points.txt"))


def test_what_a_pth_file_starts_in_every_python_touches_nothing(tree: ImageTree) -> None:
    add_distribution(
        tree, "setuptools", "_distutils_hack/__init__.py", "setuptools/__init__.py", "d.pth"
    )
    tree.add(f"{SITE}/d.pth", "import os; x = __import__('_distutils_hack').add_shim()\n")
    started = seen(f"{SITE}/d.pth", f"{SITE}/_distutils_hack/__init__.py")
    assert not tree.gained("python-distributions", *started)
    used = (*started, *seen(f"{SITE}/setuptools/__init__.py"))
    assert tree.gained("python-distributions", *used)


def test_parts_of_a_namespace_package_are_told_apart(tree: ImageTree) -> None:
    add_distribution(tree, "google-storage", "google/storage/a.py", "google/storage/b.py")
    add_distribution(tree, "google-billing", "google/billing/a.py")
    gained = tree.gained("python-distributions", *seen(f"{SITE}/google/storage/a.py"))
    assert f"{SITE}/google/storage/b.py" in gained
    kept = tree.decide(*seen(f"{SITE}/google/storage/a.py"), strategy=Strategy.BALANCED)
    detail = kept.reasons[f"{SITE}/google/billing/a.py"][0].detail
    assert detail == "part of the Python distribution google-billing"


def test_a_distribution_without_a_list_is_known_by_its_top_levels(tree: ImageTree) -> None:
    tree.add(f"{SITE}/Old-1.0.egg-info/PKG-INFO", "Name: Old\n")
    tree.add(f"{SITE}/Old-1.0.egg-info/top_level.txt", "older\n")
    tree.add(f"{SITE}/older/__init__.py")
    tree.add(f"{SITE}/older/late.py")
    gained = tree.gained("python-distributions", *seen(f"{SITE}/older/__init__.py"))
    assert {f"{SITE}/older/late.py", f"{SITE}/Old-1.0.egg-info/PKG-INFO"} <= gained


def test_debians_distributions_have_dpkgs_list(tree: ImageTree) -> None:
    site = "/usr/lib/python3/dist-packages"
    files = (f"{site}/yaml/__init__.py", f"{site}/yaml/late.py", f"{site}/_yaml/__init__.py")
    for path in (*files, f"{site}/PyYAML-6.0.egg-info/PKG-INFO"):
        tree.add(path)
    tree.package("python3-yaml", *files, f"{site}/PyYAML-6.0.egg-info/PKG-INFO")
    gained = tree.gained("python-distributions", *seen(files[0]))
    assert {*files[1:], f"{site}/PyYAML-6.0.egg-info/PKG-INFO"} <= gained


def test_what_the_application_imports_on_any_branch_is_touched(tree: ImageTree) -> None:
    add_distribution(tree, "flask", "flask/__init__.py")
    add_distribution(tree, "pdf", "pdf/__init__.py", "pdf/writer.py")
    add_distribution(tree, "pytest", "pytest/__init__.py")
    tree.add("/app/main.py", "import flask\ndef f():\n    from pdf import writer\n")
    tree.add("/app/tests/test_main.py", "import pytest\n")
    tree.add("/app/shop/tests.py", "import pytest\n")
    ran = seen("/app/main.py", f"{SITE}/flask/__init__.py")
    gained = tree.gained("python-distributions", *ran)
    assert f"{SITE}/pdf/writer.py" in gained
    assert not any("pytest" in path for path in gained)


def test_a_folder_called_tests_without_tests_is_code_of_the_application(tree: ImageTree) -> None:
    add_distribution(tree, "flask", "flask/__init__.py")
    add_distribution(tree, "pytest", "pytest/__init__.py")
    tree.add("/app/shop/tests/store.py", "import pytest\n")
    tree.add("/app/main.py", "import flask\n")
    ran = seen("/app/main.py", "/app/shop/tests/store.py", f"{SITE}/flask/__init__.py")
    config = {"WorkingDir": "/app"}
    gained = tree.gained("python-distributions", *ran, config=config)
    assert f"{SITE}/pytest/__init__.py" in gained
    tree.add("/app/shop/tests/deep/test_store.py")
    gained = tree.gained("python-distributions", *ran, config=config)
    assert f"{SITE}/pytest/__init__.py" not in gained


def test_a_tool_that_is_kept_has_its_plugins(tree: ImageTree) -> None:
    add_distribution(tree, "pytest", "pytest/__init__.py")
    add_distribution(tree, "pytest_django", "pytest_django/plugin.py")
    add_distribution(tree, "flake8_bugbear", "bugbear.py")
    gained = tree.gained("python-distributions", *seen(f"{SITE}/pytest/__init__.py"))
    assert f"{SITE}/pytest_django/plugin.py" in gained
    assert f"{SITE}/bugbear.py" not in gained


def test_a_real_distribution_is_whole(tree: ImageTree) -> None:
    """As pip installed it for these tests."""
    files = importlib.metadata.files("click")
    assert files
    for file in files:
        if file.suffix in (".py", "") or "dist-info" in str(file):
            place = tree.root / f"{SITE[1:]}/{file}"
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), place)
    gained = tree.gained("python-distributions", *seen(f"{SITE}/click/__init__.py"))
    assert {f"{SITE}/click/_termui_impl.py", f"{SITE}/click/shell_completion.py"} <= gained
    assert any(path.endswith("dist-info/METADATA") for path in gained)


# ---------------------------------------------------------------- reading


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("/a/__pycache__/x.cpython-311.pyc", "/a/x.py"),
        ("/a/__pycache__/x.cpython-311.opt-2.pyc", "/a/x.py"),
        ("/a/x.pyc", "/a/x.pyc"),
    ],
)
def test_byte_code_lies_beside_its_source(path: str, source: str) -> None:
    assert source_of(path) == source


def test_a_directory_of_tests_holds_tests() -> None:
    runtime = ["/a/test/client.py", "/a/test/utils.py", "/a/testing/test_x.py", "/a/tests.py"]
    tests = ["/b/tests/test_b.py", "/b/tests/x.csv", "/c/test/deep/conftest.py", "/c/test/x.py"]
    assert without_tests(runtime + tests, "/", lambda _: False) == runtime
    assert without_tests(tests[:2], "/b/tests", lambda _: False) == tests[:2]


def test_requirements_end_with_the_headers() -> None:
    assert list(requirements("Name: x\nRequires-Dist: A.b (>1)\n\nRequires-Dist: c\n")) == ["a-b"]


def test_requirements_stand_behind_a_whole_licence() -> None:
    text = (
        "Name: x\nLicense: One\n        \n        Two\nRequires-Dist: a\r\n\r\nRequires-Dist: b\n"
    )
    assert list(requirements(text)) == ["a"]


@pytest.mark.parametrize("extra", ["test", "dev", "docs", "linting", "typing", "all"])
def test_extras_for_development_are_no_requirements(extra: str) -> None:
    assert list(requirements(f"Requires-Dist: x ; extra == '{extra}'\n")) == []


@pytest.mark.parametrize("name", ["pip", "setuptools"])
def test_installers_are_no_requirements_of_extras(name: str) -> None:
    assert list(requirements(f"Requires-Dist: {name}; extra == 'core'\n")) == []
    assert list(requirements(f"Requires-Dist: {name}>=2\n")) == [name]


def test_imports_are_read_off_the_text() -> None:
    source = """
import os, a.b as c
from .near import x
from d.e import (f, g)
def late():
    from h import i as j
    import_module("k.l")
"""
    assert set(imported_modules(source)) == {
        *("os", "a.b", "d.e", "d.e.f", "d.e.g", "h", "h.i", "k.l")
    }
