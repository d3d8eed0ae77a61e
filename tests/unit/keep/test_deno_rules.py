"""Deno: packages and modules of its cache, wherever names in sources come from."""

from __future__ import annotations

import json

import pytest

from slimmer.ecosystems.deno.sources import imported_packages, mapped_packages, started_programs
from slimmer.values import Access, Sighting
from tests.unit.keep.image_tree import ImageTree, seen

CACHE = "/home/me/.cache/deno"
NPM = f"{CACHE}/npm/registry.example"
MAIN = "/srv/app/main.ts"


@pytest.fixture
def ran(tree: ImageTree) -> tuple[Sighting, ...]:
    """An image with a cache, of which Deno has run the main module."""
    tree.add("/usr/bin/deno", b"", 0o755)
    tree.add(f"{CACHE}/dep_analysis_cache_v2")
    tree.add(MAIN, "")
    return (*seen("/usr/bin/deno", access=Access.EXECUTE), *seen(MAIN))


def add_package(tree: ImageTree, name: str, *files: str, **manifest: object) -> str:
    root = f"{NPM}/{name}/1.0.0"
    tree.add(f"{root}/package.json", json.dumps({"name": name, **manifest}))
    tree.add(f"{NPM}/{name}/registry.json", "{}")
    for file in files:
        tree.add(f"{root}/{file}")
    return root


def files(tree: ImageTree, gained: set[str]) -> set[str]:
    return {path for path in gained if not tree.is_directory(path)}


def test_what_a_source_imports_late_is_whole(tree: ImageTree, ran: tuple[Sighting, ...]) -> None:
    tree.add(MAIN, 'const clean = await import("clean/html");')
    tree.add("/srv/app/deno.json", '{ // names\n"imports": {"clean": "npm:@a/clean@^1"} }')
    clean = add_package(tree, "@a/clean", "index.js", "x.d.ts", dependencies={"parser": "1"})
    parser = add_package(tree, "parser", "p.js", "test/p.js")
    add_package(tree, "esbuild", "bin/esbuild")
    assert files(tree, tree.gained("deno-packages", *ran)) == {
        f"{clean}/package.json",
        f"{clean}/index.js",
        f"{parser}/package.json",
        f"{parser}/p.js",
    }


def test_a_touched_package_is_whole(tree: ImageTree, ran: tuple[Sighting, ...]) -> None:
    web = add_package(tree, "web", "index.js", "late.js", "inner/package.json", "inner/i.js")
    add_package(tree, "other", "index.js")
    gained = tree.gained("deno-packages", *ran, *seen(f"{web}/index.js"))
    assert f"{web}/late.js" in gained
    assert f"{web}/inner/i.js" in gained
    assert not any("/other/" in path for path in gained)


def test_a_project_may_have_its_own_node_modules(
    tree: ImageTree, ran: tuple[Sighting, ...]
) -> None:
    tree.add(MAIN, 'import clean from "clean";')
    tree.add("/srv/app/node_modules/clean/package.json", "{}")
    tree.add("/srv/app/node_modules/clean/index.js")
    assert "/srv/app/node_modules/clean/index.js" in tree.gained("deno-packages", *ran)


def test_modules_of_other_servers_import_packages_too(
    tree: ImageTree, ran: tuple[Sighting, ...]
) -> None:
    tree.add(f"{CACHE}/remote/https/jsr.io/0a1b", 'import x from "npm:x@1/sub";')
    package = add_package(tree, "x", "index.js")
    gained = tree.gained("deno-packages", *ran, *seen(f"{CACHE}/remote/https/jsr.io/0a1b"))
    assert f"{package}/index.js" in gained


def test_a_cache_that_was_used_keeps_its_modules(
    tree: ImageTree, ran: tuple[Sighting, ...]
) -> None:
    module = f"{CACHE}/remote/https/jsr.io/0a1b"
    tree.add(module)
    assert not tree.gained("deno-modules", *ran)
    gained = tree.gained("deno-modules", *ran, *seen(f"{CACHE}/dep_analysis_cache_v2"))
    assert module in gained


def test_programs_that_sources_start(tree: ImageTree, ran: tuple[Sighting, ...]) -> None:
    for name in ("git", "sh", "tr", "curl"):
        tree.add(f"/usr/bin/{name}", b"", 0o755)
    tree.add(
        MAIN,
        'new Deno.Command("git");\n'
        'new Deno.Command("sh", { args: ["-c", "echo ahoy | tr a-z A-Z"] });\n'
        "const text = 'curl';",
    )
    assert {f"/usr/bin/{name}" for name in ("git", "sh", "tr")} == files(
        tree, tree.gained("deno-commands", *ran)
    )


@pytest.mark.parametrize("rule", ["deno-packages", "deno-modules", "deno-commands"])
def test_without_a_deno_that_ran_nothing_is_asked_for(tree: ImageTree, rule: str) -> None:
    tree.add(f"{CACHE}/dep_analysis_cache_v2")
    tree.add(f"{CACHE}/remote/https/jsr.io/0a1b")
    tree.add("/usr/bin/git", b"", 0o755)
    tree.add(MAIN, 'import "npm:web"; new Deno.Command("git")')
    web = add_package(tree, "web", "index.js", "late.js")
    assert not tree.gained(rule, *seen(MAIN, f"{web}/index.js"))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('import { Hono } from "hono";', ["hono"]),
        ("export * from '@std/path/posix';", ["@std/path"]),
        ('const m = await import(\n  "npm:/@a/b@^1.2/sub.js");', ["@a/b"]),
        ("import `./local.ts`; import '../x.ts'; import 'https://e.example/m.ts'", []),
        ('import fs from "node:fs"; import "jsr:@std/fs"; import "#lib/a.ts"', []),
        ("/** @jsxImportSource preact */", ["preact"]),
        ('{"compilerOptions": {"jsxImportSource": "hono/jsx"}}', ["hono"]),
        ('import "short/a"; import "short/deep/b"', ["long", "deeper"]),
    ],
)
def test_names_of_packages_in_sources(source: str, names: list[str]) -> None:
    aliases = {"short/": "long", "short/deep": "deeper"}
    assert list(imported_packages(source, aliases)) == names


def test_names_in_a_map() -> None:
    text = '{"imports": {"a": "npm:a@1", "b/": "npm:/@s/b@^2/", "c": "jsr:@s/c@1"}} // "d": 1'
    assert list(mapped_packages(text)) == [("a", "a"), ("b/", "@s/b")]


def test_programs_in_sources() -> None:
    source = "spawnSync('ls', ['-l']); execFile(`bash`, ['-lc', `a\n| b`]); Deno.Command(name)"
    assert list(started_programs(source)) == [("ls", ""), ("bash", "a\n| b")]
