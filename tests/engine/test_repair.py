"""Slim images that are broken on purpose are repaired, or fail with a list of what was tried."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docker
import pytest

from slimmer.build import build_image
from slimmer.errors import SmokeTestError
from slimmer.options import BuildOptions, DebugImage
from slimmer.probing.kinds import exec_probe, http_probe
from slimmer.progress import console_progress
from slimmer.report import Report
from slimmer.values import RunOptions, Strategy
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran, State, exported

pytestmark = pytest.mark.engine

PROBE = ("--http-probe", "/page")


def server(line: str, then: str = "exec httpd -f -p 8080 -h /tmp") -> tuple[str, dict[str, bytes]]:
    """Dockerfile and files of a server whose start needs what the shell line does."""
    names = ("one", "two", "three", "a.conf", "b.conf", "unused")
    return (
        f"FROM {BUSYBOX}\nCOPY start /start\nCOPY files /files/\nEXPOSE 8080\nCMD /start\n",
        {
            "start": f"#!/bin/sh\necho served >/tmp/page\n{line}\n{then}\n".encode(),
            **{f"files/{name}": name.encode() for name in names},
        },
    )


@pytest.fixture
def build(tmp_path: Path) -> Callable[..., Report]:
    """A build whose first round withholds files."""

    def run(name: str, *withheld: str, **options: Any) -> Report:
        settings: dict[str, Any] = {
            "probes": (http_probe("/page"),),
            "strategy": Strategy.MINIMAL,
            "debug": DebugImage.NONE,
            "report_directory": tmp_path / "report",
        }
        options = {**settings, **options}
        return build_image(
            BuildOptions(image=name, withheld=withheld, **options),
            console_progress(sys.stderr, quiet=True),
        )

    return run


def repaired(report: Report) -> dict[str, str]:
    """Path → the option that makes it lasting."""
    assert report.repair is not None
    return {each.path: each.lasting for each in report.repair.paths}


def files(client: docker.DockerClient, report: Report) -> set[str]:
    """What the finished image has of /files, as the engine tells it."""
    assert report.slim is not None
    paths = exported(client, report.slim.reference)
    return {path.removeprefix("/files/") for path in paths if path.startswith("/files/")} - {""}


def test_a_file_that_is_missing_at_boot(
    client: docker.DockerClient, image: Callable[..., str], build: Callable[..., Report]
) -> None:
    report = build(image(*server("cat /files/one || exit 3")), "/files/one")
    # More than one rule of the wider strategy keeps what an entrypoint script of the image reads.
    assert list(repaired(report)) == ["/files/one"]
    assert repaired(report)["/files/one"].startswith("--rule ")
    assert files(client, report) == {"one"}
    (kept,) = (kept for kept in report.kept if kept.path == "/files/one")
    assert [reason.rule for reason in kept.reasons] == ["repair"]
    assert "looked up and not found by /bin/busybox in phase boot" in kept.reasons[0].detail
    assert report.repair is not None
    assert report.repair.rounds[0].problem == (
        "the slim image fails its smoke test: its command ended with status 3"
    )


def test_a_file_that_a_probe_needs(
    client: docker.DockerClient, image: Callable[..., str], build: Callable[..., Report]
) -> None:
    name = image(*server("", then="exec httpd -f -p 8080 -h /files"))
    report = build(name, "/files/two", probes=(http_probe("/one"), http_probe("/two")))
    assert list(repaired(report)) == ["/files/two"]
    assert files(client, report) == {"one", "two"}


def test_a_command_that_ends_well_without_its_file(
    client: docker.DockerClient, image: Callable[..., str], build: Callable[..., Report]
) -> None:
    """Its exit status tells nothing; what it writes does, though no two runs write the same."""
    line = "cat /files/one 2>/dev/null || echo without a file; date +%N; echo $$; hostname"
    name = image(f"FROM {BUSYBOX}\nCOPY files /files/\nCMD {line}\n", server("")[1])
    report = build(name, "/files/one", probes=())
    assert list(repaired(report)) == ["/files/one"]
    assert files(client, report) == {"one"}
    assert report.repair is not None
    assert report.repair.rounds[0].problem == (
        "the slim image answers differently from the original: `its command`"
    )
    (original, slim) = report.tests
    for test in (original, slim):
        assert [probe.name for probe in test.probes] == ["its command"]
    assert slim.probes[0].compared in ("same", "alike")


def test_a_program_with_all_that_it_implies(
    image: Callable[..., str], build: Callable[..., Report]
) -> None:
    """A script that nothing but its repair brings, with the interpreter that only it has."""
    dockerfile, context = server("/files/script || exit 3")
    name = image(
        f"{dockerfile}RUN cp /bin/busybox /files/sh && rm /files/two && ln -s one /files/two\n",
        {**context, "files/script": b"#!/files/sh\n: </files/two\n"},
    )
    report = build(name, "/files/script", "/files/sh", "/files/one")
    assert "/files/script" in repaired(report)
    kept = {kept.path: kept.reasons[0].rule for kept in report.kept}
    assert kept["/files/sh"] in ("shebang", "repair")
    assert kept["/files/one"] in ("link", "repair")


def test_a_lookup_that_only_the_slim_image_makes(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    """The program reads its second choice where the first is missing, by the user's own word:
    that stays out."""
    name = image(*server("cat /files/one || cat /files/two || exit 3"))
    ran = slim("build", name, *PROBE, *MINIMAL, "--exclude", "/files/one")
    kept = {kept["path"] for kept in ran.report["kept"]}
    assert {path for path in kept if path.startswith("/files/")} == {"/files/two"}
    assert [each["path"] for each in ran.report["repair"]["paths"]] == ["/files/two"]
    # As the report says, so it is: no repair is needed the next time.
    lasting = ran.report["repair"]["paths"][0]["lasting"].split()
    again = slim("build", name, *PROBE, *MINIMAL, "--exclude", "/files/one", *lasting)
    assert again.report["repair"] is None


def test_boots_that_differ(
    client: docker.DockerClient,
    image: Callable[..., str],
    build: Callable[..., Report],
    tmp_path: Path,
) -> None:
    """Each boot reads one of three files in turn, by a counter on a volume. Where the failing
    boot's file is not read in the traced one, the next are watched."""
    (tmp_path / "state").mkdir()
    name = image(
        *server(
            "echo >>/state/boots; set -- $(wc -l /state/boots)\n"
            "case $(($1 % 3)) in 0) f=one;; 1) f=two;; *) f=three;; esac\n"
            "cat /files/$f || exit 3"
        )
    )
    run = RunOptions(volumes=(f"{tmp_path}/state:/state",))
    report = build(name, run=run)
    assert set(repaired(report)) <= {"/files/one", "/files/two", "/files/three"}
    assert len(files(client, report)) >= 2


