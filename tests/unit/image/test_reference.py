"""Image names: what the engines accept is taken apart, what they refuse is refused."""

from __future__ import annotations

import pytest

from slimmer.errors import UsageError
from slimmer.image import Reference, is_image_id, parse_reference, parse_tag

DIGEST = "sha256:" + "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nginx", Reference(path="nginx")),
        ("nginx:1.25", Reference(path="nginx", tag="1.25")),
        ("team/my_app__x:V1.2-rc_1", Reference(path="team/my_app__x", tag="V1.2-rc_1")),
        ("localhost/app", Reference(host="localhost", path="app")),
        (
            "registry.example:5000/team/app:1",
            Reference(host="registry.example:5000", path="team/app", tag="1"),
        ),
        ("[::1]:5000/app", Reference(host="[::1]:5000", path="app")),
        ("Host/app", Reference(host="Host", path="app")),
        (f"app@{DIGEST}", Reference(path="app", digest=DIGEST)),
        (
            f"r.example:5000/app:1@{DIGEST}",
            Reference(host="r.example:5000", path="app", tag="1", digest=DIGEST),
        ),
        # A dot in the first part makes it a host for the engines.
        ("a--b.c/d", Reference(host="a--b.c", path="d")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_name_is_taken_apart_and_put_together_again(text: str, expected: Reference) -> None:
    assert parse_reference(text) == expected
    assert str(parse_reference(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":1",
        "app:",
        "App",
        "app:-1",
        "app:" + "t" * 129,
        "app name",
        "-app",
        "app_",
        "a..b",
        "team//app",
        "/app",
        "app/",
        "app@sha256:1234",
        "app@",
        "app\n",
        "x" * 256,
        DIGEST,
        "0123456789abcdef" * 4,
        "--flag",
        "caf\u00e9",
        "http://registry.example/app",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_no_engine_accepts_is_a_usage_error_with_advice(text: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_reference(text)

    assert raised.value.hint


def test_upper_case_is_answered_with_the_name_in_lower_case() -> None:
    with pytest.raises(UsageError) as raised:
        parse_reference("MyApp:1")

    assert "'myapp'" in raised.value.hint


def test_a_tag_to_store_under_is_latest_unless_it_says_otherwise() -> None:
    assert str(parse_tag("my-app")) == "my-app:latest"
    assert str(parse_tag("my-app:small")) == "my-app:small"
    with pytest.raises(UsageError, match="digest"):
        parse_tag(f"my-app@{DIGEST}")


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("app:1", "docker.io/library/app"),
        ("team/app", "docker.io/team/app"),
        ("docker.io/app", "docker.io/library/app"),
        ("r.example:5000/app", "r.example:5000/app"),
    ],
)
def test_the_full_name_has_its_registry(text: str, full: str) -> None:
    assert parse_reference(text).full_name == full


def test_an_image_id_is_told_from_a_name() -> None:
    assert is_image_id(DIGEST)
    assert is_image_id(DIGEST.removeprefix("sha256:"))
    assert not is_image_id("a4ba07c6f292")
    assert not is_image_id("nginx")


@pytest.mark.parametrize("text", ["Bad Tag", "app name", "app_"])
def test_what_is_wrong_is_said_once(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_reference(text)
    assert caught.value.message.count(repr(text)) == 2, "the name, and the part that is wrong"
    assert caught.value.message.count("is not an image name") == 1
