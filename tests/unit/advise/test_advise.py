"""Advice for an image whose use is known: sums, evidence, lines of the Dockerfile."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from slimmer.advise import Advices
from slimmer.cli.main import run
from slimmer.image.archive import read_image_file
from tests.schemas import schema
from tests.unit.cli.test_xray import DOCUMENTS, saved_trace
from tests.unit.xray.archives import DIRECTORY, File, docker_archive, layer

HOSTILE = "\x1b[2J\u202e\n"
STATUS = "".join(
    f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
    for name in ("libc6", "perl-base", "git")
)
RELEASE = (
    b'PRETTY_NAME="Debian GNU/Linux 12"\nNAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n'
)
LAYERS: tuple[Mapping[str, bytes | File], ...] = (
    {
        "etc/os-release": RELEASE,
        "usr/lib/libc.so.6": b"c" * 2_000_000,
        "usr/bin/perl": b"p" * 5_000_000,
        "var/lib/dpkg/status": STATUS.encode(),
        "var/lib/dpkg/info/libc6.list": b"/usr/lib/libc.so.6\n",
        "var/lib/dpkg/info/perl-base.list": b"/usr/bin/perl\n",
    },
    {
        "usr/bin/git": b"g" * 7_000_000,
        "var/lib/dpkg/info/git.list": b"/usr/bin/git\n",
        "var/cache/apt/archives/git.deb": b"d" * 3_000_000,
    },
    {
        "app/node_modules/three/package.json": b'{"name": "three", "version": "1"}',
        "app/node_modules/three/three.js": b"t" * 4_000_000,
        "app/node_modules/jest/package.json": b'{"name": "jest", "version": "2"}',
        "app/node_modules/jest/jest.js": b"j" * 600_000,
        "app/node_modules/used/package.json": b'{"name": "used", "version": "3"}',
        "app/node_modules/used/used.js": b"u" * 500_000,
    },
    {f"app/{HOSTILE}/": DIRECTORY, f"app/{HOSTILE}/x": b"x" * 900_000, "app/.wh.tmp": b""},
)
INSTALL = "RUN apt-get update && apt-get install -y git"
HISTORY = ["ADD rootfs /", INSTALL, "RUN npm ci", "COPY . /app # buildkit"]
USED = ("/usr/lib/libc.so.6", "/app/node_modules/used/used.js")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    file = tmp_path / "app.tar"
    file.write_bytes(docker_archive([layer(each) for each in LAYERS], HISTORY))
    return file


@pytest.fixture
def dockerfile(tmp_path: Path) -> Path:
    folder = tmp_path / "context"
    folder.mkdir()
    declared = {"dependencies": {"three": "1", "used": "3"}, "devDependencies": {"jest": "2"}}
    (folder / "package.json").write_text(json.dumps(declared))
    written = INSTALL.replace(" && ", " \\\n  && ")
    text = f"FROM debian:12\n\n{written}\nRUN npm ci\nCOPY . /app\n"
    (folder / "Dockerfile").write_text(text)
    return folder


def advice(capsys: pytest.CaptureFixture[str], archive: Path, *arguments: str) -> dict[str, Any]:
    trace = saved_trace(archive, archive.with_name("app.trace"), *USED)
    assert run(["advise", str(archive), "--trace", str(trace), "--json", *arguments]) == 0
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.validate(document, schema(Advices))
    return document


def test_the_largest_comes_first_and_no_byte_twice(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = advice(capsys, archive)
    told = [(each["layer"], each["size"]) for each in document["advice"]]
    sizes = [size for _, size in told]
    assert [number for number, _ in told] == [1, 0, 2, 3]
    assert sizes == sorted(sizes, reverse=True)
    assert 0 <= document["size"] - document["used_size"] - sum(sizes) < 1000


def test_what_the_build_keeps_in_case_is_told(
    archive: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advice(capsys, archive)["kept_size"] is None
    folder = tmp_path / "report"
    shutil.copytree(DOCUMENTS / "static", folder)
    report = json.loads((folder / "report.json").read_text())
    report["original"]["id"] = read_image_file(archive).id
    report["kept"] += [
        {
            "path": path,
            "type": "file",
            "size": size,
            "layer": "application",
            "reasons": [{"rule": rule, "detail": "opened by /server in phase boot"}],
        }
        for path, size, rule in (
            ("/usr/lib/libc.so.6", 2_000_000, "trace"),
            ("/usr/bin/git", 7_000_000, "requested"),
        )
    ]
    (folder / "report.json").write_text(json.dumps(report))
    asked = ["advise", str(archive), "--report", str(folder)]
    assert run([*asked, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["kept_size"] == 7_000_000
    assert run(asked) == 0
    assert "(7.00 MB of it kept in case)" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ("debian:12", "Of the base dash was opened, a shell among them: a -slim base would do"),
        (
            "debian:12-slim",
            "Of the base dash was opened, a shell among them: debian:12-slim is small as it is, "
            "and `slim build` drops the rest",
        ),
    ],
)
def test_a_base_that_is_small_is_not_told_to_be_changed_for_a_small_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], base: str, words: str
) -> None:
    status = STATUS.replace("Package: git", "Package: dash")
    system: dict[str, bytes | File] = {
        **LAYERS[0],
        "usr/bin/dash": b"d" * 100_000,
        "var/lib/dpkg/status": status.encode(),
        "var/lib/dpkg/info/dash.list": b"/usr/bin/dash\n",
        "opt/one": b"1" * 500_000,
        "opt/two": b"2" * 500_000,
    }
    above: list[Mapping[str, bytes | File]] = [{"opt/.wh.one": b""}, {"opt/.wh.two": b""}]
    archive = tmp_path / "app.tar"
    history = ["ADD rootfs /", "RUN rm /opt/one", "RUN rm /opt/two"]
    archive.write_bytes(docker_archive([layer(each) for each in (system, *above)], history))
    (tmp_path / "Dockerfile").write_text(f"FROM {base}\n" + "\n".join(history[1:]) + "\n")
    trace = saved_trace(archive, tmp_path / "app.trace", "/usr/bin/dash")
    asked = ["advise", str(archive), "--trace", str(trace), "--dockerfile", str(tmp_path)]
    assert run([*asked, "--json"]) == 0
    of_base, hidden = json.loads(capsys.readouterr().out)["advice"]
    assert words in of_base["todo"]
    assert hidden["todo"][0].startswith("Layers 1, 2 remove or replace them")


def test_packages_and_places_are_the_evidence(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, base, npm, copy = advice(capsys, archive)["advice"]
    assert first["packages"] == [{"name": "deb git", "size": 7_000_000}]
    assert {each["name"] for each in first["places"]} == {"/usr/bin", "/var/cache/apt"}
    assert first["todo"][0].startswith("Do not install git, or only in a build stage")
    assert "/var/cache/apt is a cache" in first["todo"][1]
    assert base["about"] == "base"
    assert base["todo"] == [
        "Of the base only libc6 was opened: `gcr.io/distroless/cc-debian12` has these",
        "Fit for Alpine: no program or library of the application's own that was opened is linked "
        "to glibc",
    ]
    assert [each["name"] for each in npm["packages"]] == ["npm three", "npm jest"]
    assert "never opened" not in " ".join(copy["todo"])


GLIBC, MUSL = b"\x7fELF..\0libc.so.6\0.", b"\x7fELF..\0libc.musl-x86_64.so.1\0."
PROGRAM = b"\x7fELF../lib64/ld-linux-x86-64.so.2\0".ljust(5000, b".")


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"app/a.node": GLIBC, "usr/local/bin/b": PROGRAM}, "2 files of the application's own"),
        ({"app/a.node": MUSL, "opt/lib/b.so.1": MUSL}, "Fit for Alpine: no program or library"),
        (
            {"app/a.so": b"\0libc.so.6\0", "usr/lib/b.so": GLIBC},
            "Fit for Alpine: no program or library",
        ),
    ],
    ids=["an addon and a program of glibc", "of musl", "the distribution's own, and no library"],
)
def test_what_the_application_brings_is_fit_for_musl_or_not(
    files: dict[str, bytes], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "app.tar"
    own = {name: File(content=data, mode=0o755) for name, data in files.items()}
    unused = {"app/unused.so": GLIBC}
    file.write_bytes(docker_archive([layer(LAYERS[0]), layer({**own, **unused})], HISTORY[:2]))
    trace = saved_trace(file, tmp_path / "app.trace", *(f"/{name}" for name in files))
    assert run(["advise", str(file), "--trace", str(trace), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["advice"]
    (base,) = (each for each in told if each["about"] == "base")
    assert words in base["todo"][-1]
    assert "unused" not in base["todo"][-1]


def test_lines_of_the_dockerfile_and_what_package_json_declares(
    archive: Path, dockerfile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = advice(capsys, archive, "--dockerfile", str(dockerfile))
    first, base, npm, copy = document["advice"]
    assert [each.get("line") for each in (first, npm, copy)] == [3, 5, 6]
    assert base.get("line") is None
    words = " ".join(npm["todo"])
    assert "three 4.00 MB: in package.json, never opened." in words
    assert "jest 600 kB: devDependencies of package.json. Install with `npm ci --omit=dev`" in words
    assert "SL020: " in " ".join(first["todo"])


def test_a_dockerfile_of_another_image_names_no_lines(
    archive: Path, dockerfile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dockerfile / "Dockerfile").write_text("FROM a:1\nRUN other\nRUN another\n")
    document = advice(capsys, archive, "--dockerfile", str(dockerfile))
    assert {each.get("line") for each in document["advice"]} == {None}
    assert "no layer of the image fits" in document["notes"][0]


def test_hidden_bytes_are_an_advice_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "app.tar"
    layers = [layer({"a": b"a" * 400_000, "b": b"b"}), layer({".wh.a": b""})]
    file.write_bytes(docker_archive(layers, ["ADD a /", "RUN rm a"]))
    (hidden,) = advice(capsys, file)["advice"]
    assert (hidden["about"], hidden["size"]) == ("hidden", 400_000)
    assert hidden["places"] == [{"name": "/a", "size": 400_000}]
    assert "Layer 1 removes or replaces" in hidden["todo"][0]


@pytest.mark.parametrize("width", ["40", "100"])
def test_people_are_told_without_what_steers_their_terminal(
    archive: Path,
    dockerfile: Path,
    width: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    trace = saved_trace(archive, archive.with_name("app.trace"), *USED)
    arguments = ["--trace", str(trace), "--dockerfile", str(dockerfile), "--limit", "3"]
    assert run(["advise", str(archive), *arguments]) == 0
    text = capsys.readouterr().out
    assert text.replace("\n", "").isprintable()
    words = " ".join(text.split())
    assert "2.50 MB used" in words
    assert "in 1 more" in words


def test_without_a_traced_run_there_is_no_evidence(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["advise", str(archive)]) == 2
    told = capsys.readouterr().err
    assert "no report of a build of it was found" in told
    assert f"`slim build {archive} …` writes one" in told


def test_a_dockerfile_that_cannot_be_read_is_told_first(
    archive: Path, dockerfile: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (dockerfile / "Dockerfile").write_text("FROM a\nRUM b\n")
    trace = saved_trace(archive, archive.with_name("app.trace"), *USED)
    arguments = ["advise", str(archive), "--trace", str(trace), "--dockerfile", str(dockerfile)]
    assert run([*arguments, "--json"]) == 47
    assert json.loads(capsys.readouterr().out)["error"]["exit_code"] == 47