def test_a_file_that_is_needed_after_the_application_is_ready(
    client: docker.DockerClient, image: Callable[..., str], build: Callable[..., Report]
) -> None:
    """Without `settle` nobody would wait for it."""
    name = image(
        *server("httpd -p 8080 -h /tmp", then="sleep 2; cat /files/one || exit 4; sleep 60")
    )
    report = build(name, "/files/one", run=RunOptions(settle=4.0))
    assert report.trace.phases[2].name == "settle"
    assert list(repaired(report)) == ["/files/one"]
    assert files(client, report) == {"one"}
    assert report.repair is not None
    assert "ended with status 4" in report.repair.rounds[0].problem


def test_a_directory_listing_that_lost_entries(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    """The program counts the files and opens none, so neither does the trace see any."""
    name = image(*server("set -- /files/*.conf; [ $# = 2 ] || exit 3"))
    ran = slim("build", name, *PROBE, *MINIMAL)
    missed = ran.report["repair"]["paths"]
    assert {"/files/a.conf", "/files/b.conf"} <= {each["path"] for each in missed}
    assert "missing where /files was listed by /bin/busybox" in missed[0]["detail"]


def test_of_a_listing_only_what_is_used_stays(
    client: docker.DockerClient, image: Callable[..., str], build: Callable[..., Report]
) -> None:
    name = image(*server("for f in /files/*.conf; do cat $f && found=yes; done; [ $found ]"
                         " || exit 3"))  # fmt: skip
    report = build(name, "/files/*.conf")
    assert set(repaired(report)) == {"/files/a.conf", "/files/b.conf"}
    assert files(client, report) == {"a.conf", "b.conf"}


def test_programs_that_nobody_can_start(
    image: Callable[..., str], build: Callable[..., Report]
) -> None:
    """The command of the image, and the one of a probe: neither gets as far as a trace."""
    name = image(
        f"FROM {BUSYBOX}\nRUN cd /bin && for n in one two; do cp busybox busybox-$n; done\n"
        'EXPOSE 8080\nCMD ["busybox-one", "httpd", "-f", "-p", "8080", "-h", "/bin"]\n'
    )
    report = build(
        name,
        "/bin/busybox-*",
        probes=(http_probe("/busybox"), exec_probe("busybox-two true")),
    )
    assert list(repaired(report)) == ["/bin/busybox-one", "/bin/busybox-two"]


def test_a_user_whom_the_engine_does_not_find(
    image: Callable[..., str], build: Callable[..., Report]
) -> None:
    """Nobody but the engine reads that file, and it starts nothing without."""
    dockerfile, context = server("")
    name = image(f"{dockerfile}RUN echo app:x:77:77::/: >>/etc/passwd\nUSER app\n", context)
    assert "/etc/passwd" in repaired(build(name, "/etc/passwd"))


def test_an_image_that_is_a_command(
    image: Callable[..., str], build: Callable[..., Report]
) -> None:
    name = image(f"FROM {BUSYBOX}\nRUN echo 1 >/one && echo 2 >/two\nCMD cat /one\n")
    probes = (exec_probe("cat /two"),)
    assert list(repaired(build(name, "/one", probes=probes))) == ["/one"]
    assert list(repaired(build(name, "/two", probes=probes))) == ["/two"]


def test_no_more_rounds_than_allowed(
    image: Callable[..., str],
    build: Callable[..., Report],
    unchanged: Callable[[], State],
) -> None:
    """Each repair brings the next gap to light."""
    name = image(*server("cat /files/one && cat /files/two && cat /files/three || exit 3"))
    unchanged()
    with pytest.raises(SmokeTestError, match="its command ended with status 3") as failure:
        build(name, "/files/*", repair=2)
    tried = [line for line in failure.value.details.splitlines() if line.startswith("repair")]
    assert [line.partition(",")[0::2] for line in tried] == [
        ("repair", " round 1: added /files/one, looked up and not found by /bin/busybox in phase "
         "boot of the slim image"),
        ("repair", " round 2: added /files/two, looked up and not found by /bin/busybox in phase "
         "boot of the slim image"),
    ]  # fmt: skip


def test_nothing_that_a_repair_could_bring(
    slim: Callable[..., Ran],
    image: Callable[..., str],
    unchanged: Callable[[], State],
    tmp_path: Path,
) -> None:
    """What is wrong is not in the image: the second start fails, whatever is started."""
    (tmp_path / "state").mkdir()
    name = image(*server("mkdir /state/used || exit 5"))
    unchanged()
    ran = slim("build", name, *PROBE, *MINIMAL, "--volume", f"{tmp_path}/state:/state")
    assert ran.code == SmokeTestError.exit_code
    assert "ended with status 5" in ran.stderr


def test_a_failure_that_does_not_come_again_is_a_matter_of_timing(
    slim: Callable[..., Ran], image: Callable[..., str], tmp_path: Path
) -> None:
    """The slim image is the third container, after the traced one and the reference."""
    (tmp_path / "state").mkdir()
    page = "sed -i s/served/late/ /tmp/page"
    name = image(*server(f"echo >>/state/boots; [ $(wc -l </state/boots) != 3 ] || {page}"))
    ran = slim(
        "build", name, "--no-debug", "--volume", f"{tmp_path}/state:/state",
        "--exec-probe", "grep served /tmp/page", "--start-timeout", "2",
    )  # fmt: skip
    assert ran.code == SmokeTestError.exit_code, ran.stderr
    assert "it is a matter of timing" in ran.stderr
    assert (tmp_path / "state/boots").read_text().count("\n") == 4


def test_the_users_exclude_is_not_repaired(
    slim: Callable[..., Ran], image: Callable[..., str], unchanged: Callable[[], State]
) -> None:
    name = image(*server("cat /files/one || exit 3"))
    unchanged()
    ran = slim("build", name, *PROBE, *MINIMAL, "--exclude", "/files/one")
    assert ran.code == SmokeTestError.exit_code
    assert "dropped because of --exclude: /files/one, looked up and not found by" in ran.stderr
    assert "misses what --exclude leaves out" in ran.stderr


def test_repair_can_be_switched_off(
    slim: Callable[..., Ran], image: Callable[..., str], unchanged: Callable[[], State]
) -> None:
    name = image(*server("set -- /files/*.conf; [ $# = 2 ] || exit 3"))
    unchanged()
    ran = slim("build", name, *PROBE, *MINIMAL, "--repair", "0")
    assert ran.code == SmokeTestError.exit_code
    assert "repair …" not in ran.stderr
