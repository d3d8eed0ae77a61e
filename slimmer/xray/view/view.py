"""The way into the view. What draws it is an extra, and is loaded only here."""

from __future__ import annotations

from collections.abc import Callable

from slimmer.xray.strata import Strata

Why = Callable[[str], str]
"""Path → why a slim image has it or not, in lines that may be coloured (ANSI)."""


def show(strata: Strata, why: Why | None = None) -> None:
    """Let the user look around, until he has seen enough. Needs a terminal, and Textual. `why` is
    None where no report is known."""
    from slimmer.xray.view.app import View

    View(strata, why).run()
