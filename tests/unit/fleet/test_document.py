"""fleet.yaml: what it may say, what it means, and the schema for editors."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from slimmer.errors import ConfigurationError
from slimmer.fleet import FleetFile, Limits, read_fleet
from slimmer.values import Strategy
from tests.fleet_schema import fleet_schema

VALIDATOR = jsonschema.Draft202012Validator(fleet_schema())
COMPLETE = """
defaults: {strategy: minimal, include: [/etc/motd]}
images:
  - my-app:1
  - "team/*:stable"
  - {image: api:2, tag: api:small, probes: [{http: /health}], include: [/data]}
files: [one.yaml]
compose:
  - compose.yaml
  - {file: compose.yaml, services: [web]}
limits: {seconds: 600, retries: 1, pause: 0.5}
share: auto
"""


def read(folder: Path, text: str) -> FleetFile:
    (folder / "fleet.yaml").write_text(text)
    (folder / "one.yaml").write_text("images: [a:1, b:1]\nstrategy: safe\ninclude: [/srv]\n")
    return read_fleet(folder / "fleet.yaml")


def test_all_that_there_is_to_say(tmp_path: Path) -> None:
    file = read(tmp_path, COMPLETE)
    wishes = {wish.image: wish for wish in file.wishes}
    assert list(wishes) == ["my-app:1", "team/*:stable", "api:2", "a:1", "b:1"]
    assert [each.is_pattern for each in file.wishes] == [False, True, False, False, False]
    assert wishes["api:2"].settings.build["includes"] == ("/etc/motd", "/data")
    assert wishes["api:2"].settings.build["strategy"] is Strategy.MINIMAL
    assert wishes["b:1"].settings.build["strategy"] is Strategy.SAFE
    assert [each.services for each in file.compose] == [(), ("web",)]
    assert file.compose[0].file == tmp_path / "compose.yaml"
    assert file.limits == Limits(seconds=600, retries=1, pause=0.5)
    assert file.share == "auto"
    VALIDATOR.validate(yaml.safe_load(COMPLETE))


@pytest.mark.parametrize("text", ["off", "'off'", "no", "false"])
def test_off_may_be_written_without_quotes(tmp_path: Path, text: str) -> None:
    """Where YAML reads something else than a text."""
    whole = f"images: [a]\nshare: {text}"
    assert read(tmp_path, whole).share == "off"
    VALIDATOR.validate(yaml.safe_load(whole))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("images: []", "no image is named"),
        ("image: [a]", "fleet.yaml:1: image: unknown key"),
        ("images: [{strategy: safe}]", "fleet.yaml:1: images[0]: no image is named"),
        ("images:\n  - a\n  - {image: b, prob: 1}", "fleet.yaml:3: images[1].prob: unknown key"),
        ("images: [{image: b, strategy: tiny}]", "images[0].strategy"),
        ("images: [a]\ndefaults: {tag: b}", "defaults.tag: each image has its own"),
        ("images: [a]\nlimits: {seconds: 0}", "limits.seconds: 0 is too small"),
        ("images: [a]\nshare: on", "share: expected text, found `true`"),
        ("images: [a]\nlimits: {retries: much}", "limits.retries: expected a whole number"),
        ("compose: [{services: [a]}]", "which compose file?"),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text)
    assert words in str(caught.value)
    assert not VALIDATOR.is_valid(yaml.safe_load(text))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"files\[0\]: no file matches \*/slim"):
        read(tmp_path, "files: ['*/slim.yaml']")
    with pytest.raises(ConfigurationError, match=r"files\[0\]: there is no file two\.yaml in"):
        read(tmp_path, "files: two.yaml")


def test_image_and_images_exclude_each_other(tmp_path: Path) -> None:
    (tmp_path / "both.yaml").write_text("image: a\nimages: [b]\n")
    with pytest.raises(ConfigurationError, match=r"both\.yaml:1: image: it and `images` exclude"):
        read(tmp_path, "files: [both.yaml]")


def test_one_build_does_not_take_several_images(tmp_path: Path) -> None:
    from slimmer.options import read_options

    (tmp_path / "slim.yaml").write_text("images: [a, b]\n")
    with pytest.raises(ConfigurationError, match="one build has one `image`") as caught:
        read_options(tmp_path / "slim.yaml")
    assert "slim fleet" in caught.value.hint
