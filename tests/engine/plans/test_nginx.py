"""The plan for nginx: what a slim image that it made is good for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apps.container import Container, docker, running
from tests.engine.plans.conftest import Server, Slimmed
from tests.engine.plans.requests import ask

pytestmark = pytest.mark.engine

SITE = """\
server {
    listen 80;
    root /srv/site;
    error_page 404 /errors/404.html;
    gzip on; gzip_types text/css;
    location /members/ { auth_basic members; auth_basic_user_file /etc/nginx/members; }
    location /files/ { autoindex on; }
    location /gone/ { proxy_pass http://127.0.0.1:1/; }
}
"""
NGINX = Server(
    name="nginx",
    packages="nginx",
    instructions=(
        "RUN rm /etc/nginx/sites-enabled/default"
        " && ln -sf /dev/stdout /var/log/nginx/access.log"
        " && ln -sf /dev/stderr /var/log/nginx/error.log\n"
        "COPY site.conf /etc/nginx/conf.d/\n"
        "RUN mkdir -p /srv/site/errors /srv/site/files /srv/site/members && cd /srv/site"
        " && echo a first page >index.html && echo nothing here >errors/404.html"
        " && echo 'p { }' >style.css && echo tea >files/tea.txt && echo in >members/index.html"
        " && echo 'ann:{PLAIN}secret' >/etc/nginx/members\n"
        "EXPOSE 80\nSTOPSIGNAL SIGQUIT\n"
        'CMD ["nginx", "-g", "daemon off;"]\n'
    ),
    files={"site.conf": SITE},
)


def is_late(container: Container) -> bool:
    return ask(container, 80, "/", Host="late.example")[2] == "late"


@pytest.fixture(scope="module")
def nginx(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(NGINX)


def test_the_plan_fits_the_server(nginx: Slimmed) -> None:
    assert nginx.report["factor"] > 3
    assert "optional steps" not in nginx.notes


def test_pages_errors_and_members(nginx: Slimmed) -> None:
    """None of these paths is in the plan."""
    with running(nginx.reference, port=80) as container:
        assert ask(container, 80, "/") == (200, "text/html", "a first page\n")
        assert ask(container, 80, "/style.css")[:2] == (200, "text/css")
        assert ask(container, 80, "/elsewhere")[2] == "nothing here\n"
        assert "tea.txt" in ask(container, 80, "/files/")[2]
        assert ask(container, 80, "/members/")[0] == 401
        assert ask(container, 80, "/members/", Authorization="Basic YW5uOnNlY3JldA==")[2] == "in\n"
        assert ask(container, 80, "/gone/")[0] == 502


def test_new_settings_without_a_stop_and_after_a_restart(nginx: Slimmed, tmp_path: Path) -> None:
    late = tmp_path / "late.conf"
    late.write_text("server { listen 80; server_name late.example; return 200 late; }\n")
    with running(nginx.reference, port=80) as container:
        docker("cp", str(late), f"{container.id}:/etc/nginx/conf.d/late.conf")
        status, output = container.execute("nginx", "-s", "reload")
        assert status == 0, output
        container.wait_until("reads it", lambda: is_late(container))
        docker("restart", container.id)
        container.wait_until("listens", lambda: container.accepts(80))
        assert is_late(container)
        docker("stop", container.id)
        assert docker("inspect", "--format", "{{.State.ExitCode}}", container.id) == "0"
