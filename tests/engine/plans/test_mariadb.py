"""The plan for MariaDB: what a slim image that it made is good for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.apps.container import Container, docker, running
from tests.engine.plans.conftest import Server, Slimmed

pytestmark = pytest.mark.engine

ENTRYPOINT = """\
#!/bin/bash
# Makes the data on the first start, then becomes the server.
set -e
if [ ! -d /data/mysql ]; then
    mariadb-install-db --datadir=/data --skip-test-db --auth-root-authentication-method=normal
fi
exec "$@"
"""
MARIADB = Server(
    name="mariadb",
    packages="mariadb-server mariadb-client",
    instructions=(
        "RUN rm -rf /var/lib/mysql/* && install -d -o mysql -g mysql /data /run/mysqld\n"
        "COPY entrypoint /usr/local/bin/\n"
        "VOLUME /data\nUSER mysql\nEXPOSE 3306\n"
        'ENTRYPOINT ["entrypoint"]\n'
        'CMD ["mariadbd", "--datadir=/data", "--bind-address=0.0.0.0"]\n'
    ),
    files={"entrypoint": ENTRYPOINT},
)


UTF8 = "--default-character-set=utf8mb4"


def query(container: Container, sql: str, *arguments: str) -> str:
    status, output = container.execute("mariadb", "-uroot", "-BN", UTF8, *arguments, stdin=sql)
    assert status == 0, output
    return output.strip()


@pytest.fixture(scope="module")
def mariadb(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(MARIADB)


def test_the_plan_fits_the_server(mariadb: Slimmed) -> None:
    assert mariadb.report["factor"] > 1.2
    assert "optional steps" not in mariadb.notes


@pytest.mark.parametrize("end", ["restart", "kill"])
def test_data_survives(mariadb: Slimmed, end: str) -> None:
    """A stop and a crash."""
    with running(mariadb.reference, port=3306) as container:
        query(container, "CREATE DATABASE d; CREATE TABLE d.kept AS SELECT 7 AS n")
        docker(end, container.id)
        if end == "kill":
            docker("start", container.id)
        container.wait_until("listens", lambda: container.accepts(3306))
        assert query(container, "SELECT n FROM d.kept") == "7"


def test_what_the_plan_did_not_do(mariadb: Slimmed) -> None:
    """Other character sets, functions, messages, tools."""
    with running(mariadb.reference, port=3306) as container:
        assert query(container, "SELECT HEX(CONVERT('한' USING euckr))") == "C7D1"
        assert query(container, "SELECT ST_Distance(POINT(0, 0), POINT(3, 4))") == "5"
        assert (
            query(container, "SET lc_time_names='fr_FR'; SELECT MONTHNAME('2024-02-01')")
            == "février"
        )
        status, output = container.execute("mariadb-dump", "-uroot", "--all-databases")
        assert (status, "CREATE TABLE" in output) == (0, True)
        status, output = container.execute("mariadb-show", "-uroot", "mysql")
        assert (status, "global_priv" in output) == (0, True)
