"""`slim fleet` as users run it: two workers on the engine, failures told, nothing built twice."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from slimmer.image import ORIGINAL_LABEL
from tests.engine.conftest import BUSYBOX, OWN, Ran
from tests.engine.registry import registry

pytestmark = pytest.mark.engine


@pytest.mark.usefixtures("only_cleaner")  # its workers clean when they start
def test_a_fleet_from_the_first_build_to_the_second_run(
    client: docker.DockerClient,
    slim: Callable[..., Ran],
    image: Callable[..., str],
    tmp_path: Path,
) -> None:
    one, two = (
        image(f'FROM {BUSYBOX}\nCOPY only /srv/only\nCMD ["sleep", "1000"]\n', {"only": text})
        for text in (b"one", b"two")
    )
    fleet = {
        "defaults": {
            "strategy": "minimal",
            "debug": False,
            "run": {"stop_timeout": 0, "start_timeout": 5},
            "probes": [{"exec": "cat /srv/only"}],
        },
        "share": "off",
        "images": [one, two, f"{OWN}-is-not-there:1"],
    }
    (tmp_path / "fleet.yaml").write_text(json.dumps(fleet))

    first = slim("fleet", "--workers", "2")
    assert first.code == 61, first.stderr
    assert "the image does not exist in the engine (exit code 5)" in first.stderr
    assert [each["status"] for each in read(tmp_path)["builds"]] == ["built", "built", "failed"]
    page = (tmp_path / "slim-fleet" / "fleet.html").read_text()
    assert page.count("-slim/report.html") == 2
    assert page.count("-slim/build.log") == 1
    try:
        assert client.images.get(f"{one}-slim").labels[ORIGINAL_LABEL] == client.images.get(one).id
        fleet["images"] = [one, two]
        (tmp_path / "fleet.yaml").write_text(json.dumps(fleet))
        second = slim("fleet")
        assert second.code == 0, second.stderr
        assert [each["status"] for each in read(tmp_path)["builds"]] == ["unchanged"] * 2
        assert "is unchanged" in second.stderr
    finally:
        for name in (f"{one}-slim", f"{two}-slim"):
            client.images.remove(name, force=True)


def test_what_is_to_be_stood_on_is_looked_for_first(
    slim: Callable[..., Ran], tmp_path: Path
) -> None:
    missing = slim("fleet", "--json")
    assert "there is no fleet.yaml" in missing.stderr
    assert json.loads(missing.stdout)["error"]["exit_code"] == missing.code == 2
    (tmp_path / "fleet.yaml").write_text(f"images: ['{BUSYBOX}']\nshare: of\n")
    ended = slim("fleet")
    assert ended.code == 49
    assert "has no image of" in ended.stderr
    assert "write auto, off, or the name" in ended.stderr


def read(folder: Path) -> Any:
    return json.loads((folder / "slim-fleet" / "fleet.json").read_text())


@pytest.mark.usefixtures("only_cleaner")
def test_images_from_every_kind_of_source(
    client: docker.DockerClient,
    slim: Callable[..., Ran],
    image: Callable[..., str],
    tmp_path: Path,
) -> None:
    """A glob of the engine's tags, a slim.yaml with several images, a service of a compose file,
    and what a registry lists and the engine does not have."""
    dockerfile = f'FROM {BUSYBOX}\nCOPY only /srv/only\nCMD ["sleep", "1000"]\n'
    globbed, one, two, served, pulled = (f"{OWN}-{word}:1" for word in ("g", "a", "b", "s", "p"))
    for name in (globbed, one, two, served):
        image(dockerfile, {"only": name.encode()}, tag=name)
    with registry(tmp_path) as host:
        pulled = f"{host}/team/{OWN.partition('/')[2]}:1"
        client.images.push(image(dockerfile, {"only": b"p"}, tag=pulled))
        client.images.remove(pulled)
        (tmp_path / "slim.yaml").write_text(json.dumps({"images": [one, two]}))
        compose = {"services": {"web": {"image": served}, "other": {"image": "no-such:1"}}}
        (tmp_path / "compose.yaml").write_text(json.dumps(compose))
        fleet = {
            "defaults": {
                "strategy": "minimal",
                "debug": False,
                "run": {"stop_timeout": 0, "start_timeout": 5},
                "probes": [{"exec": "cat /srv/only"}],
            },
            "images": [f"{OWN}-g:*"],
            "files": ["slim.yam*"],
            "compose": [{"file": "compose.yaml", "services": ["web"]}],
            "registry": [f"{host}/team/*:*"],
            "share": False,
        }
        (tmp_path / "fleet.yaml").write_text(json.dumps(fleet))
        ended = slim("fleet")
    builds = read(tmp_path)["builds"]
    for each in builds:
        with contextlib.suppress(docker.errors.ImageNotFound):
            client.images.remove(each["name"], force=True)
    client.images.remove(pulled, force=True)
    assert ended.code == 0, ended.stderr
    assert {each["image"] for each in builds} == {globbed, one, two, served, pulled}
    assert {each["status"] for each in builds} == {"built"}
