"""Finished images answer as the original does: noise is no difference, and default text is one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import BUSYBOX, MINIMAL, Ran

pytestmark = pytest.mark.engine

PAGE = b"""\
#!/bin/sh
echo 'Content-type: text/plain'
echo "Set-Cookie: session=$(cat /proc/sys/kernel/random/uuid); HttpOnly"
echo
echo "now $(date '+%Y-%m-%dT%H:%M:%S%z') in process $$ on $(hostname) $(hostname -i)"
echo "id $(cat /proc/sys/kernel/random/uuid)"
if [ -e /etc/greeting ]; then read -r text </etc/greeting; else text="nobody"; fi
echo "hello $text"
echo "bye"
"""
REPORT = b"""\
#!/bin/sh
echo "run $(cat /proc/sys/kernel/random/uuid)" >&2
[ -e /etc/greeting ] || echo "warning: no greeting" >&2
echo "done"
"""


@pytest.fixture(scope="module")
def greeter(image: Callable[..., str]) -> str:
    """Greets from a file, and from the program where there is none: with status 200 either way."""
    return image(
        f"FROM {BUSYBOX}\nCOPY page /www/cgi-bin/page\nCOPY report /bin/report\n"
        "RUN echo world >/etc/greeting; echo unseen >/www/unseen\n"
        "EXPOSE 8080\nCMD exec httpd -f -p 8080 -h /www\n",
        {"page": PAGE, "report": REPORT},
    )


def probes_of(ran: Ran, image: str) -> dict[str, Any]:
    (test,) = (test for test in ran.report["tests"] if test["image"] == image)
    return {probe["name"]: probe for probe in test["probes"]}


def test_noise_is_no_difference(slim: Callable[..., Ran], greeter: str) -> None:
    ran = slim(
        "build", greeter, "--strategy", "minimal", "--json", "--include", "/www/unseen",
        "--http-probe", "/cgi-bin/page", "--http-probe", "GET:/gone 404", "--exec-probe", "report",
    )  # fmt: skip
    for image in ("slim", "debug"):
        probes = probes_of(ran, image)
        assert probes["GET /cgi-bin/page"]["compared"] == "alike"
        assert probes["GET /cgi-bin/page"]["unstable"] == ["header Set-Cookie", "body"]
        assert probes["GET /gone"]["compared"] == "same"
        assert probes["exec report"]["compared"] == "alike"
        assert probes["exec report"]["unstable"] == ["stderr"]
    assert "compared" not in probes_of(ran, "original")["GET /gone"]
    assert ran.report["verification"] == "content"
    assert ran.notes == []


def test_default_text_fails_the_build_and_moves_no_tag(
    slim: Callable[..., Ran], greeter: str, unchanged: Callable[[], object]
) -> None:
    unchanged()
    ran = slim(
        "build", greeter, "--strategy", "minimal", "--exclude", "/etc/greeting",
        "--http-probe", "/cgi-bin/page", "--exec-probe", "report",
    )  # fmt: skip
    assert ran.code == 21
    assert "`GET /cgi-bin/page`, `exec report`" in ran.stderr
    details = [line[4:] for line in ran.stderr.splitlines() if line.startswith("  │ ")]
    shown = details[details.index("--- original") :]
    assert shown[1:3] == ["+++ slim", "@@ body @@"]
    assert "-hello world" in shown
    assert "+hello nobody" in shown
    assert shown[shown.index("@@ stderr @@") :][:3] == [
        "@@ stderr @@", " run …", "+warning: no greeting",
    ]  # fmt: skip


def test_status_compares_no_content(slim: Callable[..., Ran], greeter: str) -> None:
    ran = slim(
        "build", greeter, *MINIMAL, "--exclude", "/etc/greeting", "--verify", "status",
        "--http-probe", "/cgi-bin/page",
    )  # fmt: skip
    assert "compared" not in probes_of(ran, "slim")["GET /cgi-bin/page"]
    assert ran.report["verification"] == "status"
    assert "reference" not in [stage["stage"] for stage in ran.report["stages"]]


def test_off_runs_nothing_and_says_so(
    slim: Callable[..., Ran], greeter: str, tmp_path: Path
) -> None:
    """The image could not even start."""
    (tmp_path / "slim.yaml").write_text(
        f"image: {greeter}\nprobes: [http: /cgi-bin/page]\nexclude: /bin/busybox\n"
        "verify: off\nstrategy: minimal\ndebug: false\n"
    )
    ran = slim("build", "--json")
    assert [test["image"] for test in ran.report["tests"]] == ["original"]
    assert ran.report["verification"] == "off"
    assert "the images were not run" in ran.notes[0]
    assert "warning: the images were not run" in ran.stderr


def test_a_check_is_compared_as_well(
    slim: Callable[..., Ran], greeter: str, tmp_path: Path
) -> None:
    """Only the original's second run answers it, and a third one tells what of it is noise."""
    (tmp_path / "slim.yaml").write_text(
        f"image: {greeter}\nprobes: [http: /gone 404]\n"
        "checks:\n  - http: /unseen\n  - http: /cgi-bin/page\n"
        "include: [/www, /bin, /etc/greeting]\nstrategy: minimal\ndebug: false\n"
    )
    probes = probes_of(slim("build", "--json"), "slim")
    assert probes["GET /unseen"]["compared"] == "same"
    assert probes["GET /cgi-bin/page"]["compared"] == "alike"


