"""What `mkdocs` asks on its way: links from docs/ to files of the repository beside it lead to
pages of the site that hold their text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
BESIDE = {
    "../CONTRIBUTING.md": "contributing.md",
    "../CHANGELOG.md": "changelog.md",
    "../probes/sensor/WIRE.md": "wire.md",
}
"""Link in docs/ → page of the site."""
PLANS = ("../probes/plans", "plans.md")
"""The folder of ready plans has no page; `slim plans` lists them."""
_LINK = re.compile(r"\]\(([^)\s#]+)")


def on_files(files: Files, config: Any) -> Files:
    """With a page for each of them."""
    for link, page in BESIDE.items():
        source = (ROOT / "docs" / link).resolve().read_text("utf-8")
        files.append(File.generated(config, page, content=_LINK.sub(_of_root, source)))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Its links to these files as links to the pages."""
    up = "../" * page.file.src_uri.count("/")
    known = dict((*BESIDE.items(), PLANS))

    def inside(match: re.Match[str]) -> str:
        target = known.get(match[1].removeprefix(up) if up else match[1])
        return f"]({up}{target}" if target else match[0]

    return _LINK.sub(inside, markdown)


def _of_root(match: re.Match[str]) -> str:
    """A link in one of them, from its place in the repository, as one from docs/."""
    return f"]({match[1].removeprefix('docs/').removeprefix('../../docs/')}"
