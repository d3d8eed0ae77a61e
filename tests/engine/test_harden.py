"""`--harden` on a real engine: rights that a real kernel refuses, and files that docker takes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.engine import landlock
from tests.engine.conftest import BUSYBOX, Ran, command, run_slim

pytestmark = pytest.mark.engine

START = b"""\
#!/bin/sh
set -e
if [ "$(id -u)" = 0 ]; then
  mkdir -p /run/app
  echo $$ > /run/app/pid
  chown 7 /run/app
  [ "$1" != leave ] || exec su www -s /bin/sh -c "exec /start stay"
fi
exec httpd -f -p 8080 -h /www
"""
DOCKERFILE = f"""\
FROM {BUSYBOX}
COPY start /start
RUN mkdir -p /run /www /tmp && echo ok > /www/health \\
    && echo 'root:x:0:0::/:/bin/sh' > /etc/passwd && echo 'www:x:7:8::/:/bin/sh' >> /etc/passwd \\
    && printf 'www:x:8:\\nkeys:x:9:www\\n' > /etc/group
STOPSIGNAL SIGKILL
EXPOSE 8080
CMD ["/start", "stay"]
"""
FLAGS = ("--harden", "--no-debug", "--http-probe", "/health", "--json")


@pytest.fixture(scope="module")
def server(image: Callable[..., str]) -> str:
    return image(DOCKERFILE, {"start": START})


@pytest.fixture(scope="module")
def hardened(server: str, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = tmp_path_factory.mktemp("hardened")
    return run_slim("build", server, *FLAGS, folder=folder)


def only(ran: Ran) -> dict[str, Any]:
    (found,) = ran.report["hardening"]
    assert isinstance(found, dict)
    return found


def test_what_the_kernel_refuses_is_what_stays(hardened: Ran) -> None:
    found = only(hardened)
    assert [each["name"] for each in found["capabilities"]] == ["CHOWN"], found
    assert "chown: /run/app: Operation not permitted" in found["capabilities"][0]["reason"]
    assert found["read_only"] is found["no_new_privileges"] is found["is_root"] is True, found
    assert [each["path"] for each in found["places"]] == ["/run", "/tmp"]


def test_the_script_runs_it_in_docker_with_these_rights(
    hardened: Ran, client: docker.DockerClient, tmp_path: Path
) -> None:
    script = tmp_path / "run.sh"
    script.write_text(only(hardened)["texts"]["hardened-run.sh"])
    identity = command("/bin/sh", str(script), "--detach").strip()
    container = client.containers.get(identity)
    try:
        looked = container.exec_run("sh -c 'grep Cap /proc/1/status; touch /x /run/x'")
        said = bytes(looked.output).decode()  # type: ignore[arg-type]
        assert "CapBnd:\t0000000000000001" in said
        assert "touch: /x: Read-only file system" in said
        assert looked.exit_code == 1
        assert container.exec_run("test -e /run/x").exit_code == 0
    finally:
        container.remove(force=True)


_CONFINED = """\
ip link set lo up
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
for place in run tmp; do mount -t tmpfs tmpfs "$1/$place"; done
exec "$2" "$3" "$4" "$1" /bin/sh -c "$5"
"""
_ASKS = """\
/start stay &
for _ in 1 2 3 4 5 6 7 8 9; do wget -q -O - http://127.0.0.1:8080/health && break; sleep 1; done
echo in-memory > /run/x; cat /run/x
echo lost > /www/x || echo refused
kill $!
"""


def test_the_application_answers_under_the_landlock_ruleset(
    hardened: Ran, client: docker.DockerClient, tmp_path: Path
) -> None:
    """In the slim image's root, in the kernel of this machine."""
    if landlock.version() < 1:
        pytest.skip("this kernel has no Landlock")
    root, rules = tmp_path / "root", tmp_path / "rules.json"
    rules.write_text(only(hardened)["texts"]["hardened-landlock.json"])
    root.mkdir()
    container = client.containers.create(hardened.report["slim"]["reference"])
    try:
        unpack = 'docker export "$1" | tar -x -C "$2"'
        command("/bin/sh", "-c", unpack, "sh", str(container.id), str(root))
    finally:
        container.remove()
    asking = (str(root), sys.executable, landlock.__file__, str(rules), _ASKS)
    said = command("unshare", "--mount", "--net", "/bin/sh", "-ec", _CONFINED, "sh", *asking)
    assert said.split() == ["ok", "in-memory", "refused"]


def test_compose_takes_the_fragment(hardened: Ran, tmp_path: Path) -> None:
    file = tmp_path / "compose.yaml"
    file.write_text(only(hardened)["texts"]["hardened-compose.yaml"])
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    tool = ["docker", "compose"] if plugin.returncode == 0 else ["docker-compose"]
    assert shutil.which(tool[0]), "no compose: see Makefile"
    said = command(*tool, "-f", str(file), "config")
    assert "no-new-privileges:true" in said
    assert "read_only: true" in said
    assert "CHOWN" in said


def test_who_leaves_root_is_started_without_it(server: str, tmp_path: Path) -> None:
    leave = json.dumps(["/start", "leave"])
    found = only(run_slim("build", server, *FLAGS, "--cmd", leave, folder=tmp_path))
    assert found["user"] == "7", found
    assert found["process_user"] == "7:8", found
    assert found["capabilities"] == []
    assert found["read_only"] is True
    script = tmp_path / "run.sh"
    script.write_text(found["texts"]["hardened-run.sh"])
    identity = command("/bin/sh", str(script), "--detach").strip()
    try:
        status = command("docker", "exec", identity, "/bin/busybox", "cat", "/proc/1/status")
        assert "Groups:\t8 9" in status, "its other groups, as it has them where it leaves root"
    finally:
        command("docker", "rm", "--force", identity)


def test_a_saved_trace_gives_the_rights_of_a_new_one(server: str, tmp_path: Path) -> None:
    """What the image says otherwise as another user tells of a right, whether the original has run
    for this build or not."""
    leave = json.dumps(["/start", "leave"])
    asks = ("--cmd", leave, "--exec-probe", "sh -c 'id -u >&2'")
    found = [
        only(run_slim("build", server, *FLAGS, *asks, *trace, folder=tmp_path))
        for trace in (("--save-trace", "app.trace"), ("--from-trace", "app.trace"))
    ]
    for each in found:
        assert not each.get("user"), each
        names = [right["name"] for right in each["capabilities"]]
        assert {"CHOWN", "SETGID", "SETUID"} <= {*names}, each