def test_a_command_that_ends_is_compared_by_its_streams(
    slim: Callable[..., Ran], image: Callable[..., str]
) -> None:
    name = image(
        f"FROM {BUSYBOX}\nCOPY report /bin/report\nRUN echo world >/etc/greeting\nCMD report\n",
        {"report": REPORT},
    )
    ran = slim("build", name, *MINIMAL, "--exec-probe", "report")
    assert probes_of(ran, "slim")["exec report"]["compared"] == "alike"
    ran = slim("build", name, *MINIMAL, "--exec-probe", "report", "--exclude", "/etc/greeting")
    assert ran.code == 21
    assert "+warning: no greeting" in ran.stderr


COUNTING = """\
RUN mkdir /www
CMD count=$(cat /state/count || echo 0); echo $((count + 1)) >/state/count; {command}; \
exec httpd -f -p 8080 -h /www
"""


@pytest.fixture
def counted(
    slim: Callable[..., Ran], image: Callable[..., str], tmp_path: Path
) -> Callable[[str], Ran]:
    """Builds an image whose containers know, by a volume, the how many-th of them they are."""
    state = tmp_path / "state"
    state.mkdir(mode=0o777)

    def build(command: str) -> Ran:
        name = image(f"FROM {BUSYBOX}\n{COUNTING.format(command=command)}EXPOSE 8080\n")
        volume = f"{state}:/state"
        return slim("build", name, *MINIMAL, "--volume", volume, "--http-probe", "/page")

    return build


def test_what_changes_slowly_is_found_out_when_it_matters(
    counted: Callable[[str], Ran], tmp_path: Path
) -> None:
    """The traced and the second run say 0; the slim image, and whoever comes later, says 1."""
    ran = counted("echo day $((count / 2)) of the year >/www/page")
    assert probes_of(ran, "slim")["GET /page"]["compared"] in ("same", "alike")
    assert (tmp_path / "state" / "count").read_text() == "4\n"


def test_an_original_that_works_only_once_is_not_compared(counted: Callable[[str], Ran]) -> None:
    ran = counted("[ $count = 1 ] || echo fine >/www/page")
    assert "compared" not in probes_of(ran, "slim")["GET /page"]
    (note,) = ran.notes
    assert "the original fails `GET /page` when it is run again (404" in note


def test_what_happens_once_is_no_difference(counted: Callable[[str], Ran], tmp_path: Path) -> None:
    """The slim image is the third that is run: only then something happens that has nothing to do
    with its files, and which the original does not show when it is asked once more."""
    ran = counted("[ $count = 2 ] && echo odd >/www/page || echo usual >/www/page")
    assert probes_of(ran, "slim")["GET /page"]["compared"] == "same"
    (note,) = ran.notes
    assert "the slim image answered `GET /page` otherwise than the original, and as" in note
    assert (tmp_path / "state" / "count").read_text() == "5\n"


def test_what_happens_twice_is_a_difference(counted: Callable[[str], Ran]) -> None:
    ran = counted(
        "[ $count = 2 ] || [ $count = 4 ] && echo odd >/www/page || echo usual >/www/page"
    )
    assert ran.code == 21
