"""What is given to the compose tool: all that a service needs, apart from what the user has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slimmer.build.compose import (
    ComposeTool,
    needed_services,
    project_document,
    read_document,
)
from slimmer.errors import ComposeFileError

LABELS = {"dev.slimmer.session": "1"}
DOCUMENT: dict[str, Any] = {
    "version": "3.9",
    "services": {
        "web": {"image": "old:1", "build": {"context": "/src"}, "depends_on": ["api", "db"]},
        "api": {
            "image": "api:1",
            "depends_on": {"db": {"condition": "service_healthy"}},
            "links": ["cache:store"],
            "environment": {"PRICE": "5$$"},
        },
        "db": {
            "image": "db:1",
            "container_name": "the-db",
            "ports": ["5432:5432"],
            "restart": "always",
            "profiles": ["late"],
            "labels": ["a=b"],
            "network_mode": "service:proxy",
        },
        "cache": {"image": "cache:1", "labels": {"c": "d"}},
        "proxy": {"image": "proxy:1", "depends_on": ["web"]},
        "unrelated": {"image": "unrelated:1"},
    },
    "networks": {
        "back": {"name": "real-back", "driver": "bridge"},
        "theirs": {"external": True, "name": "their-net"},
    },
    "volumes": {"data": {"name": "real-data"}, "theirs": {"external": {"name": "their-volume"}}},
    "secrets": {"key": {"file": "/abs/key"}},
}


def rewritten() -> dict[str, Any]:
    return project_document(DOCUMENT, "web", "new:2", LABELS)


def test_all_that_is_needed_in_whatever_way() -> None:
    """A circle ends, too: proxy depends on web."""
    assert set(needed_services(DOCUMENT, "web")) == {"api", "db", "cache", "proxy"}
    assert needed_services(DOCUMENT, "unrelated") == ()
    assert set(rewritten()["services"]) == {"web", "api", "db", "cache", "proxy"}


def test_the_service_has_the_image_that_is_slimmed() -> None:
    web = rewritten()["services"]["web"]
    assert web["image"] == "new:2"
    assert "build" not in web


def test_nothing_meets_what_the_user_has() -> None:
    document = rewritten()
    assert not {"container_name", "ports", "restart", "profiles"} & set(document["services"]["db"])
    assert document["networks"]["back"] == {"driver": "bridge", "labels": LABELS}
    assert document["volumes"]["data"] == {"labels": LABELS}


def test_what_is_external_stays_what_it_is() -> None:
    document = rewritten()
    assert document["networks"]["theirs"] == DOCUMENT["networks"]["theirs"]
    assert document["volumes"]["theirs"] == DOCUMENT["volumes"]["theirs"]


def test_everything_carries_the_labels() -> None:
    document = rewritten()
    assert document["services"]["db"]["labels"] == {"a": "b", **LABELS}
    assert document["services"]["cache"]["labels"] == {"c": "d", **LABELS}
    assert document["networks"]["default"] == {"labels": LABELS}


def test_the_rest_is_as_the_tool_has_written_it() -> None:
    document = rewritten()
    assert document["services"]["api"]["environment"] == {"PRICE": "5$$"}
    assert document["services"]["api"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert (document["version"], document["secrets"]) == ("3.9", DOCUMENT["secrets"])
    assert DOCUMENT["services"]["db"]["container_name"] == "the-db", "the original is untouched"


def test_a_file_that_is_not_there_is_answered_with_those_beside_it(tmp_path: Path) -> None:
    tool = ComposeTool(command=("false",), engine="unix:///e")
    (tmp_path / "docker-compose.yml").write_text("services: {}\n")
    (tmp_path / "other.yml").write_text("")
    for missing, hint in (
        (tmp_path / "docker-compose.yaml", f"did you mean {tmp_path}/docker-compose.yml?"),
        (tmp_path / "deep" / "compose.yaml", f"there is no folder {tmp_path}/deep either"),
    ):
        with pytest.raises(ComposeFileError) as caught:
            read_document(tool, [missing], "project")
        assert caught.value.hint == hint
