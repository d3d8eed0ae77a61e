"""fleet.html: the report as one page that needs nothing beside it, and runs no script."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from slimmer.fleet.report import FleetReport
from slimmer.report.page import page_style, template_environment
from slimmer.words import comparison, count, factor, seconds, size


def page_pieces(report: FleetReport, folder: Path) -> Iterator[str]:
    """The page, never in memory as a whole. Reports of builds are linked to from `folder`, where
    they are on this machine."""
    environment = template_environment("slimmer.fleet.formats")
    environment.filters.update(
        comparison=comparison, count=count, factor=factor, seconds=seconds, size=size
    )

    def link(place: str) -> str:
        if not place or not Path(place).is_file():
            return ""
        return quote(os.path.relpath(place, folder))

    style, source = page_style()
    return environment.get_template("fleet.html").generate(
        report=report,
        link=link,
        style=style,
        policy=f"default-src 'none'; style-src {source}; base-uri 'none'; form-action 'none'",
    )
