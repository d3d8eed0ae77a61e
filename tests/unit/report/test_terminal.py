"""The summary and the progress as people and logs get them."""

from __future__ import annotations

import io
import re
import threading
from dataclasses import replace

import pytest

from slimmer.ecosystems import Installed
from slimmer.probing.kinds import HttpProbe, LogProbe
from slimmer.progress import StageClock, console_progress
from slimmer.progress.live import LiveProgress
from slimmer.progress.progress import PlainProgress, QuietProgress
from slimmer.report import CoverageSummary, compose_report, report_line, terminal_summary
from slimmer.report.coverage_summary import ApplicationCoverage
from slimmer.values import (
    Comparison,
    HeavyOmission,
    ImageKind,
    KeepSet,
    ProbeResult,
    SmokeOutcome,
    StageTime,
    Unstartable,
    Verdict,
)
from slimmer.words import count, factor, printable, seconds, size
from tests.unit.report.recorded_run import (
    FAILED,
    PASSED,
    REPAIRED,
    failed_with,
    finished,
    recorded_run,
)


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


class AsciiLog(io.TextIOWrapper):
    """A log file of a machine without a locale."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, encoding="ascii", write_through=True)


def summary(**changes: object) -> str:
    stream = io.StringIO()
    terminal_summary(compose_report(recorded_run(**changes)), stream)
    return stream.getvalue()


def test_the_summary_says_what_a_user_wants_to_know() -> None:
    text = summary(
        artifacts={"page": "slim-report/my-app_1/report.html"},
        debug=finished("my-app:1-slim-debug", ()),
    )

    for words in (
        "my-app:1-slim is 19.0x smaller than my-app:1",
        "95.0 MB  11 files  2 layers",
        "✓ 2 probes passed",
        "200 OK, 17 bytes",
        "my-app:1-slim-debug",
        "2.5 s · trace 1.2 s",
        "81.0 MB",
        "slim-report/my-app_1/report.html",
        "a note of the keep-set",
        "traced without fanotify: no CAP_SYS_ADMIN",
    ):
        assert words in text, words


def test_what_was_removed_comes_first() -> None:
    packages = [
        *(Installed(type="npm", name=f"@a/kept-{n}", size=1, is_left=True) for n in range(38)),
        Installed(type="npm", name="jest", size=8_000_000, is_left=False),
        Installed(type="npm", name="typescript", size=22_000_000, is_left=False),
        Installed(type="npm", name="tiny\x1b", size=10, is_left=False),
        Installed(type="gem", name="rack", size=10, is_left=True),
        *(Installed(type="deb", name=f"lib{n}", size=n, is_left=False) for n in range(4)),
        Installed(type="deb", name="curl", size=0, is_left=False, is_asked_for=True),
    ]
    keep = KeepSet(
        reasons=recorded_run().keep.reasons,
        heavy=(
            HeavyOmission(
                what="/usr/bin/ffmpeg",
                size=214_000_000,
                why="though /app/x.js mentions it",
                include="/usr/bin/ffmpeg",
            ),
            HeavyOmission(what="/usr/bin/strip", size=2_000_000, why="though y mentions it"),
        ),
        unstartable=(Unstartable(path="/usr/bin/tool", missing="/usr/bin/perl"),),
    )

    text = " ".join(summary(installed=packages, keep=keep).split())

    for words in (
        "of 41 npm packages 3 were removed: typescript 22.0 MB, jest 8.00 MB, tiny\\x1b 10 B "
        "of 1 Ruby gem none was removed "
        "of 5 Debian packages 5 were removed: lib3 3 B, lib2 2 B, lib1 1 B, … "
        "installed by name, and dropped: curl; --include keeps what you",
        "/usr/bin/ffmpeg, 214 MB though /app/x.js mentions it; --include /usr/bin/ffmpeg keeps it",
        "cannot start /usr/bin/tool, without /usr/bin/perl",
    ):
        assert words in text, words
    assert "strip" not in text
    assert (
        text.index("npm packages")
        < text.index("layers as archives: system")
        < text.index("slim test")
    )


@pytest.mark.parametrize(
    ("path", "unused", "verdict"),
    [
        ("/health", 0, "! 1 probe passed, but it was asked for its health only"),
        ("/api/_ready?x=1", 0, "! 1 probe passed, but it was asked for its health only"),
        ("/healthy-food", 0, "✓ 1 probe passed"),
        ("/orders", 1, "✓ 1 probe passed, but no probe opened 1 of the application's 4 files"),
        ("/orders", 3, "! 1 probe passed, but no probe opened 3 of the application's 4 files"),
        ("/livez", 3, "its health only and no probe opened 3 of the application's 4 files"),
        ("/orders", 0, "✓ 1 probe passed"),
    ],
)
def test_the_verdict_says_how_little_was_tried(path: str, unused: int, verdict: str) -> None:
    results = (replace(PASSED[0], probe=HttpProbe(name="it", path=path)),)
    reached = CoverageSummary(
        phases=(),
        kept_files=4,
        kept_size=4,
        unused_files=unused,
        unused_size=unused,
        unused=(),
        application=ApplicationCoverage(
            files=4, unused=tuple(f"/app/{number}" for number in range(unused))
        ),
    )
    text = summary(tests=(SmokeOutcome(image=ImageKind.SLIM, results=results),), coverage=reached)
    assert f"{verdict} it 200 OK" in " ".join(text.split()), text


def test_the_verdict_of_an_application_that_was_only_read() -> None:
    results = (replace(PASSED[0], probe=LogProbe(name="it", pattern="tick")),)
    text = summary(tests=(SmokeOutcome(image=ImageKind.SLIM, results=results),))
    assert "1 probe passed, but nothing was asked of it: it was only read" in " ".join(text.split())


@pytest.mark.parametrize(
    ("columns", "bar", "layers"), [(40, 0, False), (47, 0, True), (60, 13, True), (120, 28, True)]
)
def test_a_narrow_terminal_loses_bars_before_numbers(
    monkeypatch: pytest.MonkeyPatch, columns: int, bar: int, layers: bool
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", str(columns))
    stream = Terminal()
    terminal_summary(compose_report(recorded_run()), stream)
    text = re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue())
    assert all(word in text for word in ("95.0 MB", "11 files"))
    assert ("2 layers" in text) == layers
    assert max(map(len, re.findall("█+", text)), default=0) == bar
    assert all(len(line) <= columns for line in text.splitlines())


def test_quiet_is_one_line_with_the_name_first() -> None:
    report = compose_report(recorded_run())
    assert report_line(report) == "my-app:1-slim 5.01 MB, 19.0x smaller than my-app:1"


def test_the_end_names_what_comes_next_and_what_is_no_saved_trace() -> None:
    text = summary(
        artifacts={"trace": "slim-report/a/trace", "trace-web": "slim-report/a/trace-web"},
        next_commands=("docker run --rm my-app:1-slim", "slim diff my-app:1-slim"),
    )
    assert re.search("raw trace +slim-report/a/trace\n", text)
    assert re.search("raw trace-web +slim-report/a/trace-web\n", text)
    assert re.search("next +docker run --rm my-app:1-slim\n +slim diff my-app:1-slim\n", text)


def test_a_failed_test_names_the_probes_that_failed() -> None:
    tests = (
        SmokeOutcome(
            image=ImageKind.SLIM, results=(FAILED, PASSED[1]), problem="its command ended"
        ),
    )

    text = summary(tests=tests, error=failed_with("the slim image fails its smoke test"))

    assert "✗ my-app:1: the slim image fails its smoke test" in text
    assert "✗ 1 of 2 probes failed; its command ended" in text
    assert "connection refused" in text
    assert "exit status 0" not in text


def test_a_log_gets_no_escapes_and_no_blanks_at_line_ends() -> None:
    text = summary(notes=("red \x1b[31m and \u202e turned",))

    assert "\x1b" not in text
    assert "red \\x1b[31m and \\u202e turned" in text
    assert not any(line != line.rstrip() for line in text.splitlines())


def test_a_terminal_gets_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Terminal()

    terminal_summary(compose_report(recorded_run()), stream)

    assert "\x1b[1;32m19.0x smaller\x1b[0m" in stream.getvalue()


def test_an_image_that_did_not_shrink_is_not_praised() -> None:
    run = recorded_run()
    assert run.slim is not None

    assert "is no smaller than my-app:1" in summary(
        slim=replace(run.slim, size=run.original.size + 1)
    )


def test_a_stream_without_unicode_still_gets_the_summary() -> None:
    log = AsciiLog()

    terminal_summary(compose_report(recorded_run()), log)

    assert b"original  ####" in log.bytes.getvalue()


def test_plain_progress_is_one_line_per_event() -> None:
    stream = io.StringIO()
    progress = PlainProgress(stream)

    progress.started("trace")
    progress.detail("trace", "waiting for port 8000")
    progress.detail("trace", "5,123 records")
    progress.probed("trace", PASSED[0])
    progress.done("trace")
    progress.warned("two\nlines")
    progress.started("verify")
    progress.probed("verify", FAILED)
    progress.done("verify", failed=True)

    lines = stream.getvalue().splitlines()
    assert all(re.match(r"\[ +\d+\.\d s\] ", line) for line in lines)
    said = [re.sub(r"\d+ ms", "N ms", line.partition("] ")[2]) for line in lines]
    assert said == [
        "trace …",
        "trace: probe GET /health passed: 200 OK, 17 bytes",
        "trace done in N ms: 5,123 records",
        "warning: two\\nlines",
        "verify …",
        "verify: probe GET /health failed: connection refused",
        "verify failed after N ms",
    ]


def test_progress_to_a_reader_that_went_away_does_not_end_the_run() -> None:
    stream = io.StringIO()
    stream.close()
    progress = PlainProgress(stream)

    progress.started("trace")
    progress.close()


def test_live_progress_shows_stages_probes_and_warnings() -> None:
    stream = Terminal()
    progress = LiveProgress(stream)

    progress.started("trace")
    progress.probed("trace", PASSED[0])
    progress.done("trace")
    progress.warned("no fanotify")
    progress.started("verify")
    progress.detail("verify", "evil \x1b[31m")
    progress.done("verify", failed=True)
    progress.close()
    progress.close()

    last = stream.getvalue()
    for words in ("trace", "GET /health", "200 OK", "no fanotify", "verify", "evil \\x1b[31m", "✗"):
        assert words in last, words


def test_the_form_of_progress_follows_the_stream() -> None:
    assert isinstance(console_progress(io.StringIO()), PlainProgress)
    assert isinstance(console_progress(Terminal(), quiet=True), QuietProgress)
    live = console_progress(Terminal())
    live.close()
    assert isinstance(live, LiveProgress)


def test_the_clock_remembers_stages_that_were_done_and_not_those_that_failed() -> None:
    stream = io.StringIO()
    clock = StageClock(PlainProgress(stream))

    def load() -> None:
        with clock.stage("load"):
            pass

    other = threading.Thread(target=load)
    with clock.stage("pack"):
        other.start()
        other.join()
    with pytest.raises(RuntimeError), clock.stage("verify"):
        raise RuntimeError

    assert [type(time) for time in clock.times] == [StageTime, StageTime]
    assert [time.stage for time in clock.times] == ["load", "pack"]
    assert "verify failed" in stream.getvalue()


def test_the_clock_sums_up_a_stage_that_runs_again() -> None:
    clock = StageClock(QuietProgress())
    for stage in ("pack", "verify", "pack"):
        with clock.stage(stage):
            pass
    assert [time.stage for time in clock.times] == ["pack", "verify"]
    begins = [time.begin for time in clock.times if time.begin is not None]
    assert 0 <= begins[0] < begins[1] <= clock.total_seconds


def test_a_stage_that_runs_again_is_shown_last() -> None:
    stream = Terminal()
    progress = LiveProgress(stream)
    for stage in ("pack", "verify", "pack"):
        progress.started(stage)
        progress.done(stage)
    progress.close()
    last = stream.getvalue().rpartition("verify")
    assert "pack" in last[2]


def test_the_summary_names_what_was_repaired_and_what_makes_it_lasting() -> None:
    text = summary(repair=REPAIRED)
    assert "2 paths in 2 rounds; keep from the start with:" in text
    assert "--rule package-data  for /bin/app, looked up and not found by /bin/sh in phase" in text
    assert "--include '/app/<script>alert(1)<'  missing where /app was listed by /bin/sh" in text
    assert "repaired" not in summary()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.00 kB"),
        (30_349_999, "30.3 MB"),
        (999_499, "999 kB"),
        (999_500, "1.00 MB"),
        (679_000_000, "679 MB"),
        (1_500_000_000, "1.50 GB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes_have_three_digits_that_count(number: int, text: str) -> None:
    assert size(number) == text


def test_words_for_seconds_factors_and_counts() -> None:
    assert [seconds(each) for each in (0.004, 0.0994, 0.42, 3.21, 95.4)] == [
        *("4 ms", "99 ms", "0.42 s", "3.2 s", "95 s")
    ]
    assert [factor(*each) for each in ((679, 30), (1000, 1), (1, 0), (1, 2))] == [
        *("22.6x", "1000x", "", "0.5x")
    ]
    assert [count(each, "file") for each in (0, 1, 1204)] == ["0 files", "1 file", "1,204 files"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text", "plain text"),
        ("café 日本", "café 日本"),
        ("a\x1b[0mb\n\t", "a\\x1b[0mb\\n\\t"),
        ("\udcff", "\\xff"),
        ("\ud800", "\\ud800"),
        ("\u202e\u200b\u00a0", "\\u202e\\u200b\\xa0"),
    ],
    ids=ascii,
)
def test_text_from_strangers_cannot_steer_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


def compared_with(verdict: Verdict) -> ProbeResult:
    comparison = Comparison(verdict=verdict, unstable=("body",))
    return replace(PASSED[0], comparison=comparison)


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.ALIKE, "body compared where the original repeats itself"),
        (Verdict.INCOMPARABLE, "body not compared: the original's differs each time"),
        (Verdict.UNKNOWN, "another answer than the one known, which may be noise"),
    ],
)
def test_the_summary_says_how_far_answers_were_compared(verdict: Verdict, words: str) -> None:
    text = summary(tests=(SmokeOutcome(image=ImageKind.SLIM, results=(compared_with(verdict),)),))

    assert words in text
    assert ("the answers are the original's" in text) is (verdict is Verdict.ALIKE)


def test_images_that_were_not_run_are_not_praised() -> None:
    run = recorded_run()

    text = summary(tests=run.tests[:1], verification="off")

    assert "not run: --verify off" in text
    assert "passed" not in text


def test_the_summary_says_what_was_explored() -> None:
    text = summary()
    assert "3 requests from http://localhost:8080/ in" in text
    assert "1 with 200, 1 with 404, 1 with none" in " ".join(text.split())
    assert "skipped 2 of another origin" in text
    assert "GET /<b>gone: 404 Not Found, found on /" in text
