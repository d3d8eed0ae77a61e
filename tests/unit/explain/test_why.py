"""Chains of reasons, links on the way to them, and the causes of what is gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slimmer.errors import UnknownPathError, UsageError
from slimmer.explain import (
    Account,
    Answer,
    Changes,
    ChangeShare,
    Link,
    Share,
    State,
    changes,
    compare,
    select,
    why,
)
from slimmer.report import Fate, LanguagePackage
from slimmer.values import Access, EntryType, HeavyOmission, Reason, Sighting, Source

BOOT = Reason(rule="trace", detail="executed in phase boot")


def fate(path: str, *reasons: Reason, **values: Any) -> Fate:
    fields = {"type": EntryType.FILE, "size": 10, "kept": bool(reasons)}
    return Fate(**{**fields, "path": path, "reasons": reasons, **values})


def directory(path: str, *reasons: Reason) -> Fate:
    return fate(path, *reasons, type=EntryType.DIRECTORY, size=0)


def because(rule: str, path: str) -> Reason:
    return Reason(rule=rule, detail=f"for {path}", because=path)


FATES = (
    directory("/", because("directory", "/usr")),
    fate("/bin", because("link", "/usr/bin/sh"), type=EntryType.SYMLINK, target="usr/bin"),
    directory("/usr", because("directory", "/usr/bin")),
    directory("/usr/bin", because("directory", "/usr/bin/app")),
    fate("/usr/bin/app", BOOT, package="app", size=1000),
    fate("/usr/bin/sh", because("shebang", "/usr/bin/app"), type=EntryType.SYMLINK, target="dash"),
    fate(
        "/usr/bin/dash",
        because("link", "/usr/bin/sh"),
        Reason(rule="include", detail="--include /usr/bin/dash"),
        package="dash",
    ),
    fate("/usr/bin/awk", type=EntryType.SYMLINK, target="/usr/bin/app"),
    fate("/usr/bin/gcc", package="gcc", size=5000),
    fate("/usr/bin/loop", because("a", "/usr/bin/pool")),
    fate("/usr/bin/pool", because("b", "/usr/bin/loop")),
    fate("/usr/bin/ls", package="coreutils", in_debug=True),
    directory("/usr/lib"),
    fate("/usr/lib/gcc", package="gcc", size=70),
    fate("/usr/bin/app.conf", package="app", size=7),
    fate("/secret/key"),
    directory("/secret"),
    fate("/list", Reason(rule="metadata", detail="made"), made=True),
)
ACCOUNT = Account(
    image="app:slim",
    image_size=2000,
    is_debug=False,
    original="app:1",
    original_size=9000,
    fates={each.path: each for each in FATES},
    report=Path("report.json"),
    strategy="minimal",
    phases=("boot", "GET /", "shutdown"),
    excluded=frozenset({"/secret"}),
)


def rules(answer: Answer | Link) -> list[list[tuple[str, str]]]:
    return [[(step.path, step.reason.rule) for step in chain] for chain in answer.chains]


def links(answer: Answer) -> list[tuple[str, str]]:
    return [(link.path, link.target) for link in answer.links]


def test_a_chain_ends_with_a_reason_that_stands_for_itself_and_the_shortest_is_first() -> None:
    answer = why(ACCOUNT, "/usr/bin/dash")
    assert (answer.state, answer.path, answer.links) == (State.KEPT, "/usr/bin/dash", ())
    assert rules(answer) == [
        [("/usr/bin/dash", "include")],
        [("/usr/bin/dash", "link"), ("/usr/bin/sh", "shebang"), ("/usr/bin/app", "trace")],
    ]


@pytest.mark.parametrize("asked", ["/bin/sh", "bin//sh", "/usr/lib/../bin/./sh"])
def test_links_are_followed_and_said(asked: str) -> None:
    answer = why(ACCOUNT, asked)
    assert answer.path == "/usr/bin/dash"
    assert ("/usr/bin/sh", "dash") in links(answer)
    assert rules(answer.links[-1]) == [[("/usr/bin/sh", "shebang"), ("/usr/bin/app", "trace")]]


def test_a_link_that_is_gone_is_the_answer_whatever_it_leads_to() -> None:
    answer = why(ACCOUNT, "/bin/awk")
    assert (answer.state, answer.path) == (State.DROPPED, "/usr/bin/awk")
    assert links(answer) == [("/bin", "usr/bin")]


def test_reasons_in_a_circle_come_to_an_end() -> None:
    assert rules(why(ACCOUNT, "/usr/bin/loop")) == [[("/usr/bin/loop", "a")]]


def test_a_path_that_nothing_used_is_gone_with_its_package() -> None:
    answer = why(ACCOUNT, "/usr/bin/gcc")
    assert answer.causes == (
        "no phase looked it up (boot, GET /, shutdown), and no rule of the strategy minimal asks "
        "for it",
        "nothing of its package gcc is in use: 2 files, 5.07 kB in all",
    )
    assert why(ACCOUNT, "/usr/bin/app.conf").causes[1] == (
        "of its package app, 1 of 2 files are kept"
    )


def test_what_was_too_heavy_is_said_with_what_speaks_for_it() -> None:
    omission = HeavyOmission(
        what="/usr/lib/gcc",
        size=22_000_000,
        why="though /srv/x mentions it",
        include="/usr/lib/gcc",
    )
    answer = why(replace(ACCOUNT, heavy=(omission,)), "/usr/lib/gcc")
    assert answer.causes[0].startswith("too heavy, though /srv/x mentions it: 22.0 MB")
    assert not any("no rule" in cause for cause in answer.causes)


def test_what_was_excluded_is_said_with_who_looked_for_it() -> None:
    seen = Sighting(
        path="/secret/../secret/key",
        access=Access.OPEN,
        phase="GET /",
        program="/usr/bin/app",
        source=Source.NOTIFY,
    )
    assert why(ACCOUNT, "/secret/key", lambda: (seen,)).causes == (
        "--exclude left all below /secret out, though a rule had asked for it",
        "it was looked up by /usr/bin/app in phase GET /",
    )
    assert "without that --exclude" in why(ACCOUNT, "/secret/key").hint
    by_sensor = replace(seen, program="/.slim/sensor", phase="boot")
    assert why(ACCOUNT, "/secret/key", lambda: (by_sensor,)).causes[1] == (
        "it was looked up by the engine in phase boot"
    )
    other = replace(seen, path="/other/key")
    assert len(why(ACCOUNT, "/secret/key", lambda: (other,)).causes) == 1


def test_a_directory_tells_what_is_below_it() -> None:
    below = why(ACCOUNT, "/usr/bin").below
    assert below is not None
    assert (below.kept_files, below.dropped_files, below.dropped_size) == (5, 4, 5027)
    assert "nothing below it is kept, 1 file, 70 B dropped" in why(ACCOUNT, "/usr/lib").causes


def test_the_debug_image_has_more() -> None:
    assert why(ACCOUNT, "/usr/bin/ls").state is State.DROPPED
    assert why(replace(ACCOUNT, is_debug=True), "/usr/bin/ls").state is State.DEBUG


def test_without_a_report_there_are_no_causes() -> None:
    (cause,) = why(replace(ACCOUNT, report=None), "/usr/bin/gcc").causes
    assert cause.startswith("there is no report")


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("/usr/local/bin/gcc", "did you mean /usr/bin/gcc, /usr/lib/gcc?"),
        ("/usr/bin/app.con", "did you mean /usr/bin/app.conf?"),
        ("/etc/hosts", "the engine mounts its own over it"),
        ("/proc/1/status", "the engine mounts its own over it"),
        ("/usr/bin/app/below", ""),
        ("/\x1b[31m", ""),
    ],
)
def test_a_path_that_never_was_is_an_error_with_near_ones(asked: str, hint: str) -> None:
    with pytest.raises(UnknownPathError) as raised:
        why(ACCOUNT, asked)
    assert raised.value.hint.startswith(hint)
    assert bool(raised.value.hint) == bool(hint)
    assert raised.value.exit_code == 31


def test_sums_by_package_and_by_directory() -> None:
    compared = compare(ACCOUNT)
    assert compared.total == Share(
        name="", dropped_files=6, dropped_size=5107, kept_files=6, kept_size=1050
    )
    assert [(each.name, each.dropped_size, each.kept_files) for each in compared.packages] == [
        ("gcc", 5070, 0),
        ("", 20, 4),
        ("coreutils", 10, 0),
        ("app", 7, 1),
    ]
    assert [(each.name, each.dropped_size, each.kept_files) for each in compared.directories] == [
        ("/usr/bin", 5027, 5),
        ("/usr/lib", 70, 0),
        ("/secret", 10, 0),
    ]
    assert [each.path for each in compared.made] == ["/list"]
    assert [each.path for each in compared.dropped] == [
        "/secret",
        "/secret/key",
        "/usr/bin/app.conf",
        "/usr/bin/awk",
        "/usr/bin/gcc",
        "/usr/bin/ls",
        "/usr/lib",
        "/usr/lib/gcc",
    ]


def test_sums_of_a_part() -> None:
    assert compare(ACCOUNT, package="gcc").total == Share(
        name="", dropped_files=2, dropped_size=5070
    )
    assert compare(ACCOUNT, directory="/usr/lib/").total == Share(
        name="", dropped_files=1, dropped_size=70
    )
    assert compare(ACCOUNT, directory="bin").total == compare(ACCOUNT, directory="/usr/bin").total
    assert compare(replace(ACCOUNT, is_debug=True)).total.dropped_files == 5
    with pytest.raises(UsageError, match="no package gc") as raised:
        compare(ACCOUNT, package="gc")
    assert raised.value.hint == "did you mean gcc?"
    with pytest.raises(UnknownPathError, match="/usr/bin/app is not a directory"):
        compare(ACCOUNT, directory="/usr/bin/app")


@pytest.mark.parametrize(
    ("asked", "kept", "dropped"),
    [
        ("app", ["/usr/bin/app"], ["/usr/bin/app.conf"]),
        ("gcc", [], ["/usr/bin/gcc", "/usr/lib/gcc"]),
        ("/usr/bin/app*", ["/usr/bin/app"], ["/usr/bin/app.conf"]),
        ("/usr/*/gcc", [], ["/usr/bin/gcc", "/usr/lib/gcc"]),
        ("/usr/*gcc", None, None),  # `*` stops at a slash
        ("*.conf", [], ["/usr/bin/app.conf"]),
        ("no-such-package", None, None),
        ("", None, None),
    ],
)
def test_a_package_or_a_pattern_stands_for_files(
    asked: str, kept: list[str] | None, dropped: list[str] | None
) -> None:
    found = select(ACCOUNT, asked)
    assert [[each.path for each in one.kept] for one in found] == ([] if kept is None else [kept])
    assert [[each.path for each in one.dropped] for one in found] == (
        [] if dropped is None else [dropped]
    )


def of_language(path: str, type: str, name: str, *reasons: Reason, size: int = 100) -> Fate:
    return fate(path, *reasons, package=name, package_type=type, size=size)


LANGUAGES = replace(
    ACCOUNT,
    fates={
        each.path: each
        for each in (
            *FATES,
            of_language("/site/flask/app.py", "pypi", "Flask", BOOT),
            of_language("/site/flask/cli.py", "pypi", "Flask"),
            of_language("/site/gcc/index.js", "npm", "gcc"),
            of_language("/site/@a/tea_cup/index.js", "npm", "@a/tea_cup"),
        )
    },
    language_packages=(
        LanguagePackage(type="pypi", name="Flask", paths=("/site/flask",)),
        LanguagePackage(type="npm", name="gcc", paths=("/site/gcc",)),
        LanguagePackage(type="pypi", name="dashed", paths=("/usr/bin/dash",)),
        LanguagePackage(type="npm", name="@a/tea_cup", paths=("/site/@a/tea_cup",)),
    ),
)


def test_packages_of_languages_stand_for_files_and_each_kind_of_a_name_is_told() -> None:
    """A package of a language may consist of files that one of the distribution has: Debian's."""
    assert [
        (one.kind, [each.path for each in (*one.kept, *one.dropped)])
        for asked in ("flask", "gcc", "dashed", "@a/tea-cup")
        for one in select(LANGUAGES, asked)
    ] == [
        ("Python package", ["/site/flask/app.py", "/site/flask/cli.py"]),
        ("package", ["/usr/bin/gcc", "/usr/lib/gcc"]),
        ("npm package", ["/site/gcc/index.js"]),
        ("Python package", ["/usr/bin/dash"]),
        ("npm package", ["/site/@a/tea_cup/index.js"]),
    ]
    assert why(LANGUAGES, "/site/flask/cli.py").causes[1] == (
        "of its Python package Flask, 1 of 2 files are kept"
    )
    for asked, meant in (("Flaskk", "Flask"), ("@a/teacup", "@a/tea_cup")):
        with pytest.raises(UnknownPathError) as caught:
            why(LANGUAGES, asked)
        assert caught.value.hint.startswith(f"did you mean {meant}")


