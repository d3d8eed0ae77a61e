"""Reports that are read again: what was written comes back, and whatever is no report, or not a
whole one, is an error with a name."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import ReportFileError
from slimmer.report import (
    DROPPED_NAME,
    RunRecord,
    compose_report,
    dropped_document,
    find_report,
    read_report,
    remember_report,
    write_report,
)
from slimmer.values import EntryType
from tests.unit.report.recorded_run import HOSTILE, file, recorded_run, with_parents

ENTRIES = with_parents(
    file("/bin/app", 5_000_000),
    file("/usr/bin/tool", 2_000),
    file("/bin/sh", 0, type=EntryType.SYMLINK, link_target="dash"),
    file("/usr/lib/gcc/cc1", 90_000_000),
    *(file(path, 11) for path in HOSTILE),
    file(os.fsdecode(b"/usr/share/caf\xe9"), 7),
)


def write(folder: Path, **changes: Any) -> RunRecord:
    """A run's report and dropped.json in `folder`."""
    run = recorded_run(index=ENTRIES, **changes)
    assert run.slim is not None
    text = dropped_document(
        run.entries,
        run.keep.reasons,
        package=run.package,
        debug_paths=["/bin/sh", "/busybox/ls"],
        original_id=run.original.id,
        manifest_digest=run.slim.image.manifest_digest,
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DROPPED_NAME).write_text(text, "ascii")
    write_report(compose_report(run), folder)
    return run


def test_what_was_written_comes_back(tmp_path: Path) -> None:
    run = write(tmp_path)
    assert run.slim is not None
    saved = read_report(tmp_path)
    assert read_report(tmp_path / "report.json").fates == saved.fates
    assert (saved.original.id, saved.slim.id) == (run.original.id, run.slim.id)
    assert (saved.strategy, saved.phases) == ("minimal", ("boot", "GET /health", "shutdown"))
    assert saved.excluded == {"/etc/secret"}
    assert saved.is_whole
    assert saved.trace is None, "no such file lies there"
    assert saved.fates.keys() == ENTRIES.keys() | {"/busybox/ls"}
    assert {path for path, fate in saved.fates.items() if fate.kept} == run.keep.reasons.keys()
    for path, reasons in run.keep.reasons.items():
        assert saved.fates[path].reasons == reasons
    gone = saved.fates["/usr/lib/gcc/cc1"]
    assert (gone.package, gone.size, gone.type) == ("gcc", 90_000_000, EntryType.FILE)
    link = saved.fates["/bin/sh"]
    assert (link.type, link.target, link.in_debug) == (EntryType.SYMLINK, "dash", True)


def test_without_the_other_file_only_the_kept_ones_are_known(tmp_path: Path) -> None:
    run = write(tmp_path)
    (tmp_path / DROPPED_NAME).unlink()
    saved = read_report(tmp_path)
    assert not saved.is_whole
    assert saved.fates.keys() == run.keep.reasons.keys()


def test_the_newest_report_of_an_image_is_found(tmp_path: Path) -> None:
    runs = [write(tmp_path / name) for name in ("old", "new")]
    assert runs[1].slim is not None
    image = runs[1].slim.id
    os.utime(tmp_path / "old" / "report.json", (1, 1))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "report.json").write_text(f'{{"slim": "{image}", ')
    assert find_report(image, tmp_path) == tmp_path / "new" / "report.json"
    assert find_report("sha256:" + "a" * 64, tmp_path) is None, "an original has no report"
    assert find_report(image, tmp_path / "none") is None


def test_a_report_is_found_where_its_build_has_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    run = write(tmp_path / "far" / "away")
    assert run.slim is not None
    here = tmp_path / "slim-report"
    assert find_report(run.slim.id, here) is None
    remember_report(tmp_path / "far" / "away", [run.slim.id])
    assert find_report(run.slim.id, here) == tmp_path / "far" / "away" / "report.json"
    # The same again gives the same image, here with its report in a folder that is removed.
    for number in range(20):
        remember_report(tmp_path / f"gone-{number % 3}", [run.slim.id])
    assert find_report(run.slim.id, here) == tmp_path / "far" / "away" / "report.json"
    (tmp_path / "far" / "away" / "report.json").unlink()
    assert find_report(run.slim.id, here) is None, "it is gone, and that is no error"


def test_a_home_that_cannot_be_written_to_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    remember_report(tmp_path, ["sha256:" + "a" * 64])


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[bytes], bytes]:
    def edit(content: bytes) -> bytes:
        document = json.loads(content)
        change(document)
        return json.dumps(document).encode()

    return edit


@pytest.mark.parametrize(
    ("name", "edit", "told"),
    [
        ("report.json", lambda content: content[: len(content) // 2], "is not a complete report"),
        ("report.json", lambda content: b"", "is not a complete report"),
        ("report.json", lambda content: b"\x7fELF\xff\0", "is not a complete report"),
        ("report.json", lambda content: b"[" * 100_000, "is not a complete report"),
        ("report.json", lambda content: b'{"bomFormat": "CycloneDX"}', "no report of slimmer"),
        ("report.json", lambda content: b"[1]", "no report of slimmer"),
        ("report.json", edited(lambda it: it.update(schema_version=2)), "in form 2; this"),
        (
            "report.json",
            edited(lambda it: it.update(schema_version="x")),
            "schema_version: expected",
        ),
        ("report.json", edited(lambda it: it.pop("kept")), "kept: is missing"),
        ("report.json", edited(lambda it: it.update(slim=None)), "made no image"),
        ("report.json", edited(lambda it: it.update(kept=[7])), "damaged"),
        (
            "report.json",
            edited(lambda it: it["kept"][0].update(type="x")),
            "kept[0].type: expected one of",
        ),
        ("report.json", edited(lambda it: it["kept"][0].update(reasons=3)), "damaged"),
        ("report.json", edited(lambda it: it.update(original=None)), "damaged"),
        (DROPPED_NAME, lambda content: content[:-20], "is not a complete report"),
        (DROPPED_NAME, edited(lambda it: it.update(schema_version=9)), "in form 9"),
        (
            DROPPED_NAME,
            edited(lambda it: it.update(manifest_digest="sha256:" + "0" * 64)),
            "different builds",
        ),
        (DROPPED_NAME, edited(lambda it: it.update(directories={"/": [["a"]]})), "damaged"),
        (DROPPED_NAME, edited(lambda it: it.update(packages=[])), "damaged"),
    ],
)
def test_a_broken_file_is_an_error_that_says_what_is_wrong(
    tmp_path: Path, name: str, edit: Callable[[bytes], bytes], told: str
) -> None:
    write(tmp_path)
    (tmp_path / name).write_bytes(edit((tmp_path / name).read_bytes()))
    with pytest.raises(ReportFileError) as raised:
        read_report(tmp_path)
    assert told in raised.value.message
    assert name in raised.value.message or "report" in raised.value.message
    assert raised.value.exit_code == 27


def test_a_place_without_a_report_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReportFileError, match="No such file"):
        read_report(tmp_path)
