"""Node: packages in the archives of Yarn's Plug'n'Play."""

from __future__ import annotations

import json

import pytest

from tests.unit.keep.image_tree import ImageTree, seen

CACHE = "/app/.yarn/cache"
UNPLUGGED = "/app/.yarn/unplugged/addon/node_modules/addon"


def package(place: str, **requires: object) -> dict[str, object]:
    listed = [[name, meant] for name, meant in requires.items()]
    return {"packageLocation": place, "packageDependencies": listed, "linkType": "HARD"}


def state() -> str:
    """Two projects: `web` with a peer and another name for what it requires, an addon that is
    unplugged, one for another platform, and a tool for development with what it brings."""
    virtual = "./.yarn/__virtual__/web-virtual-1/0/cache/web.zip/node_modules/web/"
    registry = [
        [None, [[None, package("./", web="virtual:1", tool="npm:1", shared="workspace:s")]]],
        ["shared", [["workspace:s", package("./s/", shared="workspace:s", tool="npm:1")]]],
        ["web", [["virtual:1", package(virtual, renamed=["late", "npm:2"], addon="npm:1")]]],
        ["late", [["npm:2", package("./.yarn/cache/it's.zip/node_modules/late/")]]],
        ["addon", [["npm:1", package("./.yarn/unplugged/addon/node_modules/addon/", far="npm:1")]]],
        ["far", [["npm:1", package("./.yarn/unplugged/far/node_modules/far/")]]],
        ["tool", [["npm:1", package("./.yarn/cache/tool.zip/node_modules/tool/", both="npm:1")]]],
        ["both", [["npm:1", package("./.yarn/cache/both.zip/node_modules/both/")]]],
    ]
    return json.dumps({"packageRegistryData": registry}, indent=2)


def of_yarn_4() -> str:
    text = state().replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\\n")
    return f"const RAW_RUNTIME_STATE =\n'{text}';\nfunction $$SETUP_STATE() {{ return 'x'; }}\n"


def of_yarn_3() -> str:
    body = f"return hydrateRuntimeState({state()}, {{basePath: basePath}});"
    return f"function $$SETUP_STATE(hydrateRuntimeState, basePath) {{ {body} }}"


@pytest.mark.parametrize(
    ("name", "source"),
    [(".pnp.cjs", of_yarn_4()), (".pnp.js", of_yarn_3()), (".pnp.data.json", state())],
)
def test_packages_in_archives_stay_with_what_they_require(
    tree: ImageTree, name: str, source: str
) -> None:
    manifest = {"dependencies": {"web": "1"}, "devDependencies": {"tool": "1"}}
    tree.add("/app/package.json", json.dumps(manifest))
    tree.add("/app/s/package.json", json.dumps({"devDependencies": {"tool": "1"}}))
    tree.add(f"/app/{name}", source)
    for archive in ("web", "it's", "tool", "both", "nobodys"):
        tree.add(f"{CACHE}/{archive}.zip")
    for file in ("package.json", "index.js", "build/addon.node", "test/a.js"):
        tree.add(f"{UNPLUGGED}/{file}")
    gained = tree.gained("node-plug-n-play", *seen(f"/app/{name}"))
    assert {path for path in gained if not tree.is_directory(path)} == {
        f"{CACHE}/web.zip",
        f"{CACHE}/it's.zip",
        f"{UNPLUGGED}/package.json",
        f"{UNPLUGGED}/index.js",
        f"{UNPLUGGED}/build/addon.node",
    }


def test_a_tool_that_a_source_requires_stays(tree: ImageTree) -> None:
    tree.add("/app/package.json", json.dumps({"devDependencies": {"tool": "1"}}))
    tree.add("/app/.pnp.cjs", of_yarn_4())
    tree.add("/app/client.cjs", "const { io } = require('tool');")
    for archive in ("tool", "both"):
        tree.add(f"{CACHE}/{archive}.zip")
    gained = tree.gained("node-plug-n-play", *seen("/app/.pnp.cjs", "/app/client.cjs"))
    assert {f"{CACHE}/tool.zip", f"{CACHE}/both.zip"} <= gained


@pytest.mark.parametrize("source", ["", "module.exports = 1;", "hydrateRuntimeState({[", "[1]"])
def test_a_table_of_another_form_keeps_nothing(tree: ImageTree, source: str) -> None:
    tree.add("/app/.pnp.cjs", source)
    tree.add(f"{CACHE}/web.zip")
    assert not tree.gained("node-plug-n-play", *seen("/app/.pnp.cjs"))