def test_sums_and_changes_know_packages_of_languages() -> None:
    shares = {(each.type, each.name): each.dropped_size for each in compare(LANGUAGES).packages}
    assert (shares["pypi", "Flask"], shares["npm", "gcc"], shares["", "gcc"]) == (100, 100, 5070)
    assert compare(LANGUAGES, package="fl*").total == Share(
        name="", dropped_files=1, dropped_size=100, kept_files=1, kept_size=100
    )
    assert compare(LANGUAGES, package="dashed").total.kept_files == 1
    (share,) = changes(LANGUAGES, ACCOUNT, package="flask").packages
    assert share == ChangeShare(name="Flask", type="pypi", gone_files=1, gone_size=100)


def test_a_package_that_is_misspelled_is_named_first() -> None:
    with pytest.raises(UnknownPathError) as caught:
        why(ACCOUNT, "coreutil")
    assert caught.value.hint.startswith("did you mean coreutils")
    assert "no package is called coreutil either" in caught.value.message


def test_patterns_narrow_the_sums_down() -> None:
    assert [share.name for share in compare(ACCOUNT, package="[ac]*").packages] == [
        "coreutils",
        "app",
    ]
    below = compare(ACCOUNT, directory="/usr/l*")
    assert [each.path for each in below.dropped] == ["/usr/lib", "/usr/lib/gcc"]
    with pytest.raises(UsageError):
        compare(ACCOUNT, package="z*")
    with pytest.raises(UnknownPathError, match="matches nothing"):
        compare(ACCOUNT, directory="/opt/*")


