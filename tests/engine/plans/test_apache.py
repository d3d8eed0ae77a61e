"""The plan for the Apache HTTP server: what a slim image that it made is good for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.apps.container import Container, docker, running
from tests.engine.plans.conftest import Server, Slimmed
from tests.engine.plans.requests import ask

pytestmark = pytest.mark.engine

SITE = """\
<VirtualHost *:80>
    DocumentRoot /var/www/site
    ErrorDocument 404 /errors/404.html
    RewriteEngine on
    RewriteRule ^/old$ /style.css [R=301]
    <Directory /var/www/site>
        Require all granted
        Options +Indexes +MultiViews
    </Directory>
    <Location /members>
        AuthType Basic
        AuthName members
        AuthUserFile /etc/apache2/members
        Require valid-user
    </Location>
</VirtualHost>
"""
APACHE = Server(
    name="apache",
    packages="apache2 apache2-utils",
    instructions=(
        "COPY site.conf /etc/apache2/sites-available/000-default.conf\n"
        "RUN a2enmod -q rewrite headers && mkdir -p /var/www/site/errors /var/www/site/files"
        " /var/www/site/members && cd /var/www/site && echo a first page >index.html"
        " && echo nothing here >errors/404.html && echo 'p { }' >style.css"
        " && echo tea >files/tea.txt && echo in >members/index.html"
        " && htpasswd -cbB /etc/apache2/members ann secret"
        " && echo ServerName localhost >>/etc/apache2/apache2.conf"
        " && ln -sf /dev/stdout /var/log/apache2/access.log"
        " && ln -sf /dev/stderr /var/log/apache2/error.log\n"
        "EXPOSE 80\nSTOPSIGNAL SIGWINCH\n"
        'CMD ["apachectl", "-D", "FOREGROUND"]\n'
    ),
    files={"site.conf": SITE},
)


@pytest.fixture(scope="module")
def apache(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(APACHE)


def test_the_plan_fits_the_server(apache: Slimmed) -> None:
    assert apache.report["factor"] > 2
    assert "optional steps" not in apache.notes


def test_pages_errors_and_members(apache: Slimmed) -> None:
    """None of these paths is in the plan."""
    with running(apache.reference, port=80) as container:
        assert ask(container, 80, "/") == (200, "text/html", "a first page\n")
        assert ask(container, 80, "/style")[:2] == (200, "text/css")
        assert ask(container, 80, "/old")[1] == "text/css"
        assert ask(container, 80, "/elsewhere")[2] == "nothing here\n"
        assert "tea.txt" in ask(container, 80, "/files/")[2]
        assert ask(container, 80, "/members/")[0] == 401
        assert ask(container, 80, "/members/", Authorization="Basic YW5uOnNlY3JldA==")[2] == "in\n"


def is_late(container: Container) -> bool:
    return ask(container, 80, "/late")[1] == "text/css"


def test_new_settings_without_a_stop_and_after_a_restart(apache: Slimmed, tmp_path: Path) -> None:
    late = tmp_path / "late.conf"
    late.write_text(
        "Alias /late /var/www/site/style.css\n<Location /late>\nForceType text/css\n</Location>\n"
    )
    with running(apache.reference, port=80) as container:
        docker("cp", str(late), f"{container.id}:/etc/apache2/conf-enabled/late.conf")
        status, output = container.execute("apachectl", "graceful")
        assert status == 0, output
        container.wait_until("reads it", lambda: is_late(container))
        docker("restart", container.id)
        container.wait_until("listens", lambda: container.accepts(80))
        assert is_late(container)
