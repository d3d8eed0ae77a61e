"""`slim watch`: what a slim image misses while somebody uses it, and how that is fed back."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from slimmer.errors import (
    ImageNotFoundError,
    MissedFilesError,
    NotSlimmedError,
    OriginalMissingError,
    UsageError,
    WatchFileError,
)
from tests.engine.conftest import BUSYBOX, MINIMAL, Ran, run_slim

pytestmark = pytest.mark.engine

START = b"""\
#!/bin/sh
trap 'read line </www/bye; exit 7' TERM
httpd -f -p 8080 -h /www &
wait
"""
DOCKERFILE = f"""\
FROM {BUSYBOX}
COPY start /start
RUN mkdir /www && for name in one two three bye; do echo $name >/www/$name; done
EXPOSE 8080
CMD ["/start"]
"""
PUBLISH = ("-p", "127.0.0.1::8080")


@pytest.fixture(scope="module")
def original(image: Callable[..., str]) -> str:
    return image(DOCKERFILE, {"start": START})


@pytest.fixture(scope="module")
def finished(original: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Serves /one; /two, /three and what is read at the end are gone."""
    folder = tmp_path_factory.mktemp("build")
    ran = run_slim(
        "build", original, "--http-probe", "/one", "--exclude", "/www/bye", *MINIMAL, folder=folder
    )
    return str(ran.report["slim"]["reference"])


class Watching:
    """A running `slim watch`."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.said: list[str] = []

    def until(self, pattern: str) -> re.Match[str]:
        """Reads stderr up to the line that fits."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.said.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"no {pattern} in {self.said}")

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def end(self, number: int = signal.SIGINT) -> Ran:
        self._process.send_signal(number)
        return self.wait()

    def wait(self) -> Ran:
        out, err = self._process.communicate(timeout=120)
        return Ran(code=self._process.returncode, stdout=out, stderr="".join(self.said) + err)


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Callable[..., Watching]]:
    with contextlib.ExitStack() as stack:

        def start(*arguments: str) -> Watching:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "slimmer", "watch", *arguments],
                    cwd=tmp_path,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.terminate)
            return Watching(process)

        yield start


def get(address: str, path: str) -> int:
    with contextlib.suppress(urllib.error.HTTPError):
        return int(urllib.request.urlopen(f"http://{address}{path}", timeout=30).status)
    return 404


def missed(document: Any) -> list[str]:
    return [each["path"] for each in document["missed"]]


def test_what_is_missed_is_told_live_and_kept_by_the_next_build(
    watch: Callable[..., Watching],
    slim: Callable[..., Ran],
    client: docker.DockerClient,
    original: str,
    finished: str,
    tmp_path: Path,
) -> None:
    watching = watch(finished, "--output", "watch.json", "--", *PUBLISH)
    name = watching.until(r"watching the container (\S+);")[1]
    address = watching.until(r"listens on port 8080: ([0-9.:]+)")[1]
    assert client.containers.get(name).image.id == client.images.get(finished).id  # type: ignore[union-attr]
    assert [get(address, path) for path in ("/one", "/two", "/two", "/none")] == [
        200,
        404,
        404,
        404,
    ]
    assert re.fullmatch(r" *[0-9.]+ m?s  /www/two  missed by /bin/busybox\n", watching.line())

    ran = watching.end()
    assert ran.code == MissedFilesError.exit_code
    assert "2 dropped paths looked for" in ran.stdout
    assert "--include-from watch.json" in ran.stderr
    with pytest.raises(docker.errors.NotFound):
        client.containers.get(name)
    document = json.loads((tmp_path / "watch.json").read_text())
    # The second one at the end: the container got its stop signal, and acted upon it.
    assert missed(document) == ["/www/two", "/www/bye"]
    assert document["missed"][0]["programs"] == ["/bin/busybox"]
    assert document["exit_status"] is None
    assert document["original_id"] == client.images.get(original).id

    ran = slim(
        "build", original, "--http-probe", "/one", "--include-from", "watch.json", *MINIMAL,
        "--tag", f"{original.partition(':')[0]}:again",
    )  # fmt: skip
    (kept,) = (kept for kept in ran.report["kept"] if kept["path"] == "/www/two")
    assert kept["reasons"] == [
        {"rule": "include", "detail": "missed by slim watch, says watch.json"}
    ]
    assert not any(kept["path"] == "/www/three" for kept in ran.report["kept"])

    watching = watch(ran.report["slim"]["reference"], "--json", "--", *PUBLISH)
    address = watching.until(r"listens on port 8080: ([0-9.:]+)")[1]
    assert get(address, "/two") == 200
    ran = watching.end(signal.SIGTERM)
    assert ran.code == 0
    assert missed(json.loads(ran.stdout)) == []