SECOND = replace(
    ACCOUNT,
    image="app:small",
    fates={
        each.path: each
        for each in (
            fate("/usr/bin/app", BOOT, package="app", size=900),
            fate("/usr/bin/gcc", BOOT, package="gcc", size=5000),
            fate("/usr/lib/gcc", BOOT, package="gcc", size=70),
            fate("/usr/bin/loop", BOOT),
        )
    },
)


def summed(found: Changes) -> dict[str, tuple[int, int, int, int]]:
    return {
        each.name: (each.gone_files, each.gone_size, each.new_files, each.new_size)
        for each in found.packages
    }


def test_two_slim_images() -> None:
    found = changes(ACCOUNT, SECOND)
    assert [each.path for each in found.gone] == [
        "/bin", "/list", "/usr/bin/dash", "/usr/bin/pool", "/usr/bin/sh",
    ]  # fmt: skip
    assert [each.path for each in found.new] == ["/usr/bin/gcc", "/usr/lib/gcc"]
    assert [(a.path, a.size, b.size) for a, b in found.resized] == [("/usr/bin/app", 1000, 900)]
    assert found.same_files == 1
    assert summed(found) == {"gcc": (0, 0, 2, 5070), "": (4, 40, 0, 0), "dash": (1, 10, 0, 0)}
    assert found.directories[0] == ChangeShare(
        name="/usr/bin", gone_files=3, gone_size=30, new_files=1, new_size=5000
    )
    assert "/usr/lib" in {each.name for each in found.directories}


