"""`--harden`: the slim image is tried with fewer rights, and what was found is written down."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from slimmer.build import build_image
from slimmer.build.harden import check_hardening
from slimmer.build.job import without_images
from slimmer.errors import HardeningError, ProfileRefusedError, UsageError
from slimmer.options import BuildOptions, Role, Verification
from slimmer.progress.progress import QuietProgress
from slimmer.values import RunOptions
from tests.unit.build.bench import SLIM, Bench, is_original, reads
from tests.unit.build.engine import ORIGINAL, Process

DEFAULT = BuildOptions(image=ORIGINAL)


def has(process: Process, capability: str) -> bool:
    host = process.host_config
    return "ALL" not in host.get("CapDrop", ()) or capability in host.get("CapAdd", ())


def owner(process: Process) -> int:
    """A program that gives a file away, before it reads its settings."""
    if not process.is_traced and not has(process, "CHOWN"):
        process.says("chown: Operation not permitted")
        return 1
    return reads("/etc/app.conf")(process)


def test_what_is_needed_is_found_and_written_in_every_form(bench: Bench) -> None:
    report = bench.build(owner, harden=True)

    (found,) = report["hardening"]
    assert [each["name"] for each in found["capabilities"]] == ["CHOWN"]
    assert found["capabilities"][0]["reason"].endswith('says "chown: Operation not permitted"')
    assert found["read_only"] is found["no_new_privileges"] is True
    assert bench.purposes.count("slim") == 1 + found["trials"]
    written = {path.name: path.read_text() for path in bench.reports.glob("hardened-*")}
    assert written == found["texts"]
    script = shlex.split(written["hardened-run.sh"], comments=True)
    assert {"--cap-drop=ALL", "--cap-add=CHOWN", "--read-only", SLIM} <= set(script)
    assert report["artifacts"]["hardened-run"] == str(bench.reports / "hardened-run.sh")
    page = (bench.reports / "report.html").read_text()
    assert 'id="hardened"' in page
    assert "hardened-kubernetes.yaml" in page


def test_it_is_not_done_unasked(bench: Bench) -> None:
    """What an earlier build wrote is gone: it says nothing of this image."""
    bench.build(owner, harden=True)
    report = bench.build(owner)
    assert "hardening" not in report or report["hardening"] == []
    assert list(bench.reports.glob("hardened-*")) == []
    assert 'id="hardened"' not in (bench.reports / "report.html").read_text()


def test_each_role_has_its_own_rights_and_files(bench: Bench) -> None:
    roles = (
        Role(name="web"),
        Role(name="worker", run=RunOptions(command=("work",), cap_drop=("ALL",))),
    )

    def program(process: Process) -> int:
        return reads("/etc/app.conf")(process) if "work" in process.command else owner(process)

    report = bench.build(program, harden=True, roles=roles)
    found = {
        each["role"]: [one["name"] for one in each["capabilities"]] for each in report["hardening"]
    }
    assert found == {"web": ["CHOWN"], "worker": []}
    assert (bench.reports / "hardened-run-worker.sh").is_file()
    assert json.loads((bench.reports / "hardened-landlock-web.json").read_text())["abi"] == 5


def test_an_image_that_does_not_pass_again_is_not_tagged(bench: Bench) -> None:
    runs = []

    def once(process: Process) -> int:
        if not is_original(process):
            runs.append(process)
        return reads("/etc/app.conf")(process) if len(runs) < 2 else 3

    error, _ = bench.fails(HardeningError, once, harden=True)
    assert "does not pass again" in error.message


def test_a_profile_that_its_parser_refuses(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parser, and a profile that is none."""
    texts = {"hardened-apparmor.profile": "profile { nonsense"}
    monkeypatch.setattr("slimmer.build.harden.texts_of", lambda *_, **__: texts)
    error, _ = bench.fails(ProfileRefusedError, harden=True)
    assert "syntax error" in error.details


def test_without_the_parser_it_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    (found,) = bench.build(harden=True)["hardening"]
    assert any("apparmor_parser, which is not installed here" in note for note in found["notes"])


def test_nothing_can_be_tried_of_images_that_are_not_run() -> None:
    with pytest.raises(UsageError, match="--verify off forbids"):
        build_image(replace(DEFAULT, harden=True, verify=Verification.OFF), QuietProgress())


def test_work_that_makes_no_image_is_not_hardened() -> None:
    """`slim profile` and `slim advise --prove` read the same slim.yaml as a build."""
    options = BuildOptions(image="app", harden=True, push=True, cache_directory=Path("cache"))
    wanted = without_images(options, Verification.OFF)
    check_hardening(wanted)
    assert not wanted.push
    assert wanted.cache_directory is None
    with pytest.raises(UsageError):
        check_hardening(replace(options, verify=Verification.OFF))
