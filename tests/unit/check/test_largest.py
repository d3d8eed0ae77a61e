"""Why something is large: parts that add up, and what other strategies would keep."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from slimmer.check import FileShare, by_strategy, explain_size, explanation_lines, sizes_by_strategy
from slimmer.values import Reason, Strategy
from tests.unit.check.images import HOSTILE


def share(path: str, size: int, package: str = "", used: bool | None = None) -> FileShare:
    return FileShare(path=path, size=size, package=("deb", package) if package else None, used=used)


def test_packages_directories_and_files() -> None:
    told = explain_size(
        [
            share("/usr/bin/gcc", 50, "gcc", used=False),
            share("/usr/lib/gcc/cc1", 100, "gcc", used=False),
            share("/usr/lib/libc.so", 60, "libc", used=True),
            share("/app/model.bin", 500, used=False),
            *(share(f"/app/node_modules/m{n}/index.js", 10, used=n < 2) for n in range(40)),
        ],
        usage="app.trace",
    )
    assert [(each.name, each.size, each.used_size) for each in told.things] == [
        ("/app/model.bin", 500, 0),
        ("/app/node_modules", 400, 20),
        ("gcc", 150, 0),
        ("libc", 60, 60),
    ]
    assert [each.name for each in told.unused] == ["/app/model.bin", "gcc"]
    assert (told.size, told.used_size) == (1110, 80)
    lines = list(explanation_lines(told))
    assert "   500 B    never used  /app/model.bin" in lines
    assert "never used: 1.03 kB of 1.11 kB (app.trace)" in lines


def test_that_use_is_not_known_is_said() -> None:
    lines = list(explanation_lines(explain_size([share("/app/model.bin", 500)])))
    assert lines[-1].startswith("what of it is used is not known")


names = st.sampled_from(["a", "b", "c", "d"])
paths = st.lists(names, min_size=1, max_size=5).map(lambda parts: "/" + "/".join((*parts, "file")))


@settings(max_examples=200)
@given(st.dictionaries(paths, st.tuples(st.integers(0, 10_000), st.booleans()), max_size=9))
def test_no_part_is_in_another(files: dict[str, tuple[int, bool]]) -> None:
    told = explain_size(
        share(path, size, "p" if packaged else "") for path, (size, packaged) in files.items()
    )
    if len(told.things) < 10:
        assert sum(each.size for each in told.things) == told.size
    assert [each.size for each in told.things] == sorted(
        (each.size for each in told.things), reverse=True
    )


def test_nothing_in_a_line_steers_the_terminal() -> None:
    told = explain_size([share(f"/{HOSTILE}/x", 5, HOSTILE), share(f"/{HOSTILE}", 7)], usage="\x1b")
    assert all(line.isprintable() for line in explanation_lines(told))


def test_a_path_stays_with_a_reason_that_stays() -> None:
    """`balanced` asks `application`, `minimal` does not."""
    rule = "application"
    reasons = {
        "/seen": [Reason(rule="trace", detail="opened")],
        "/needed": [Reason(rule="elf-needed", detail="", because="/seen")],
        "/own": [Reason(rule=rule, detail="")],
        "/needed-by-own": [Reason(rule="elf-needed", detail="", because="/own")],
        "/both": [
            Reason(rule=rule, detail=""),
            Reason(rule="link", detail="", because="/needed"),
        ],
        "/asked": [Reason(rule="include", detail="")],
        "/round": [Reason(rule="link", detail="", because="/round")],
    }
    sizes = {path: 10**number for number, path in enumerate(reasons)}
    told = sizes_by_strategy(Strategy.BALANCED, reasons, sizes)
    assert told == {
        "minimal": sum(sizes[path] for path in ("/seen", "/needed", "/both", "/asked", "/round"))
    }
    assert sizes_by_strategy(Strategy.MINIMAL, reasons, sizes) == {}
    lines = list(explanation_lines(explain_size([], strategies=by_strategy({"minimal": 5}))))
    assert lines[-1] == "--strategy minimal would give about 5 B"
