"""Python: the author's own code, installed as a distribution among those of others."""

from __future__ import annotations

import pytest

from slimmer.values import Strategy
from tests.unit.keep.image_tree import ImageTree, seen
from tests.unit.keep.test_python_rules import SITE, add_distribution


def install_from(tree: ImageTree, name: str, *files: str, origin: str) -> None:
    tree.add(f"{add_distribution(tree, name, *files)}/direct_url.json", origin)


def add_heavy(tree: ImageTree) -> None:
    add_distribution(tree, "torch", "torch/__init__.py", "torch/lib.so")
    with (tree.root / f"{SITE[1:]}/torch/lib.so").open("wb") as file:
        file.truncate(65 << 20)


@pytest.mark.parametrize(
    "origin",
    [
        '{"dir_info": {}, "url": "file:///src"}',
        '{"archive_info": {}, "url": "file:///dist/shop-1.0-py3-none-any.whl"}',
    ],
)
def test_own_code_may_be_installed_as_a_distribution(tree: ImageTree, origin: str) -> None:
    install_from(tree, "shop", "shop/__init__.py", "shop/later.py", origin=origin)
    tree.add(f"{SITE}/shop/later.py", "def start():\n    import torch\n")
    add_heavy(tree)
    add_distribution(tree, "other", "other/__init__.py")
    kept = tree.decide(*seen(f"{SITE}/shop/__init__.py"), strategy=Strategy.BALANCED)
    assert f"{SITE}/torch/lib.so" in kept.reasons


@pytest.mark.parametrize(
    "origin",
    [
        '{"vcs_info": {}, "url": "https://git.example.org/shop"}',
        '{"dir_info": {}, "url": "https://example.org"}',
        "broken",
    ],
)
def test_what_came_from_elsewhere_is_not_the_authors(tree: ImageTree, origin: str) -> None:
    install_from(tree, "shop", "shop/__init__.py", "shop/later.py", origin=origin)
    tree.add(f"{SITE}/shop/later.py", "def start():\n    import torch\n")
    add_heavy(tree)
    kept = tree.decide(*seen(f"{SITE}/shop/__init__.py"), strategy=Strategy.BALANCED)
    assert f"{SITE}/torch/lib.so" not in kept.reasons


def test_wheels_of_another_stage_are_not_all_the_authors(tree: ImageTree) -> None:
    for name in ("shop", "pandas"):
        origin = f'{{"archive_info": {{}}, "url": "file:///wheels/{name}.whl"}}'
        install_from(tree, name, f"{name}/__init__.py", f"{name}/later.py", origin=origin)
    tree.add(f"{SITE}/pandas/later.py", "def start():\n    import torch\n")
    add_heavy(tree)
    kept = tree.decide(*seen(f"{SITE}/shop/__init__.py"), strategy=Strategy.BALANCED)
    assert f"{SITE}/torch/lib.so" not in kept.reasons


def test_pip_from_a_file_is_nobodys_code(tree: ImageTree) -> None:
    """Images of Python have it so; what it mentions and imports is for nothing."""
    origin = '{"archive_info": {}, "url": "file:///usr/local/pip-24.0-py3-none-any.whl"}'
    install_from(tree, "pip", "pip/__init__.py", "pip/__pycache__/__init__.pyc", origin=origin)
    tree.package("base")
    add_distribution(tree, "shop", "shop/__init__.py")
    add_distribution(tree, "other", "other/__init__.py")
    kept = tree.decide(*seen(f"{SITE}/shop/__init__.py"), strategy=Strategy.BALANCED).reasons
    assert f"{SITE}/other/__init__.py" in kept
    assert f"{SITE}/pip/__init__.py" not in kept


def test_byte_code_of_own_code_is_left_to_its_distribution(tree: ImageTree) -> None:
    origin = '{"dir_info": {}, "url": "file:///src"}'
    optimized = "shop/__pycache__/later.cpython-312.opt-1.pyc"
    tree.package("base")
    install_from(tree, "shop", "shop/__init__.py", "shop/later.py", optimized, origin=origin)
    kept = tree.decide(*seen(f"{SITE}/shop/__init__.py"), strategy=Strategy.BALANCED).reasons
    assert f"{SITE}/shop/later.py" in kept
    assert f"{SITE}/{optimized}" not in kept
