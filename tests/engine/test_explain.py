"""`slim why` and `slim diff` on real images: by the saved report, by the images alone, and with
whatever may be missing or wrong."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.engine.conftest import BUSYBOX, Ran, exported, run_slim

pytestmark = pytest.mark.engine

DOCKERFILE = f"""\
FROM {BUSYBOX}
RUN mkdir -p /usr/lib/python3.11/site-packages/tea /app/node_modules/tea /app/node_modules/cup && \\
    cd /usr/lib/python3.11/site-packages && mkdir Tea-1.0.dist-info && touch tea/__init__.py && \\
    printf 'Name: Tea\\nVersion: 1.0\\n' >Tea-1.0.dist-info/METADATA && \\
    printf '%s,,\\n' tea/__init__.py Tea-1.0.dist-info/METADATA Tea-1.0.dist-info/RECORD \\
        >Tea-1.0.dist-info/RECORD && \\
    for name in tea cup; do \\
    echo '{{"name":"'$name'","version":"2.0.0"}}' >/app/node_modules/$name/package.json; done
RUN mkdir -p /app /unused/deep && echo used >/app/used && echo no >/app/excluded && \\
    echo gone >/unused/deep/file && ln -s /app/used /app/link && ln -s /unused /shortcut
CMD ["cat", "/app/link", "/app/excluded"]
"""


@dataclass(frozen=True, kw_only=True)
class Built:
    """A pair of images, and the folder in which it was built."""

    original: str
    slim: str
    debug: str
    folder: Path

    def ask(self, *arguments: str) -> Ran:
        return run_slim(*arguments, folder=self.folder)

    @property
    def report(self) -> Path:
        (found,) = self.folder.glob("slim-report/*/report.json")
        return found


@pytest.fixture(scope="module")
def built(image: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("explain")
    original = image(DOCKERFILE.replace('/app/excluded"]', '/app/used"]'))
    ran = run_slim(
        "build", original, "--strategy", "minimal", "--exclude", "/app/excluded", "--json",
        "--include", "/app",
        folder=folder,
    )  # fmt: skip
    report = ran.report
    return Built(
        original=original,
        slim=report["slim"]["reference"],
        debug=report["debug"]["reference"],
        folder=folder,
    )


@pytest.fixture
def without_report(built: Built) -> Iterator[Built]:
    """The same pair, its report out of sight."""
    away = built.folder / "away"
    shutil.move(built.folder / "slim-report", away)
    yield built
    shutil.move(away, built.folder / "slim-report")


def test_a_kept_path_has_its_chain(built: Built) -> None:
    ran = built.ask("why", built.slim, "/app/link")
    assert ran.code == 0, ran.stderr
    first, of_the_link, second, *reasons = ran.stdout.splitlines()
    assert first == "/app/link -> /app/used"
    assert of_the_link.strip().startswith("trace: ")
    assert second.startswith("/app/used: kept, 5 B, layer ")
    assert any(line.strip().startswith("trace: opened by /bin/busybox") for line in reasons)
    assert "\x1b" not in ran.stdout


def test_a_gone_path_has_its_causes(built: Built) -> None:
    asked = ("/unused/deep/file", "/app/excluded", "/shortcut/deep/file")
    ran = built.ask("why", built.slim, *asked, "--json")
    assert ran.code == 0, ran.stderr
    unseen, excluded, link = json.loads(ran.stdout)["paths"]
    assert unseen["state"] == "dropped"
    assert "no phase looked it up (boot" in unseen["causes"][0]
    assert "--exclude left it out" in excluded["causes"][0]
    assert (link["path"], link["links"], link["state"]) == ("/shortcut", [], "dropped")


def test_several_paths_are_answered_though_one_never_was(built: Built) -> None:
    ran = built.ask("why", built.slim, "/app/usde", "/app/used", "/app/usee")
    assert ran.code == 31
    assert ran.stdout.startswith("/app/used: kept")
    assert "/app/usde is not in" in ran.stderr
    assert "did you mean /app/used?" in ran.stderr


def test_the_report_and_the_images_agree(built: Built, client: docker.DockerClient) -> None:
    """What left by the report is what left by `docker export`, and what is asked of the images
    alone is the same."""
    documents = []
    away = built.folder / "away"
    for hidden in (False, True):
        if hidden:
            shutil.move(built.folder / "slim-report", away)
        try:
            ran = built.ask("diff", built.original, built.slim, "--json", "--files")
        finally:
            if hidden:
                shutil.move(away, built.folder / "slim-report")
        assert ran.code == 0, ran.stderr
        assert ("no report was found" in ran.stderr) == hidden
        documents.append(json.loads(ran.stdout))
    by_report, by_images = documents
    for key in ("total", "packages", "directories"):
        assert by_report[key] == by_images[key]
    # Directories apart: the engine makes some for every container (/etc).
    lists = [
        {each["path"] for each in document["dropped"] if each["type"] != "d"}
        for document in documents
    ]
    assert lists[0] == lists[1]
    trees = [
        {path for path, member in exported(client, name).items() if not member.isdir()}
        for name in (built.original, built.slim)
    ]
    assert lists[0] == trees[0] - trees[1]


def test_a_diff_reads_well_and_lists_files(built: Built) -> None:
    ran = built.ask("diff", built.slim)
    assert ran.code == 0, ran.stderr
    assert all(len(line) <= 100 for line in ran.stdout.splitlines())
    assert "by directory" in ran.stdout
    (line,) = [each for each in ran.stdout.splitlines() if each.endswith(" /unused")]
    assert line.split()[:3] == ["5", "B", "1"]
    listed = built.ask("diff", built.slim, "--files", "--directory", "/unused").stdout
    assert listed.splitlines() == [
        "0\t-\t/unused/",
        "0\t-\t/unused/deep/",
        "5\t-\t/unused/deep/file",
    ]


def test_the_debug_image_has_its_tools(built: Built) -> None:
    ran = built.ask("why", built.debug, "/bin/ls")
    assert ran.stdout.startswith("/bin/ls: in the debug image alone"), ran.stderr
    assert built.ask("why", built.slim, "/bin/ls").stdout.startswith("/bin/ls: dropped")
    left = [
        json.loads(built.ask("diff", image, "--json").stdout)["total"]["dropped_files"]
        for image in (built.slim, built.debug)
    ]
    assert left[0] > left[1]


def test_without_a_report_it_is_told_and_only_what_is_known(without_report: Built) -> None:
    ran = without_report.ask("why", without_report.slim, "/app/used", "/unused/deep/file")
    assert ran.code == 0
    assert "no report was found" in ran.stderr
    assert "/app/used: kept" in ran.stdout
    assert "/unused/deep/file: dropped" in ran.stdout
    assert "there is no report" in ran.stdout


def test_a_report_in_another_place_can_be_named(without_report: Built) -> None:
    (report,) = (without_report.folder / "away").iterdir()
    ran = without_report.ask("why", without_report.slim, "/app/used", "--report", str(report))
    assert (ran.code, ran.stderr) == (0, "")
    assert "trace: opened" in ran.stdout


def test_the_report_of_another_build_is_refused(built: Built, tmp_path: Path) -> None:
    shutil.copytree(built.report.parent, tmp_path / "report")
    file = tmp_path / "report" / "report.json"
    document = json.loads(file.read_text())
    for role in ("slim", "debug"):
        document[role]["id"] = "sha256:" + "0" * 64
    file.write_text(json.dumps(document))
    ran = built.ask("why", built.slim, "/app/used", "--report", str(file))
    assert (ran.code, ran.stdout) == (28, "")
    assert "is of another build" in ran.stderr


def test_a_broken_report_is_refused(built: Built, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(built.report.read_bytes()[:1000])
    ran = built.ask("diff", built.slim, "--report", str(file))
    assert (ran.code, ran.stdout) == (27, "")
    assert "is not a complete report" in ran.stderr


def test_an_image_of_others_and_one_that_is_not_there(built: Built) -> None:
    ran = built.ask("why", built.original, "/app/used")
    assert ran.code == 29
    assert "was not built by slimmer" in ran.stderr
    assert built.ask("why", "no-such-image:1", "/app/used").code == 5
    other = built.ask("diff", BUSYBOX, built.slim)
    assert other.code == 2
    assert "was made from" in other.stderr
    for asked in (
        ("why", built.original, "/app/used"),
        ("diff", built.original),
        ("diff", "x", "y"),
    ):
        told = built.ask(*asked, "--json")
        assert json.loads(told.stdout)["error"]["exit_code"] == told.code


def test_an_original_that_is_gone(
    image: Callable[..., str], client: docker.DockerClient, tmp_path: Path
) -> None:
    """With the report everything is told all the same; without it there is an error."""
    name = image(f'FROM {BUSYBOX}\nRUN touch /gone\nCMD ["true"]\n')
    build = ("build", name, "--strategy", "minimal", "--no-debug", "--json")
    slim = run_slim(*build, folder=tmp_path).report["slim"]["reference"]
    keep = f"{slim}-kept"
    client.images.get(slim).tag(keep)
    try:
        client.images.remove(name, force=True)
        assert "/gone: dropped" in run_slim("why", slim, "/gone", folder=tmp_path).stdout
        shutil.rmtree(tmp_path / "slim-report")
        ran = run_slim("why", slim, "/gone", folder=tmp_path)
        assert (ran.code, ran.stdout) == (30, "")
        assert "is not in the engine any more" in ran.stderr
        assert "--report" in ran.stderr
    finally:
        for each in (keep, slim):
            client.images.remove(each, force=True)


def test_xray_tells_used_bytes_by_the_report_with_its_trace_and_without(built: Built) -> None:
    reports = [built.report, built.folder / "report-alone.json"]
    shutil.copy(built.report, reports[1])
    for report in reports:
        ran = built.ask("xray", built.original, "--report", str(report), "--json")
        assert ran.code == 0, ran.stderr
        document = json.loads(ran.stdout)
        *_, upper = document["layers"]
        assert upper["instruction"].startswith("RUN mkdir -p /app")
        assert (upper["used_size"], upper["size"]) == (5, 13)
    other = built.ask("xray", built.slim, "--report", str(built.report))
    assert other.code == 28
    assert "is of another image" in other.stderr


def test_every_number_is_the_one_that_tar_and_docker_count(built: Built) -> None:
    """Paths, files, directories, bytes and layers have one meaning in all outputs."""
    report = json.loads(built.report.read_text())
    client = docker.from_env()
    original = report["original"]
    assert original["size"] == client.images.get(built.original).attrs["Size"]
    for name in ("slim", "debug"):
        told, image = report[name], client.images.get(report[name]["reference"])
        layers = [members(archive) for archive in layer_archives(image)]
        paths: dict[str, tarfile.TarInfo] = {}
        for entries, _ in layers:
            paths |= entries
        files = [path for path, entry in paths.items() if not entry.isdir()]
        (fidelity,) = (each for each in report["fidelity"] if each["image"] == name)
        assert told["size"] == image.attrs["Size"]
        assert told["files"] == len(files)
        assert fidelity["paths"] == len(paths)
        assert [layer["size"] for layer in told["layers"]] == [length for _, length in layers]
        assert [layer["entries"] for layer in told["layers"]] == [len(each) for each, _ in layers]
        if name == "slim":
            seen = json.loads(built.ask("xray", told["reference"], "--json").stdout)
            assert seen["image"]["files"] == len(files)
            assert {each["path"] for each in report["kept"]} == paths.keys()
            total = json.loads(built.ask("diff", told["reference"], "--json").stdout)["total"]
            made = [each for each in report["kept"] if each.get("made")]
            assert total["kept_files"] + len(made) == len(files)
            assert total["dropped_files"] == report["dropped"]["files"]
            assert total["kept_files"] + total["dropped_files"] == original["files"]


def layer_archives(image: Any) -> Iterator[bytes]:
    """The layers of an image of the engine, lowest first."""
    saved = io.BytesIO(b"".join(image.save()))
    with tarfile.open(fileobj=saved) as archive:
        (manifest,) = json.loads(content(archive, "manifest.json"))
        for name in manifest["Layers"]:
            yield content(archive, name)


def members(layer: bytes) -> tuple[dict[str, tarfile.TarInfo], int]:
    """Path → entry, and the length of the archive."""
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return {f"/{entry.name.strip('./')}": entry for entry in archive}, len(layer)


def content(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None
    return file.read()


def test_two_slim_images_are_compared(built: Built) -> None:
    """The debug image has the slim one's files, and more; and neither was made from the other."""
    ran = built.ask("diff", built.slim, built.debug, "--json")
    assert ran.code == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert found["first"]["reference"] == built.slim
    assert found["gone"] == []
    assert "/bin/ls" in {each["path"] for each in found["new"]}
    again = built.ask("diff", built.slim, built.slim)
    assert "new           0 B  0 files of the second alone" in again.stdout


