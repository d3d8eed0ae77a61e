"""npm, heavy options, and what bundlers leave behind."""

from __future__ import annotations

import json

import pytest

from slimmer.values import Strategy
from tests.unit.keep.image_tree import ImageTree, seen

NPM = "/usr/local/lib/node_modules/npm"


def add_npm(tree: ImageTree) -> None:
    tree.add(f"{NPM}/package.json", '{"name": "npm"}')
    tree.add(f"{NPM}/bin/npm-cli.js", "#!/usr/bin/env node\n", mode=0o755)
    tree.add(f"{NPM}/lib/run.js")
    tree.link("/usr/local/bin/npm", "../lib/node_modules/npm/bin/npm-cli.js")
    tree.add("/usr/local/bin/node", mode=0o755)
    tree.add("/app/main.js")


@pytest.mark.parametrize(
    ("scripts", "is_kept"),
    [
        ({"start": "node main.js", "migrate": "node migrate.js"}, True),
        ({"start": "x", "build:css": "x", "test": "x", "pretest": "x", "lint-fix": "x"}, False),
        ({}, False),
        ("none", False),
    ],
)
def test_npm_runs_scripts_of_the_application(
    tree: ImageTree, scripts: object, is_kept: bool
) -> None:
    add_npm(tree)
    tree.add("/app/package.json", json.dumps({"scripts": scripts}))
    gained = tree.gained("node-scripts", *seen("/app/main.js"), workdir="/app")
    assert (f"{NPM}/lib/run.js" in gained) == is_kept
    assert ("/usr/local/bin/npm" in gained) == is_kept


def test_a_heavy_option_of_a_package_is_named_and_left_out(tree: ImageTree) -> None:
    modules = "/app/node_modules"
    options = {"optionalDependencies": {"compiler": "1", "small": "1"}}
    tree.add(f"{modules}/next/package.json", json.dumps(options))
    for path in ("next/index.js", "compiler/package.json", "compiler/x.node", "small/index.js"):
        tree.add(f"{modules}/{path}")
    with (tree.root / "app/node_modules/compiler/x.node").open("wb") as file:
        file.truncate(65 << 20)
    kept = tree.decide(*seen(f"{modules}/next/index.js"), strategy=Strategy.BALANCED)
    assert f"{modules}/small/index.js" in kept.reasons
    assert f"{modules}/compiler/x.node" not in kept.reasons
    assert [each.what for each in kept.heavy] == ["the Node package compiler"]


def test_what_a_bundler_remembers_of_a_build_is_left_out(tree: ImageTree) -> None:
    for path in ("main.js", ".next/server/page.js", ".next/cache/webpack/0.pack"):
        tree.add(f"/app/{path}")
    kept = tree.decide(*seen("/app/main.js"), strategy=Strategy.BALANCED, workdir="/app").reasons
    assert "/app/.next/server/page.js" in kept
    assert "/app/.next/cache/webpack/0.pack" not in kept
