"""Node: packages that were touched, in all the ways in which installers lay them."""

from __future__ import annotations

import json

import pytest

from slimmer.ecosystems.node.imports import required_packages
from slimmer.ecosystems.node.packages import package_of
from slimmer.values import Strategy
from tests.unit.keep.image_tree import ImageTree, seen

MODULES = "/app/node_modules"


def add_package(tree: ImageTree, folder: str, *files: str, **manifest: object) -> None:
    tree.add(f"{folder}/package.json", json.dumps({"name": folder, **manifest}))
    for file in files:
        tree.add(f"{folder}/{file}")


def test_a_touched_package_is_whole_without_tests_docs_and_maps(tree: ImageTree) -> None:
    runtime = ("index.js", "lib/late.js", "views/error.html", "dist/doc/parser.js", "LICENSE.md")
    rest = ("test/a.js", "docs/b.html", "README.md", "lib/late.js.map", "lib/late.d.ts")
    add_package(tree, f"{MODULES}/web", *runtime, *rest, "lib/__tests__/x.js")
    add_package(tree, f"{MODULES}/web/node_modules/inner", "index.js")
    gained = tree.gained("node-packages", *seen(f"{MODULES}/web/index.js"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{MODULES}/web/package.json",
        *(f"{MODULES}/web/{file}" for file in runtime if file != "index.js"),
    }


def test_an_addon_stays_without_the_sources_that_it_was_built_from(tree: ImageTree) -> None:
    sources = ("deps/engine.c", "src/addon.cpp", "src/addon.h", "build/Release/obj/gen/engine.c")
    add_package(tree, f"{MODULES}/addon", "index.js", "build/Release/addon.node", *sources)
    gained = tree.gained("node-packages", *seen(f"{MODULES}/addon/index.js"))
    files = {path for path in gained if not tree.is_directory(path)}
    assert files == {f"{MODULES}/addon/package.json", f"{MODULES}/addon/build/Release/addon.node"}


def test_a_directory_that_the_manifest_names_is_code(tree: ImageTree) -> None:
    add_package(
        tree, f"{MODULES}/a", "i.js", "test/x.js", "docs/y.js", exports={".": ["./test/x.js"]}
    )
    gained = tree.gained("node-packages", *seen(f"{MODULES}/a/i.js"))
    assert f"{MODULES}/a/test/x.js" in gained
    assert f"{MODULES}/a/docs" not in gained


def test_what_lies_in_a_folder_of_templates_is_data(tree: ImageTree) -> None:
    templates = ("template/module-types.d.ts", "lib/templates/app/README.md", "dist/stubs/a.h")
    rest = ("lib/template.d.ts", "lib/README.md")
    add_package(tree, f"{MODULES}/maker", "index.js", *templates, *rest)
    gained = tree.gained("node-packages", *seen(f"{MODULES}/maker/index.js"))
    files = {path for path in gained if not tree.is_directory(path)}
    assert files == {f"{MODULES}/maker/{file}" for file in ("package.json", *templates)}


def test_what_browsers_ask_for_is_data_but_for_source_maps(tree: ImageTree) -> None:
    served = ("public/types/node/fs.d.ts", "dist/static/lib.d.mts", "www/help/README.md")
    rest = ("public/app.js.map", "types/fs.d.ts", "lib/public.d.ts", "README.md")
    add_package(tree, f"{MODULES}/editor", "index.js", *served, *rest)
    gained = tree.gained("node-packages", *seen(f"{MODULES}/editor/index.js"))
    files = {path for path in gained if not tree.is_directory(path)}
    assert files == {f"{MODULES}/editor/{file}" for file in ("package.json", *served)}


def test_a_package_json_alone_touches_nothing(tree: ImageTree) -> None:
    add_package(tree, f"{MODULES}/web", "index.js")
    assert not tree.gained("node-packages", *seen(f"{MODULES}/web/package.json"))


def test_what_a_touched_package_requires_is_touched(tree: ImageTree) -> None:
    add_package(
        tree,
        f"{MODULES}/image",
        "index.js",
        dependencies={"color": "1", "missing": "1"},
        optionalDependencies={"@image/linux-x64": "1"},
        devDependencies={"jest": "1"},
    )
    add_package(tree, f"{MODULES}/color", "index.js")
    add_package(tree, f"{MODULES}/image/node_modules/color", "index.js")
    add_package(tree, f"{MODULES}/@image/linux-x64", "image.node")
    add_package(tree, f"{MODULES}/jest", "index.js")
    gained = tree.gained("node-packages", *seen(f"{MODULES}/image/index.js"))
    assert f"{MODULES}/image/node_modules/color/index.js" in gained, "the nearest one"
    assert f"{MODULES}/@image/linux-x64/image.node" in gained
    nested = f"{MODULES}/image/node_modules/color"
    gained = tree.gained("node-packages", *seen(f"{nested}/index.js"))
    assert not any(path.startswith(f"{MODULES}/jest") for path in gained), "nobody's folder"


def test_what_was_installed_beside_a_touched_package_stays(tree: ImageTree) -> None:
    """`app.set('view engine', 'pug')`: no text requires it."""
    for name in ("web", "pug", "@scope/plugin", "jest", "expect", "npm"):
        needs = {"expect": "1"} if name == "jest" else {}
        add_package(tree, f"{MODULES}/{name}", "index.js", dependencies=needs)
    manifest = {"dependencies": {"web": "1"}, "devDependencies": {"jest": "1", "web": "1"}}
    tree.add("/app/package.json", json.dumps(manifest))
    tree.link(f"{MODULES}/.bin/pug", "../pug/index.js")
    tree.link(f"{MODULES}/.bin/jest", "../jest/index.js")
    gained = tree.gained("node-packages", *seen(f"{MODULES}/web/index.js"))
    assert {f"{MODULES}/pug/index.js", f"{MODULES}/@scope/plugin/index.js"} <= gained
    assert f"{MODULES}/.bin/pug" in gained
    assert not any(name in path for path in gained for name in ("jest", "expect", "/npm"))


def test_a_heavy_package_that_nobody_touched_is_named(tree: ImageTree) -> None:
    add_package(tree, f"{MODULES}/web", "index.js")
    add_package(tree, f"{MODULES}/compiler", "index.js")
    with (tree.root / f"{MODULES[1:]}/compiler/wasm").open("wb") as file:
        file.truncate(65 << 20)
    kept = tree.decide(*seen(f"{MODULES}/web/index.js"), strategy=Strategy.BALANCED)
    assert f"{MODULES}/compiler/index.js" not in kept.reasons
    (heavy,) = kept.heavy
    assert heavy.what == "the Node package compiler"
    assert heavy.include == f"{MODULES}/compiler"
    assert heavy.size >= 65 << 20


def test_pnpm_finds_packages_by_links_in_its_store(tree: ImageTree) -> None:
    store = f"{MODULES}/.pnpm"
    add_package(tree, f"{store}/a@1/node_modules/a", "a.js", "late.js", dependencies={"b": "2"})
    add_package(tree, f"{store}/b@2/node_modules/b", "b.js")
    tree.link(f"{store}/a@1/node_modules/b", "../../b@2/node_modules/b")
    tree.link(f"{MODULES}/a", ".pnpm/a@1/node_modules/a")
    gained = tree.gained("node-packages", *seen(f"{MODULES}/a/a.js"))
    assert {
        f"{store}/a@1/node_modules/a/late.js",
        f"{store}/a@1/node_modules/b",
        f"{store}/b@2/node_modules/b/b.js",
    } <= gained


def test_what_the_application_requires_on_any_branch_is_touched(tree: ImageTree) -> None:
    for name in ("pdf", "webpack", "fs"):
        add_package(tree, f"{MODULES}/{name}", "index.js")
    tree.add("/app/server.js", "const fs = require('fs'); if (x) { require('pdf/sub') }")
    tree.add("/app/webpack.config.js", "require('webpack')")
    tree.add("/app/package.json", '{"devDependencies": {"webpack": "1", "fs": "1"}}')
    gained = tree.gained("node-packages", *seen("/app/server.js"))
    assert f"{MODULES}/pdf/index.js" in gained
    assert not any("webpack" in path for path in gained)
    assert f"{MODULES}/fs" not in gained, "Node's own module wins"


def test_a_package_that_nobody_executes_needs_no_interpreter(tree: ImageTree) -> None:
    tree.add("/usr/bin/python3", mode=0o755)
    add_package(tree, f"{MODULES}/gyp", "index.js")
    tree.add(f"{MODULES}/gyp/gyp_main.py", "#!/usr/bin/python3\n", mode=0o755)
    gained = tree.gained("node-packages", *seen(f"{MODULES}/gyp/index.js"))
    assert f"{MODULES}/gyp/gyp_main.py" in gained
    assert "/usr/bin/python3" not in gained
    executed = tree.decide(*seen(f"{MODULES}/gyp/gyp_main.py"))
    assert "/usr/bin/python3" in executed.reasons


def test_modules_of_node_that_debian_packs_apart_are_kept(tree: ImageTree) -> None:
    library = "/usr/lib/x86_64-linux-gnu/libnode.so.108"
    undici = "/usr/share/nodejs/undici/undici-fetch.js"
    for path in (library, undici, "/usr/share/nodejs/other/index.js"):
        tree.add(path)
    tree.package("libnode108", library, fields="Depends: libc6, node-undici (>= 5.0.0~)\n")
    tree.package("node-undici", undici)
    tree.package("node-other", "/usr/share/nodejs/other/index.js")
    gained = tree.gained("node-builtins", *seen(library))
    assert undici in gained
    assert "/usr/share/nodejs/other" not in gained


def test_icu_data_in_a_file_is_kept_with_node(tree: ImageTree) -> None:
    tree.add("/usr/bin/node", mode=0o755)
    tree.add("/usr/share/icu/74.2/icudt74l.dat")
    tree.add("/opt/icu/full.dat")
    gained = tree.gained(
        "icu-data", *seen("/usr/bin/node"), config={"Env": ["NODE_ICU_DATA=/opt/icu"]}
    )
    assert {"/usr/share/icu/74.2/icudt74l.dat", "/opt/icu/full.dat"} <= gained


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("/a/node_modules/b/lib/x.js", "/a/node_modules/b"),
        ("/a/node_modules/@s/b/x.js", "/a/node_modules/@s/b"),
        ("/a/node_modules/b/node_modules/c/x.js", "/a/node_modules/b/node_modules/c"),
        ("/a/node_modules/.pnpm/b@1/node_modules/b/x", "/a/node_modules/.pnpm/b@1/node_modules/b"),
        ("/a/node_modules/.package-lock.json", ""),
        ("/usr/share/nodejs/@s/b/x.js", "/usr/share/nodejs/@s/b"),
        ("/srv/app/server.js", ""),
    ],
)
def test_the_innermost_package_of_a_path(path: str, package: str) -> None:
    assert package_of(path) == package


def test_requirements_are_read_off_the_text() -> None:
    source = """
import x from 'a'; import "b/sub.js"; const c = await import(`c`);
require("@s/d/e"); require('./near'); require("/far"); require('node:fs'); x.requires('no')
export { y } from "f";
"""
    assert list(required_packages(source)) == ["a", "b", "c", "@s/d", "f"]
