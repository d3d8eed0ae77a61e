"""The plan for HAProxy: what a slim image that it made is good for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apps.container import docker, running
from tests.engine.plans.conftest import Server, Slimmed
from tests.engine.plans.requests import ask

pytestmark = pytest.mark.engine

CONFIGURATION = """\
global
    stats socket /run/haproxy/admin.sock mode 600 level admin
    lua-load /etc/haproxy/hello.lua
    log stdout format raw local0
defaults
    mode http
    log global
    timeout connect 1s
    timeout client 10s
    timeout server 10s
    errorfile 503 /etc/haproxy/errors/503.http
frontend front
    bind :8080
    acl closed path -f /etc/haproxy/closed.lst
    http-request deny if closed
    http-request use-service lua.hello if { path /lua }
    use_backend away if { path /away }
    http-request return status 200 content-type text/plain string "hello" if !{ path /away }
    compression algo gzip
backend away
    server none 127.0.0.1:1 check
"""
LUA = """\
core.register_service("hello", "http", function(applet)
    applet:set_status(200)
    applet:start_response()
    applet:send("hello from Lua")
end)
"""
HAPROXY = Server(
    name="haproxy",
    packages="haproxy",
    instructions=(
        "COPY haproxy.cfg hello.lua /etc/haproxy/\n"
        "RUN echo /closed >/etc/haproxy/closed.lst && mkdir -p /run/haproxy\n"
        "EXPOSE 8080\nSTOPSIGNAL SIGUSR1\n"
        'CMD ["haproxy", "-W", "-db", "-f", "/etc/haproxy/haproxy.cfg"]\n'
    ),
    files={"haproxy.cfg": CONFIGURATION, "hello.lua": LUA},
)


@pytest.fixture(scope="module")
def haproxy(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(HAPROXY)


def test_the_plan_fits_the_server(haproxy: Slimmed) -> None:
    assert haproxy.report["factor"] > 2
    assert "optional steps" not in haproxy.notes


def test_answers_of_its_own(haproxy: Slimmed) -> None:
    """None of these paths is in the plan."""
    with running(haproxy.reference, port=8080) as container:
        assert ask(container, 8080, "/any")[::2] == (200, "hello")
        assert ask(container, 8080, "/lua")[::2] == (200, "hello from Lua")
        assert ask(container, 8080, "/closed")[0] == 403
        status, _, body = ask(container, 8080, "/away")
        assert (status, "503 Service Unavailable" in body) == (503, True)


def test_new_settings_without_a_stop_and_after_a_restart(haproxy: Slimmed, tmp_path: Path) -> None:
    late = tmp_path / "haproxy.cfg"
    late.write_text(CONFIGURATION.replace('string "hello"', 'string "late"'))
    with running(haproxy.reference, port=8080) as container:
        docker("cp", str(late), f"{container.id}:/etc/haproxy/haproxy.cfg")
        docker("kill", "--signal", "HUP", container.id)
        container.wait_until("reads it", lambda: ask(container, 8080, "/")[2] == "late")
        docker("restart", container.id)
        container.wait_until("listens", lambda: container.accepts(8080))
        assert ask(container, 8080, "/")[2] == "late"
