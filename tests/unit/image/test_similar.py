"""Images that may have been meant."""

from __future__ import annotations

import pytest

from slimmer.image import similar_names

THERE = ("team/my-app:1", "my-app:latest", "my-api:2", "other/nginx:1", "registry:5000/redis:7")


@pytest.mark.parametrize(
    ("wanted", "likest"),
    [
        ("my-app:2", ["my-app:latest", "team/my-app:1"]),
        ("my-ap", ["my-api:2", "my-app:latest"]),
        ("ngnix", ["other/nginx:1"]),
        ("redis", ["registry:5000/redis:7"]),
        ("app", ["my-app:latest", "team/my-app:1"]),
        ("x", []),
        ("postgres@sha256:" + "0" * 64, []),
    ],
)
def test_the_likest_stand_first(wanted: str, likest: list[str]) -> None:
    assert similar_names(wanted, THERE)[: len(likest)] == likest
    assert bool(similar_names(wanted, THERE)) == bool(likest)
