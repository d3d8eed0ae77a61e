"""report.html: whole in itself, and closed to what a file name may carry."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from slimmer.ecosystems import Installed
from slimmer.probing.kinds import HttpProbe
from slimmer.report import compose_report, to_page, write_report
from slimmer.values import (
    Comparison,
    Difference,
    HeavyOmission,
    ImageKind,
    SmokeOutcome,
    Unstartable,
    Verdict,
)
from slimmer.words import printable
from tests.unit.report.recorded_run import HOSTILE, PASSED, REPAIRED, failed_with, recorded_run


class Page(HTMLParser):
    """The elements and attributes of a page, and the text of its scripts and cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text_of: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style", "td", "h1", "p", "li", "pre"):
            self._open.append(tag)
            self.text_of.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open:
            self.text_of[self._open[-1]][-1] += data


def kept_data(page: Page) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(page.text_of["script"][0])
    return read


def test_nothing_is_loaded_from_anywhere() -> None:
    page = Page(to_page(compose_report(recorded_run())))

    for tag, attributes in page.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form"), tag
        assert not {"src", "style", "srcset"} & attributes.keys(), (tag, attributes)
        assert (attributes.get("href") or "#").startswith("#"), attributes
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
    assert "url(" not in page.text_of["style"][0]
    assert "@import" not in page.text_of["style"][0]


def test_the_policy_lets_exactly_our_script_and_style_through() -> None:
    page = Page(to_page(compose_report(recorded_run())))
    (policy,) = [
        attributes["content"] or ""
        for tag, attributes in page.elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    ]

    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    hashes = set(re.findall(r"'sha256-([^']+)'", policy))
    inside = (page.text_of["style"][0], page.text_of["script"][1])
    assert hashes == {
        base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in inside
    }


def test_hostile_names_stay_text() -> None:
    name = "<script>alert(1)</script>\x1b[31m"
    probe = replace(PASSED[0], answer=name, probe=replace(PASSED[0].probe, name=name))
    run = recorded_run(notes=(name,), error=failed_with(name))
    tests = (replace(run.tests[0], results=(probe,), problem=name),)

    page = Page(to_page(compose_report(replace(run, tests=tests))))

    assert len(page.text_of["script"]) == 2
    assert printable(name) in page.text_of["li"]
    assert printable(name) in page.text_of["td"]
    assert printable(name) in page.text_of["p"]


def test_a_difference_is_shown_as_text() -> None:
    lines = ("-<b>hello</b>", "+nobody \x1b[31m")
    comparison = Comparison(
        verdict=Verdict.DIFFERENT, differences=(Difference(part="body", lines=lines),)
    )
    probe = replace(PASSED[0], passed=False, comparison=comparison)
    run = recorded_run()
    tests = (run.tests[0], replace(run.tests[1], results=(probe,)))

    page = Page(to_page(compose_report(replace(run, tests=tests))))

    assert page.text_of["pre"] == ["-<b>hello</b>\n+nobody \\x1b[31m"]


def test_images_that_were_not_run_are_marked() -> None:
    page = Page(to_page(compose_report(recorded_run(verification="off"))))

    assert "The finished images were not run: --verify off." in page.text_of["p"]


def test_the_table_of_kept_paths_holds_every_path_with_its_reasons() -> None:
    report = compose_report(recorded_run())

    data = kept_data(Page(to_page(report)))

    words, rows = data["words"], data["rows"]
    paths = [words[row[0]].rstrip("/") + "/" + row[1] for row in rows]
    assert paths == [printable(each.path) for each in report.kept]
    for row, each in zip(rows, report.kept, strict=True):
        reasons = [
            (words[rule], words[detail], paths[because] if because >= 0 else "")
            for rule, detail, because in row[7]
        ]
        assert reasons == [
            (reason.rule, printable(reason.detail), printable(reason.because))
            for reason in each.reasons
        ]


