"""`slim xray -i`, driven by Textual's pilot: what is to be read on the screen after which key."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from textual.pilot import Pilot

from slimmer.errors import UnknownPathError
from slimmer.xray import Strata
from slimmer.xray.view import Why
from slimmer.xray.view.app import View
from tests.unit.xray.archives import File
from tests.unit.xray.test_strata import strata

HOSTILE = "[red]x[bold]\x1b]0;t\x07\x1b[2J\u202e<b>&amp;\udcff\n\t"
LAYERS: tuple[dict[str, bytes | File], ...] = (
    {
        "etc/passwd": b"p" * 1000,
        "etc/plain": b"p" * 10,
        "opt/removed.bin": b"r" * 400_000,
        "usr/lib/used.so": b"u" * 3_000_000,
        "usr/lib/never.so": b"n" * 2_000_000,
        "usr/link": File(link=f"/{HOSTILE}"),
        f"usr/{HOSTILE}": b"h" * 700,
    },
    {"etc/passwd": b"P" * 1100, "opt/.wh.removed.bin": b"", "usr/fresh": b"a" * 5_000_000},
)
_COLUMN = 12.2
"""Width of a character in pictures of a screen."""
Steps = Callable[["Screen"], Awaitable[None]]


class Screen:
    """What a user sees, and where he types."""

    def __init__(self, app: View, pilot: Pilot[None]) -> None:
        self.app = app
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)
        await self.wait()

    async def wait(self) -> None:
        """Longer than the view waits for a user to go on."""
        await self._pilot.pause(4 * View.MOMENT)
        await self._pilot.pause()

    async def click(self, place: str, line: int) -> None:
        await self._pilot.click(place, offset=(8, line))
        await self.wait()

    def lines(self) -> list[str]:
        """From top to bottom. The picture of the screen is XML: a control character in it would be
        an error."""
        rows: defaultdict[float, dict[int, str]] = defaultdict(dict)
        for text in ElementTree.fromstring(self.app.export_screenshot()).iter():
            if text.tag.endswith("}text") and "clip-path" in text.attrib:
                column = round(float(text.attrib["x"]) / _COLUMN)
                shown = (text.text or "").replace("\xa0", " ")
                rows[float(text.attrib["y"])].update(enumerate(shown, column))
        return [
            "".join(row.get(column, " ") for column in range(max(row) + 1)).rstrip()
            for _, row in sorted(rows.items())
        ]

    def text(self) -> str:
        return "\n".join(self.lines())

    def line(self, words: str) -> str:
        """The one that has these words."""
        found = [line for line in self.lines() if words in line]
        assert found, f"{words} is not in\n{self.text()}"
        return found[0]


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(View, "MOMENT", 0.005)


@pytest.fixture
def found(tmp_path: Path) -> Strata:
    return strata(tmp_path, LAYERS, "/usr/lib/used.so")


def look_at(
    found: Strata, steps: Steps, *, size: tuple[int, int] = (100, 30), why: Why | None = None
) -> int:
    """The exit code of the view after these steps."""
    app = View(found, why)

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            screen = Screen(app, pilot)
            await screen.wait()
            await steps(screen)

    asyncio.run(run())
    return app.return_code or 0


def test_layers_and_the_tree_of_the_one_under_the_cursor(found: Strata) -> None:
    async def steps(screen: Screen) -> None:
        assert "5.40 MB in 2 layers" not in screen.text()
        assert "10.4 MB in 2 layers · 3.00 MB used (30%) · 401 kB hidden" in screen.lines()[0]
        assert re.search(r"^0 5.40 MB 3.00 MB ADD /", screen.line("0 5.40 MB"))
        assert "Layer 0, its changes · by size" in screen.text()
        assert re.search(r"\+ 5.00 MB 3.00 MB +- +▸ usr/", screen.line("▸ usr/"))
        await screen.press("down")
        assert "Layer 1, its changes" in screen.text()
        assert "+1 ~1 -1 files" in screen.text()
        assert "hides 401 kB of layers below" in screen.text()
        await screen.press("enter")
        assert "sha256:" in screen.text()
        await screen.press("escape", "tab", "c")
        assert re.search(r"~ 1.10 kB +- 1.00 kB +passwd", screen.line("passwd"))
        assert re.search(r"-  400 kB +-  400 kB +removed.bin", screen.line("removed.bin"))
        assert re.search(r"\+ 5.00 MB +- +- +fresh", screen.line("fresh"))
        assert re.search(r"  2.00 MB +- +- +never.so", screen.line("never.so"))
        assert re.search(r"  3.00 MB 3.00 MB +- +used.so", screen.line("used.so"))

    look_at(found, steps)


def test_keys_of_dive(found: Strata) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("down", "tab", "ctrl+@")
        for key, name in (
            ("ctrl+a", "fresh"),
            ("ctrl+r", "removed.bin"),
            ("ctrl+u", "never.so"),
            ("m", "passwd"),
        ):
            assert name in screen.text()
            await screen.press(key)
            assert name not in screen.text(), key
            assert "without" in screen.text()
            await screen.press(key)
            assert name in screen.text(), key
        await screen.press("ctrl+b")
        assert "-rw-r--r--" in screen.line("passwd")
        await screen.press("ctrl+b", "ctrl+@")
        assert "passwd" not in screen.text()
        await screen.press("tab", "ctrl+a")
        assert "Layers 0 to 1, changes since 0" in screen.text()
        await screen.press("up", "ctrl+l")
        assert "Layer 0, its changes" in screen.text()
        await screen.press("t")
        assert "Layers 0 to 0" in screen.text()

    look_at(found, steps)


def test_walking_through_the_tree(found: Strata) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("tab", "down", "space")
        assert "▾ usr/" in screen.text()
        await screen.press("right", "right", "right")
        assert "\n/usr/lib/used.so\n" in screen.text()
        assert "added · 3.00 MB · used · layer 0" in screen.text()
        await screen.press("down")
        assert "never used" in screen.text()
        await screen.press("left", "left")
        assert "▸ lib/" in screen.text()
        await screen.press("left", "left")
        assert "▸ usr/" in screen.text()
        await screen.press("end", "home", "j", "k", "pagedown", "G")
        assert "\n/opt" not in screen.text()
        await screen.press("e", "g", "e", "s")
        assert "by name" in screen.text()
        names = re.findall(r"(etc|opt|usr)/", screen.text())
        assert names == ["etc", "opt", "usr"]
        await screen.press("n")
        assert "used.so" not in screen.text()
        assert "without used" in screen.text()

    look_at(found, steps)


def test_the_mouse(found: Strata) -> None:
    async def steps(screen: Screen) -> None:
        await screen.click("#layers", 1)
        assert "Layer 1, its changes" in screen.text()
        await screen.click("#files", 1)
        assert "\n/usr\n" in screen.text()
        await screen.click("#files", 25)
        assert "\n/opt\n" in screen.text(), "below the last line is the last line"

    look_at(found, steps, size=(100, 40))


def test_a_filter(found: Strata) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("slash", *"never")
        assert "never.so" in screen.text()
        assert "used.so" not in screen.text()
        assert "1 file with never" in screen.text()
        await screen.press("enter", "n")
        assert "without used" in screen.text(), "keys go to the tree again"
        await screen.press("n", "escape")
        assert "with never" not in screen.text()
        for key in ("ctrl+f", "ctrl+underscore"):
            await screen.press(key, "[", "z")
            assert "0 files with [z" in screen.text(), key
            await screen.press("escape")
        await screen.press("q")

    assert look_at(found, steps) == 0


def test_names_of_strangers_stay_text(found: Strata) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("tab", "c", "slash", *"red", "enter", "down", "down")
        shown = r"[red]x[bold]\x1b]0;t\x07\x1b[2J\u202e<b>&amp;\xff\n\t"
        assert f"/usr/{shown}" in screen.lines()
        await screen.press("w")
        assert f" /usr/{shown} " in screen.text()
        assert "[bold]because[/bold]" in screen.text()
        await screen.press("escape", "escape", "u")
        assert screen.line("link → ").endswith(f"/{shown}")

    look_at(found, steps, size=(160, 30), why=lambda path: "[bold]because[/bold]")


def test_why(found: Strata) -> None:
    def why(path: str) -> str:
        if path == "/":
            raise UnknownPathError("nobody knows")
        return f"\x1b[1m{path}\x1b[0m: kept"

    async def steps(screen: Screen) -> None:
        await screen.press("w")
        assert "nobody knows" in screen.text()
        await screen.press("q", "tab", "down", "w")
        assert "/usr: kept" in screen.text()
        await screen.press("down", "up", "tab", "escape", "q")

    assert look_at(found, steps, why=why) == 0


def test_what_is_not_known_is_said(tmp_path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert "used" not in screen.text()
        await screen.press("w")
        assert "--report" in screen.text()
        await screen.press("n")
        assert "--trace" in screen.text()

    look_at(strata(tmp_path, LAYERS), steps)


def test_an_image_without_layers(tmp_path: Path) -> None:
    async def steps(screen: Screen) -> None:
        assert "0 B in 0 layers" in screen.text()
        await screen.press("down", "enter", "t", "tab", "space", "c", "e", "right", "left", "s")
        await screen.press("slash", "x", "enter")

    assert look_at(strata(tmp_path, ()), steps) == 0


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (40, 12), (200, 60)])
def test_sizes_of_screens(found: Strata, size: tuple[int, int]) -> None:
    async def steps(screen: Screen) -> None:
        await screen.press("down", "tab", "c", "b", "question_mark")
        assert "other" in screen.text()
        await screen.press("escape", "b")
        lines = screen.lines()
        assert max(map(len, lines)) <= size[0]
        assert len(lines) <= size[1]
        assert "~ 10.0 MB" in screen.text(), "sizes stay"
        beside = [line for line in lines if "5.40 MB" in line and "▾" in line]
        assert bool(beside) == (size[0] >= 76), "narrow ones have the panes below each other"

    look_at(found, steps, size=size)


def test_many_files_stay_quick(tmp_path: Path) -> None:
    """Lines are made for what is open, and drawn for what is on the screen."""
    many = {f"d{number // 25}/f{number}": b"" for number in range(10_000)}
    found = strata(tmp_path, (many, {"d1/f100": b"1"}))

    async def steps(screen: Screen) -> None:
        drawn: list[int] = []
        files = screen.app.query_one("#files")
        draw = files.line  # type: ignore[attr-defined]
        files.line = lambda number, width: drawn.append(number) or draw(number, width)  # type: ignore
        await screen.press("tab", "down", "down", "space", "down", "down")
        assert len(set(drawn)) < 100
        await screen.press("c", "c", "end")
        assert len(set(drawn)) < 200, "of 10,000 lines, those on the screen"
        assert "f2499" in screen.text()

    look_at(found, steps)
