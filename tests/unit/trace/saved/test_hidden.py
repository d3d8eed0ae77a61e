"""Probes are saved without their secrets, and are no others otherwise."""

from __future__ import annotations

from slimmer.probing import healthcheck_probe
from slimmer.probing.kinds import HttpProbe, ReplayProbe
from slimmer.trace.saved import as_saved, is_hidden
from slimmer.values import HttpRequest


def test_a_secret_is_left_out_and_told() -> None:
    login = HttpProbe(name="login", headers=(("Authorization", "Bearer s3cr3t"), ("Accept", "*")))
    saved = as_saved(login)
    assert saved == HttpProbe(
        name="login", headers=(("Authorization", "Bearer (hidden)"), ("Accept", "*"))
    )
    assert is_hidden(saved)
    assert not is_hidden(login)
    assert as_saved(saved) == saved


def test_a_request_that_was_found_out_is_left_out_whole() -> None:
    plain, secret = HttpRequest(path="/"), HttpRequest(path="/?token=s3cr3t")
    saved = as_saved(ReplayProbe(name="crawl", requests=(plain, secret, plain)))
    assert saved == ReplayProbe(name="crawl", requests=(plain, plain))
    assert not is_hidden(saved), "the others are asked again"


def test_what_the_image_says_itself_stays() -> None:
    check = healthcheck_probe({"Healthcheck": {"Test": ["CMD", "app", "--token", "s3cr3t"]}})
    assert check is not None
    assert as_saved(check) == check
