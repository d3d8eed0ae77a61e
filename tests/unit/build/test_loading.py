"""Only layers that the engine lacks are sent to it."""

from __future__ import annotations

from typing import Any

import pytest

from slimmer.errors import EngineOperationError
from slimmer.image import ORIGINAL_LABEL
from tests.unit.build.bench import SLIM, Bench, late, reads

MORE = ("/bin/app", "/etc/app.conf", "/etc/late.conf")


def layers(report: dict[str, Any]) -> dict[str, str]:
    """Name → its place in an archive, of the layers of the slim image."""
    return {
        each["name"]: "blobs/" + each["digest"].replace(":", "/")
        for each in report["slim"]["layers"]
    }


def test_a_rebuild_sends_only_the_layers_that_changed(bench: Bench) -> None:
    first = layers(bench.build())

    second = layers(bench.build(reads("/etc/app.conf", "/etc/late.conf")))

    assert first["system"] == second["system"]
    assert {*first.values()} <= bench.engine.archives[0]
    sent = bench.engine.archives[1] & {*second.values()}
    assert sent == {second["application"]}
    assert bench.engine.files_of(SLIM) == {*MORE}


def test_layers_of_a_slim_image_of_another_name_are_not_sent(bench: Bench) -> None:
    """The main branch's, for the build of a pull request."""
    first = layers(bench.build(tag="app:main"))

    second = layers(bench.build(reads("/etc/app.conf", "/etc/late.conf"), tag="app:pull-7"))

    assert first["system"] == second["system"]
    assert bench.engine.archives[1] & {*second.values()} == {second["application"]}


def test_slim_images_of_the_same_repository_are_looked_at_first(bench: Bench) -> None:
    """There may be thousands of others."""
    first = layers(bench.build(tag="app:main"))
    for number in range(30):
        bench.engine._images[f"sha256:{number}"] = {"Config": {"Labels": {ORIGINAL_LABEL: ""}}}

    bench.build(reads("/etc/app.conf", "/etc/late.conf"), tag="app:pull-7")

    assert first["system"] not in bench.engine.archives[1]


def test_a_repaired_image_is_sent_without_what_the_broken_one_has(bench: Bench) -> None:
    found = layers(bench.build(late))

    assert found["system"] in bench.engine.archives[0]
    assert found["system"] not in bench.engine.archives[1]
    assert bench.engine.files_of(SLIM) == {*MORE}


@pytest.mark.parametrize("verdict", ["refused", "garbled"])
def test_an_engine_that_has_lost_a_layer_meanwhile_gets_them_all(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, verdict: str
) -> None:
    bench.build()
    load = bench.engine.load_image
    bench.engine._layers.clear()

    def garbling(archive: Any) -> str:
        """As one that takes any archive, and does not look at what it lacks."""
        try:
            return load(archive)
        except EngineOperationError:
            return "loaded"

    if verdict == "garbled":
        monkeypatch.setattr(bench.engine, "load_image", garbling)
    found = layers(bench.build(reads("/etc/app.conf", "/etc/late.conf")))

    assert [found["system"] in archive for archive in bench.engine.archives] == [True, False, True]
    assert bench.engine.files_of(SLIM) == {*MORE}


def test_an_engine_that_cannot_add_to_layers_gets_them_all(bench: Bench) -> None:
    bench.engine.adds_to_layers = False
    bench.build()

    found = layers(bench.build(reads("/etc/app.conf", "/etc/late.conf")))

    assert {*found.values()} <= bench.engine.archives[1]


class TestTheLowestLayer:
    @pytest.fixture(autouse=True)
    def every_layer_is_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("slimmer.verify.loaded._LARGE", 0)

    def test_it_comes_on_its_own_and_only_once(self, bench: Bench) -> None:
        found = layers(bench.build())
        bench.build(reads("/etc/app.conf", "/etc/late.conf"))

        assert bench.engine.imported == [found["system"]]
        assert not any(found["system"] in archive for archive in bench.engine.archives)
        assert bench.engine.files_of(SLIM) == {*MORE}

    def test_it_comes_with_the_others_where_that_fails(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise EngineOperationError("not this way")

        monkeypatch.setattr(bench.engine, "import_layer", refuse)

        found = layers(bench.build())

        assert {*found.values()} <= bench.engine.archives[0]