def test_two_slim_images_have_what_is_asked_for() -> None:
    """Zeros would say that nothing is different."""
    assert summed(changes(ACCOUNT, SECOND, package="coreutils")) == {}, "of the original"
    with pytest.raises(UsageError, match="originals have no package coreutil") as caught:
        changes(ACCOUNT, SECOND, package="coreutil")
    assert caught.value.hint == "did you mean coreutils?"
    for directory in ("/opt", "/opt/*"):
        with pytest.raises(UnknownPathError, match="matches nothing"):
            changes(ACCOUNT, SECOND, directory=directory)


def test_two_slim_images_in_part_and_the_same() -> None:
    assert summed(changes(ACCOUNT, SECOND, package="g*")) == {"gcc": (0, 0, 2, 5070)}
    assert [each.path for each in changes(ACCOUNT, SECOND, directory="/usr/lib").new] == [
        "/usr/lib/gcc"
    ]
    same = changes(SECOND, SECOND)
    assert (same.gone, same.new, same.resized, same.same_files) == ((), (), (), 4)
    assert same.total == ChangeShare(name="")


def test_what_nobody_can_know_is_not_claimed() -> None:
    """Where the trace is not beside the report, nothing tells what was looked up."""
    (cause,) = why(ACCOUNT, "/usr/lib/gcc", lambda: None).causes[:1]
    assert cause == (
        "no rule of the strategy minimal asks for it; whether a phase looked it up is not known"
    )


def test_a_path_is_not_there_because_of_itself() -> None:
    """Reports of before say so: gawk has `gawk` in it."""
    itself = because("mentions", "/usr/bin/gawk")
    gawk = fate("/usr/bin/gawk", itself, because("companion-programs", "/usr/bin/app"))
    account = replace(ACCOUNT, fates={**ACCOUNT.fates, gawk.path: gawk})
    assert rules(why(account, gawk.path)) == [
        [("/usr/bin/gawk", "companion-programs"), ("/usr/bin/app", "trace")]
    ]


def test_what_is_part_of_something_too_heavy_says_so() -> None:
    left_out = HeavyOmission(
        what="the Node package x", size=90_000_000, why="nothing requires it", include="/usr/lib"
    )
    (cause,) = why(replace(ACCOUNT, heavy=(left_out,)), "/usr/lib/gcc").causes[:1]
    assert cause.startswith("too heavy, nothing requires it")