def test_five_thousand_paths_stay_below_half_a_megabyte() -> None:
    paths = tuple(
        f"/usr/local/lib/python3.11/site-packages/package{number % 40}/sub/module_{number}.py"
        for number in range(5_000)
    )

    assert len(to_page(compose_report(recorded_run(paths=paths)))) < 500_000


def test_a_failed_run_has_a_page_as_well() -> None:
    report = compose_report(recorded_run(slim=None, error=failed_with("no answer")))

    page = Page(to_page(report))
    assert "no answer" in page.text_of["p"]
    assert "keep <more>" in page.text_of["p"], "the hint"
    assert "a line\nof evidence" in page.text_of["pre"]


def test_both_files_are_written_and_named_in_the_report(tmp_path: Path) -> None:
    place = tmp_path / "slim-report" / "my-app_1"

    complete = write_report(compose_report(recorded_run()), place)

    assert sorted(file.name for file in place.iterdir()) == ["report.html", "report.json"]
    assert json.loads((place / "report.json").read_bytes())["artifacts"] == complete.artifacts
    assert complete.artifacts == {
        "report": str(place / "report.json"),
        "page": str(place / "report.html"),
    }
    assert len(HOSTILE) < len(complete.kept)


def test_a_role_without_probes_is_in_the_table() -> None:
    worker = SmokeOutcome(image=ImageKind.SLIM, role="worker", results=())
    broken = replace(worker, role="job", problem="its command ended with status 1")
    text = to_page(compose_report(recorded_run(tests=(worker, broken))))
    assert {"worker: (no probes)", "job: (no probes)"} <= {*Page(text).text_of["td"]}
    assert '<span class="good">✓</span> started; no probes are set' in text
    assert '<span class="bad">✗</span> its command ended with status 1' in text


def test_what_was_repaired_is_a_section() -> None:
    text = to_page(compose_report(recorded_run(repair=REPAIRED)))
    cells = Page(text).text_of["td"]
    assert "--rule package-data" in cells
    assert "it fails <again>" in cells
    assert "nothing was missed" in cells
    assert "<h2>Repaired" not in to_page(compose_report(recorded_run()))


def test_what_was_explored_is_a_section() -> None:
    page = to_page(compose_report(recorded_run()))
    assert "<h2>crawl <small>3 requests</small></h2>" in page
    assert "skipped 2 of another origin: http://example.com/&lt;script&gt;, …" in page
    assert "GET /&lt;b&gt;gone" in page
    assert "no answer in time" in page


def test_what_was_removed_stands_in_front_and_strangers_names_are_escaped() -> None:
    keep = replace(
        recorded_run().keep,
        heavy=(HeavyOmission(what="the package <b>", size=70_000_000, why="why", include="/<i>"),),
        unstartable=(Unstartable(path="/bin/<u>", missing="/bin/perl"),),
    )
    installed = [
        Installed(type="npm", name="left", size=1, is_left=True),
        Installed(type="npm", name="<script>", size=2_000_000, is_left=False),
    ]
    page = to_page(compose_report(recorded_run(keep=keep, installed=installed)))
    for words in (
        "of 2 npm packages 1 was removed, 2.00 MB",
        "&lt;script&gt;",
        "the package &lt;b&gt;",
        "--include /&lt;i&gt;",
        "/bin/&lt;u&gt; cannot start: /bin/perl is not kept",
    ):
        assert words in page, words
    assert page.index("npm packages") < page.index("<h2>Layers") < page.index("<h2>Verified")
    assert "<h2>Removed" not in to_page(compose_report(recorded_run()))


def test_the_page_says_how_little_was_tried() -> None:
    health = replace(PASSED[0], probe=HttpProbe(name="it", path="/health"))
    tests = (SmokeOutcome(image=ImageKind.SLIM, results=(health,)),)
    page = to_page(compose_report(recorded_run(tests=tests)))
    assert '<p class="doubt">All probes passed, but it was asked for its health only.</p>' in page
    assert "the slim image answers as the original, but it was asked for its health only" in page
