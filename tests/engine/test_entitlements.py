"""A traced container may do what an untraced one may, and reaches nothing of the sensor.

The witness is /proc/self/status: ids, groups, all sets of capabilities, no_new_privs and the
seccomp mode are as `docker run` gives them, and so are HOME and what the engine's profile answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from slimmer.engine import Engine, Session, connect
from slimmer.image import SESSION_LABEL, read_original
from slimmer.trace.run import TracedRun
from slimmer.values import RunOptions
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran

pytestmark = pytest.mark.engine

WITNESS = """
grep -E '^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp):' /proc/self/status
echo "$HOME $(pwd)"; unshare -U true 2>&1; unshare -m true 2>&1; umount /proc 2>&1; exit 0
"""
IMAGE = f"""\
FROM {BUSYBOX}
RUN mkdir -p /etc && echo 'app:x:1234:55::/srv/app:/bin/sh' >/etc/passwd && \\
    printf 'app:x:55:\\nmore:x:77:app\\nadmin:x:88:app\\n' >/etc/group
CMD ["sh"]
"""


@pytest.fixture(scope="module")
def users(image: Callable[..., str]) -> str:
    return image(IMAGE)


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = connect()
    yield engine
    engine.close()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"user": "app"},
        {"user": "app", "read_only": True, "cap_add": ("NET_ADMIN",)},
        {"user": "1234"},
        {"user": "4000:77", "cap_drop": ("ALL",)},
        {"user": "app:admin", "cap_add": ("SYS_ADMIN",), "cap_drop": ("SETPCAP",)},
        {"cap_drop": ("ALL",)},
        {"user": "app", "security_opts": ("no-new-privileges",)},
    ],
    ids=str,
)
def test_it_may_do_what_an_untraced_one_may(
    engine: Engine,
    client: docker.DockerClient,
    users: str,
    tmp_path: Path,
    options: dict[str, Any],
) -> None:
    names = {"cap_add": "cap_add", "cap_drop": "cap_drop", "security_opts": "security_opt"}
    asked = {names.get(key, key): _plain(value) for key, value in options.items()}
    untraced = client.containers.run(users, ["sh", "-c", WITNESS], remove=True, **asked)
    run = RunOptions(command=("sh", "-c", WITNESS), **options)
    original = read_original(users, engine.inspect_image(users))
    with Session(engine) as session:
        target = TracedRun(session, original, run, trace_file=tmp_path / "trace", ports=())
        assert target.start().as_entitled
        assert target.wait_for_exit(30) == 0
        traced = engine.logs(target.container, 100)
        target.finish()
    assert traced == untraced.decode().rstrip()


HOSTILE = """
mv /.slim /moved; mkdir /new && mv /new /.slim; rm -rf /.slim; cp /bin/busybox /.slim/sensor
umount /.slim; mount -o remount,rw /.slim; kill -KILL -1; /.slim/sensor --version
"""


@pytest.mark.parametrize("other_users", [False, True], ids=["mounted", "held"])
def test_root_cannot_replace_the_sensor(
    engine: Engine, users: str, tmp_path: Path, other_users: bool
) -> None:
    """The engine would start what is in its place with the capabilities that are the gate's."""
    original = read_original(users, engine.inspect_image(users))
    run = RunOptions(command=("sh", "-c", HOSTILE))
    with Session(engine) as session:
        target = TracedRun(
            session,
            original,
            run,
            trace_file=tmp_path / "trace",
            ports=(),
            other_users=other_users,
        )
        target.start()
        assert target.wait_for_exit(30) == 0
        said = engine.logs(target.container, 100)
        assert "slimmer sensor" in said, said
        ran = target.run_command(("id", "-u"), user="1234" if other_users else "", timeout=30)
        assert ran.written.both.strip() == (b"1234" if other_users else b"0")
        target.finish()
    assert session.id not in str(engine.containers_labelled(f"{SESSION_LABEL}={session.id}"))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


INIT = f"""\
FROM {BUSYBOX}
RUN mkdir -p /etc /www && echo hello >/www/index.html && echo late >/www/late && \\
    echo '::respawn:/bin/httpd -f -p 8080 -h /www' >/etc/inittab && \\
    echo '::shutdown:/bin/cat /www/late' >>/etc/inittab
EXPOSE 8080
STOPSIGNAL SIGUSR2
CMD ["init"]
"""


def test_an_init_that_kills_all_it_can_reach(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    """At its stop it sends SIGTERM and SIGKILL to every process of its PID namespace."""
    ran = slim("build", image(INIT), *MINIMAL, "--http-probe", "/")
    assert ran.code == 0, ran.stderr
    assert "/www/late" in {entry["path"] for entry in ran.report["kept"]}, "in phase shutdown"
