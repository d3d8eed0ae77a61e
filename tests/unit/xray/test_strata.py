"""The tree of each layer: what became of every path, and sums that agree with the lists."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from slimmer.image.archive import read_image_file
from slimmer.xray import Difference, Inspection, Node, Strata, Used, examine, strata_of
from tests.unit.xray.archives import DIRECTORY, File, docker_archive, layer

LAYERS: tuple[Mapping[str, bytes | File], ...] = (
    {
        "etc/": DIRECTORY,
        "etc/a": b"a" * 100,
        "etc/b": b"b" * 200,
        "etc/same": b"s",
        "lib": File(link="usr/lib"),
        "usr/lib/one": b"1" * 50,
        "usr/lib/two": File(hard="usr/lib/one"),
        "old/deep/file": b"o" * 400,
    },
    {"etc/a": b"A" * 10, "etc/.wh.b": b"", "lib/new": b"n" * 5, ".wh.old": b""},
    {"etc/b": b"B" * 7, "etc/": File(kind=DIRECTORY.kind, mode=0o700)},
)


def strata(
    folder: Path, layers: tuple[Mapping[str, bytes | File], ...], *used: str, known: bool = False
) -> Strata:
    file = folder / "app.tar"
    file.write_bytes(docker_archive([layer(each) for each in layers], ["ADD /"] * len(layers)))
    seen = Used(source="trace", paths=lambda index: frozenset(used)) if used or known else None
    return strata_of(read_image_file(file, Inspection()), "app", used=seen)


def nodes(found: Strata, number: int, *, is_aggregated: bool = False) -> dict[str, Node]:
    return {node.path: node for node in found.tree(number, is_aggregated=is_aggregated)}


def signs(tree: Mapping[str, Node]) -> dict[str, str]:
    """Of those that are not unchanged."""
    return {
        path: node.difference.value
        for path, node in tree.items()
        if node.difference is not Difference.UNCHANGED
    }


def test_the_lowest_layer_adds_everything(tmp_path: Path) -> None:
    tree = nodes(strata(tmp_path, LAYERS), 0)
    assert set(signs(tree).values()) == {"+"}
    assert tree["/"].size == 751, "a file with two names counts once"
    assert tree["/"].files == 7
    assert tree["/usr/lib"].parent is tree["/usr"]


def test_a_layer_is_compared_with_the_one_below(tmp_path: Path) -> None:
    tree = nodes(strata(tmp_path, LAYERS), 1)
    assert signs(tree) == {
        "/": "~",
        "/etc": "~",
        "/etc/a": "~",
        "/etc/b": "-",
        "/usr": "~",
        "/usr/lib": "~",
        "/usr/lib/new": "+",
        "/old": "-",
        "/old/deep": "-",
        "/old/deep/file": "-",
    }
    assert (tree["/etc"].size, tree["/etc"].files) == (11, 2), "without what it removes"
    assert (tree["/old"].size, tree["/old"].files) == (400, 1)
    assert tree["/etc/b"].layer == 0
    assert tree["/etc"].own is Difference.UNCHANGED


def test_what_came_back_and_modes_of_directories(tmp_path: Path) -> None:
    tree = nodes(strata(tmp_path, LAYERS), 2)
    assert signs(tree) == {"/": "~", "/etc": "~", "/etc/b": "+"}
    assert tree["/etc"].own is Difference.CHANGED
    assert "/old" not in tree, "removed before"


def test_all_layers_are_compared_with_the_lowest(tmp_path: Path) -> None:
    tree = signs(nodes(strata(tmp_path, LAYERS), 2, is_aggregated=True))
    assert tree["/etc/a"] == tree["/etc/b"] == "~"
    assert tree["/old"] == "-"
    assert tree["/usr/lib/new"] == "+"
    assert signs(nodes(strata(tmp_path, LAYERS), 0, is_aggregated=True)) == {}


def test_sums_agree_with_the_lists(tmp_path: Path) -> None:
    found = strata(tmp_path, LAYERS, "/etc/a", "/usr/lib/one")
    image = read_image_file(tmp_path / "app.tar", Inspection())
    listed = examine(image, "app")
    root = nodes(found, 2)["/"]
    assert root.size == found.xray.image.visible_size == listed.image.visible_size
    assert root.files == listed.image.files
    assert root.hidden_size == listed.hidden.size == 700
    assert found.xray.usage is not None
    assert root.used_size == found.xray.usage.size == 60
    for number, told in enumerate(listed.layers):
        kinds = [
            node.own for node in found.tree(number) if not node.is_directory and node.path != "/"
        ]
        assert kinds.count(Difference.ADDED) == told.added
        assert kinds.count(Difference.CHANGED) == told.changed
        assert kinds.count(Difference.REMOVED) == told.removed


def test_hidden_bytes_stay_with_their_path_or_what_is_left_of_the_way_to_it(
    tmp_path: Path,
) -> None:
    found = strata(tmp_path, LAYERS)
    lowest, top = nodes(found, 0), nodes(found, 2)
    assert lowest["/old/deep/file"].hidden_size == 400
    assert lowest["/etc/b"].hidden[0].by == 1
    assert top["/etc"].hidden_size == 300
    assert top["/etc/b"].hidden_size == 200, "of the one that was there before"
    assert top["/"].hidden_size == 700


def test_what_was_replaced_is_never_used(tmp_path: Path) -> None:
    found = strata(tmp_path, LAYERS, "/etc/a", "/etc/same")
    assert not nodes(found, 0)["/etc/a"].is_used
    top = nodes(found, 1)
    assert top["/etc/a"].is_used
    assert top["/etc"].is_used
    assert strata(tmp_path, LAYERS, known=True).knows_use
    assert not strata(tmp_path, LAYERS).knows_use


def test_a_file_in_the_place_of_a_directory_and_none_at_all(tmp_path: Path) -> None:
    tree = nodes(strata(tmp_path, ({"a/b/c": b"1"}, {"a": b"22"}, {"a/": DIRECTORY})), 1)
    assert signs(tree) == {"/": "~", "/a": "~", "/a/b": "-", "/a/b/c": "-"}
    assert tree["/"].size == 2
    assert len(strata(tmp_path, ()).tree(0)) == 1


@pytest.mark.parametrize("depth", [1500])
def test_deep_directories(tmp_path: Path, depth: int) -> None:
    assert nodes(strata(tmp_path, ({"d/" * depth + "f": b"1"},)), 0)["/"].size == 1
