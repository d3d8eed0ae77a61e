"""Which of a target's ports probes speak to that name none."""

from __future__ import annotations

import ipaddress

from slimmer.trace.run.default_port import DefaultPort
from slimmer.trace.wire.records import Listening


def listening(*ports: int, address: str = "0.0.0.0") -> list[Listening]:
    return [Listening(time=0, port=port, address=ipaddress.ip_address(address)) for port in ports]


def test_an_exposed_port_that_listens_comes_first() -> None:
    open_now: list[Listening] = []
    port = DefaultPort(None, (22, 873, 8080), lambda: open_now)
    assert port.number() == 22
    assert not port.is_open(None)
    open_now += listening(5000, 8080)
    assert port.number() == 8080
    assert port.others(port.number(), begun=True) == [5000]
    open_now += listening(22) + listening(873, address="127.0.0.1")
    assert port.number() == 22
    assert port.others(port.number(), begun=True) == [8080, 5000]


def test_an_exposed_port_that_does_not_listen_yet_may_be_the_one() -> None:
    open_now = listening(25)
    port = DefaultPort(None, (25, 8080), lambda: open_now)
    assert port.number() == 25
    assert port.others(port.number(), begun=False) == [8080]
    assert port.others(port.number(), begun=True) == []
    open_now += listening(8080)
    assert port.others(25, begun=True) == [8080]


def test_the_port_that_was_asked_is_another_one_by_now() -> None:
    """The web server, which EXPOSE names first, has begun to listen while the other answered."""
    open_now = listening(25)
    port = DefaultPort(None, (8080, 25), lambda: open_now)
    asked = port.number()
    open_now += listening(8080)
    assert port.number() == 8080
    assert port.others(asked, begun=True) == [8080]


def test_what_a_request_has_shown_and_what_the_user_says_is_certain() -> None:
    shown = DefaultPort(None, (22, 8080), lambda: listening(22, 8080))
    shown.settle(8080)
    for port in (shown, DefaultPort(8080, (22,), lambda: listening(22, 8080))):
        assert port.number() == 8080
        assert port.others(port.number(), begun=True) == []
        assert port.is_open(None)


def test_without_expose_it_is_what_listens() -> None:
    assert DefaultPort(None, (), lambda: listening(9000)).number() == 9000
    assert DefaultPort(None, (), lambda: []).number() is None