def test_a_pattern_and_the_original_before_the_slim_image(built: Built) -> None:
    assert "/unused/deep/file" in built.ask("why", built.slim, "/unused/**").stdout
    assert "original" in built.ask("diff", built.original, built.slim).stdout


def test_packages_of_languages_by_the_report_and_by_the_images(built: Built) -> None:
    """Each kind of a name is told, and both sources know the same of it."""
    away = built.folder / "away"
    told = []
    for hidden in (False, True):
        if hidden:
            shutil.move(built.folder / "slim-report", away)
        try:
            tea = built.ask("why", built.slim, "tea")
            cup = built.ask("diff", built.slim, "--package", "c?p", "--json")
        finally:
            if hidden:
                shutil.move(away, built.folder / "slim-report")
        assert (tea.code, cup.code) == (0, 0), tea.stderr + cup.stderr
        heads = [line for line in tea.stdout.splitlines() if line.startswith("tea: ")]
        told.append((heads, json.loads(cup.stdout)["total"]))
    assert told[0] == told[1]
    heads, total = told[0]
    assert [head.split(",")[0] for head in heads] == ["tea: Python package", "tea: npm package"]
    assert "0 files kept" in heads[0]
    assert "1 file kept" in heads[1]
    assert total["kept_files"] == 1