def test_time_is_up(watch: Callable[..., Watching], finished: str) -> None:
    ran = watch(finished, "--for", "0.5", "--json").wait()
    document = json.loads(ran.stdout)
    assert missed(document) == ["/www/bye"]
    assert document["seconds"] >= 0.5


@pytest.mark.parametrize("how", ["stop", "kill", "remove"])
def test_somebody_else_ends_the_container(
    watch: Callable[..., Watching], client: docker.DockerClient, finished: str, how: str
) -> None:
    watching = watch(finished, "--json", "--", *PUBLISH)
    container = client.containers.get(watching.until(r"watching the container (\S+);")[1])
    address = watching.until(r"listens on port 8080: ([0-9.:]+)")[1]
    assert get(address, "/two") == 404
    {
        "stop": container.stop,
        "kill": container.kill,
        "remove": lambda: container.remove(force=True),
    }[how]()
    ran = watching.wait()
    assert ran.code == MissedFilesError.exit_code, ran.stderr
    document = json.loads(ran.stdout)
    assert missed(document) == ["/www/two", *(["/www/bye"] if how == "stop" else [])]
    assert document["exit_status"] == (7 if how == "stop" else None)


def test_a_command_that_ends(watch: Callable[..., Watching], finished: str) -> None:
    """With the arguments of `docker run`, and a program that the slim image has not."""
    ran = watch(
        finished, "--json", "--", "--rm", "-e", "NAME=three", "--entrypoint", "/bin/sh",
        "--", "-c", "read line </www/$NAME || /bin/ls /www; exit 9",
    ).wait()  # fmt: skip
    document = json.loads(ran.stdout)
    assert ran.code == MissedFilesError.exit_code
    assert document["exit_status"] == 9
    assert missed(document) == ["/www/three", "/bin/ls"]


def test_a_directory_that_shows_less_is_told_apart(
    watch: Callable[..., Watching], finished: str
) -> None:
    ran = watch(
        finished, "--json", "--", "--entrypoint", "/bin/sh", "--", "-c", "echo /www/*"
    ).wait()  # fmt: skip
    assert ran.code == 0, ran.stderr
    (listing,) = json.loads(ran.stdout)["listings"]
    assert listing == {
        "directory": "/www", "programs": ["/bin/busybox"], "names": ["bye", "three", "two"]
    }  # fmt: skip


def test_a_program_that_was_removed(watch: Callable[..., Watching], finished: str) -> None:
    ran = watch(finished, "--json", "--", "--entrypoint", "/bin/wget").wait()
    assert ran.code == MissedFilesError.exit_code
    assert missed(json.loads(ran.stdout)) == ["/bin/wget"]


@pytest.mark.parametrize(
    ("image", "arguments", "error", "message"),
    [
        (BUSYBOX, [], NotSlimmedError, "was not built by slimmer"),
        ("no-such-image:1", [], ImageNotFoundError, "is not in the engine"),
        (BUSYBOX, ["--", "--privileged"], UsageError, "a privileged container is not traced"),
    ],
)
def test_what_cannot_be_watched(
    slim: Callable[..., Ran], image: str, arguments: list[str], error: Any, message: str
) -> None:
    ran = slim("watch", image, *arguments)
    assert ran.code == error.exit_code
    assert message in ran.stderr
    assert ran.stdout == ""


def test_an_original_that_is_gone(slim: Callable[..., Ran], image: Callable[..., str]) -> None:
    name = image(f"FROM {BUSYBOX}\nLABEL dev.slimmer.original=sha256:{'0' * 64}\nCMD sh\n")
    ran = slim("watch", name)
    assert ran.code == OriginalMissingError.exit_code
    assert f"the original of {name} (sha256:000000000000) is not in the engine" in ran.stderr


def test_a_file_that_slim_watch_did_not_write(
    slim: Callable[..., Ran], original: str, tmp_path: Path
) -> None:
    (tmp_path / "report.json").write_text('{"schema_version": 1, "kept": []}')
    ran = slim("build", original, "--http-probe", "/one", "--include-from", "report.json")
    assert ran.code == WatchFileError.exit_code
    assert "report.json was not written by slim watch" in ran.stderr


def test_paths_that_the_image_does_not_have_any_more(
    slim: Callable[..., Ran], original: str, tmp_path: Path
) -> None:
    (tmp_path / "old.json").write_text(
        json.dumps(
            {"format": "slimmer watch", "schema_version": 1, "missed": [{"path": "/www/renamed"}]}
        )
    )
    (tmp_path / "slim.yaml").write_text(
        f"image: {original}\ninclude_from: old.json\nprobes: [{{http: /one}}]\n"
        f"debug: false\ntag: {original.partition(':')[0]}:old\n"
    )
    ran = slim("build", "--json")
    assert any("old.json names /www/renamed, which the image" in note for note in ran.notes)
