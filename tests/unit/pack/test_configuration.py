"""The configuration of a slim image says what the original's says, and nothing of the day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from slimmer.pack.configuration import image_configuration, image_manifest, with_layers
from slimmer.values import Layer, Original

CONFIG: dict[str, Any] = {
    "ArgsEscaped": True,
    "Cmd": ["serve"],
    "Entrypoint": ["/entry.sh"],
    "Env": ["PATH=/app/bin:/bin", "NAME=caf\u00e9"],
    "ExposedPorts": {"8000/tcp": {}},
    "Healthcheck": {"Test": ["CMD", "check"], "Interval": 5_000_000_000},
    "Labels": {"maintainer": "somebody"},
    "OnBuild": ["COPY . /app"],
    "Shell": ["/bin/bash", "-c"],
    "StopSignal": "SIGQUIT",
    "StopTimeout": 0,
    "User": "www-data:adm",
    "Volumes": {"/data": {}},
    "WorkingDir": "/app",
}


def original(**values: Any) -> Original:
    fields = {
        "reference": "my-app:1",
        "id": "sha256:" + "a" * 64,
        "config": CONFIG,
        "architecture": "arm64",
        "variant": "v8",
        "os": "linux",
        "created": "2024-02-03T04:05:06.123456789Z",
        "size": 1,
        "layers": (),
    }
    return Original(**{**fields, **values})


def layer(name: str, digit: str) -> Layer:
    return Layer(name=name, digest="sha256:" + digit * 64, size=9, file=Path("x"), entries=2)


def configured(*layers: Layer, latest: int | None = None, **values: Any) -> dict[str, Any]:
    labels = {"dev.slimmer.original": "sha256:x"}
    written = image_configuration(original(**values), layers, labels=labels, latest=latest)
    read: dict[str, Any] = json.loads(written)
    return read


def test_the_whole_configuration_survives_and_labels_are_added() -> None:
    result = configured(layer("system", "1"))

    labels = result["config"].pop("Labels")
    assert result["config"] == {key: CONFIG[key] for key in CONFIG if key != "Labels"}
    assert labels == {"maintainer": "somebody", "dev.slimmer.original": "sha256:x"}
    assert (result["architecture"], result["variant"], result["os"]) == ("arm64", "v8", "linux")


def test_each_layer_has_its_diff_id_and_one_line_of_history() -> None:
    result = configured(layer("system", "1"), layer("application", "2"))

    assert result["rootfs"] == {
        "type": "layers",
        "diff_ids": ["sha256:" + "1" * 64, "sha256:" + "2" * 64],
    }
    assert [entry["created"] for entry in result["history"]] == [result["created"]] * 2
    assert "application" in result["history"][1]["comment"]


@pytest.mark.parametrize(
    ("created", "latest", "expected"),
    [
        ("2024-02-03T04:05:06.123456789Z", None, "2024-02-03T04:05:06.123456789Z"),
        ("2024-02-03T04:05:06.123456789Z", 1_800_000_000, "2024-02-03T04:05:06.123456789Z"),
        ("2024-02-03T04:05:06.123456789Z", 1_600_000_000, "2020-09-13T12:26:40Z"),
        ("2024-02-03T06:05:06+02:00", 1_706_933_106, "2024-02-03T06:05:06+02:00"),
        ("2024-02-03T06:05:06+02:00", 1_706_933_105, "2024-02-03T04:05:05Z"),
        ("0001-01-01T00:00:00Z", 0, "0001-01-01T00:00:00Z"),
        ("", 0, "1970-01-01T00:00:00Z"),
        ("yesterday", 0, "1970-01-01T00:00:00Z"),
    ],
)
def test_creation_is_the_originals_clamped(created: str, latest: int | None, expected: str) -> None:
    assert configured(created=created, latest=latest)["created"] == expected


def test_an_original_without_a_date_gives_an_image_without_one() -> None:
    assert "created" not in configured(layer("system", "1"), created="")


def test_the_debug_layer_comes_on_top_and_changes_only_path() -> None:
    slim = image_configuration(original(), [layer("system", "1")], labels={})

    debug = json.loads(with_layers(slim, [layer("debug", "2")], path_folders=["/busybox"]))

    expected = json.loads(slim)
    assert debug["rootfs"]["diff_ids"][:1] == expected["rootfs"]["diff_ids"]
    assert len(debug["rootfs"]["diff_ids"]) == len(debug["history"]) == 2
    assert debug["config"]["Env"] == ["PATH=/app/bin:/bin:/busybox", "NAME=caf\u00e9"]
    assert debug["config"]["Entrypoint"] == CONFIG["Entrypoint"]


def test_a_path_that_the_image_does_not_set_begins_as_the_engines() -> None:
    slim = image_configuration(original(config={}), [], labels={})

    debug = json.loads(with_layers(slim, [layer("debug", "2")], path_folders=["/busybox"]))

    (path,) = debug["config"]["Env"]
    assert path.endswith(":/usr/bin:/sbin:/bin:/busybox")


def test_order_of_keys_in_the_original_makes_no_difference() -> None:
    turned = dict(reversed(list(CONFIG.items())))

    assert image_configuration(original(), [], labels={}) == image_configuration(
        original(config=turned), [], labels={}
    )


def test_a_lone_surrogate_in_the_environment_does_no_harm() -> None:
    config = {"Env": ["BROKEN=\ud800"]}

    written = image_configuration(original(config=config), [], labels={})

    assert json.loads(written)["config"]["Env"] == config["Env"]


def test_the_manifest_names_configuration_and_layers_with_their_sizes() -> None:
    manifest = json.loads(image_manifest(b"{}", [layer("system", "1")]))

    assert manifest["config"]["size"] == 2
    assert manifest["layers"][0]["digest"] == "sha256:" + "1" * 64
    assert manifest["layers"][0]["size"] == 9
