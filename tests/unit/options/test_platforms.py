"""What `--platform` and `--engine` take."""

from __future__ import annotations

import pytest

from slimmer.options import FileSettings, build_options


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("linux/arm64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/x86_64", "linux/amd64"),
        ("linux/arm/v7", "linux/arm/v7"),
    ],
)
def test_a_platform_by_another_name_is_the_same(name: str, meant: str) -> None:
    texts = {"--platform": [f"{name}=my-app:1"], "--engine": [f"{name}=ssh://builder"]}
    options = build_options(FileSettings(), texts)
    assert [(each.name, each.image) for each in options.platforms] == [(meant, "my-app:1")]
    assert options.engine == "ssh://builder"
