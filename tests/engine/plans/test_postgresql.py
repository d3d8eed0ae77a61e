"""The plan for PostgreSQL: what a slim image that it made is good for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.apps.container import Container, docker, running
from tests.engine.plans.conftest import Server, Slimmed

pytestmark = pytest.mark.engine

ENTRYPOINT = """\
#!/bin/bash
# Makes the cluster on the first start, then becomes the server.
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 \\
        --username=postgres --pwfile=<(echo "$POSTGRES_PASSWORD")
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
fi
exec "$@"
"""
POSTGRESQL = Server(
    name="postgresql",
    packages="postgresql-15 postgresql-client-15",
    instructions=(
        "ENV PGDATA=/data POSTGRES_PASSWORD=tea PATH=/usr/lib/postgresql/15/bin:$PATH\n"
        "RUN install -d -o postgres -g postgres -m 700 /data"
        " && install -d -o postgres -g postgres -m 2775 /var/run/postgresql\n"
        "COPY entrypoint /usr/local/bin/\n"
        "VOLUME /data\nUSER postgres\nEXPOSE 5432\nSTOPSIGNAL SIGINT\n"
        'ENTRYPOINT ["entrypoint"]\nCMD ["postgres", "-c", "listen_addresses=*"]\n'
    ),
    files={"entrypoint": ENTRYPOINT},
)


def query(container: Container, sql: str, *arguments: str) -> str:
    status, output = container.execute("psql", "-XAtq", *arguments, stdin=sql)
    assert status == 0, output
    return output.strip()


@pytest.fixture(scope="module")
def postgresql(slimmed: Callable[..., Slimmed]) -> Slimmed:
    return slimmed(POSTGRESQL)


def test_the_plan_fits_the_server(postgresql: Slimmed) -> None:
    assert postgresql.report["factor"] > 1.2
    assert "optional steps" not in postgresql.notes


def test_data_survives_a_restart(postgresql: Slimmed) -> None:
    with running(postgresql.reference, port=5432) as container:
        query(container, "CREATE TABLE kept AS SELECT 7 AS n; CREATE INDEX ON kept (n);")
        docker("restart", container.id)
        container.wait_until("is ready", lambda: container.execute("pg_isready")[0] == 0)
        assert query(container, "SELECT n FROM kept") == "7"
        assert "shut down" in container.log("all")


def test_recovery_after_a_crash(postgresql: Slimmed) -> None:
    with running(postgresql.reference, port=5432) as container:
        query(container, "CREATE TABLE kept AS SELECT 7 AS n")
        docker("kill", container.id)
        docker("start", container.id)
        container.wait_until("is ready", lambda: container.execute("pg_isready")[0] == 0)
        assert query(container, "SELECT n FROM kept") == "7"
        assert "automatic recovery in progress" in container.log("all")


def test_what_the_plan_did_not_do(postgresql: Slimmed) -> None:
    """Other extensions, time zones, collations, a copy of the cluster."""
    with running(postgresql.reference, port=5432) as container:
        assert query(container, "CREATE EXTENSION cube; SELECT cube(1) <-> cube(4)") == "3"
        assert (
            query(
                container,
                "CREATE EXTENSION pg_buffercache; SELECT count(*) > 0 FROM pg_buffercache",
            )
            == "t"
        )
        zone = "SELECT '2024-07-01 12:00+00'::timestamptz AT TIME ZONE 'Asia/Tokyo'"
        assert query(container, zone) == "2024-07-01 21:00:00"
        assert query(container, "SELECT to_tsvector('spanish', 'corriendo')") == "'corr':1"
        assert query(container, "SELECT 'ö' < 'z' COLLATE \"sv-x-icu\"") == "f"
        status, output = container.execute("pg_basebackup", "-D", "/tmp/copy", "-X", "stream")
        assert status == 0, output
