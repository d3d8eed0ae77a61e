"""The documents as a site: it builds strictly, its links lead somewhere, and its tables are those
of the source."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.schemas import COMMAND
from tests.site_pages import COMPARED, REFERENCE
from tests.unit.test_docs import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def links(page: Path) -> Iterator[str]:
    for node in LexborHTMLParser(page.read_text("utf-8")).css("[href], [src]"):
        target = node.attributes.get("href") or node.attributes.get("src") or ""
        if target and not target.startswith(("http", "mailto:", "data:")):
            yield unquote(target)


def test_every_link_of_every_page_leads_to_a_file_and_an_anchor(site: Path) -> None:
    pages = [page for page in site.rglob("*.html") if page.name != "404.html"]
    known = {
        page: {
            node.attributes.get("id")
            for node in LexborHTMLParser(page.read_text("utf-8")).css("[id]")
        }
        for page in pages
    }
    found, broken = 0, []
    for page in pages:
        for link in links(page):
            path, anchor = urldefrag(link)
            target = (page.parent / path).resolve() if path else page
            target = target / "index.html" if target.is_dir() else target
            found += 1
            if not target.exists() or (anchor and anchor not in known.get(target, {anchor})):
                broken.append(f"{page.relative_to(site)}: {link}")
    assert found > 1000
    assert broken == []


def test_each_document_is_a_page(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        name = page.relative_to(ROOT / "docs").with_suffix("")
        file = site / "index.html" if name.name == "index" else site / name / "index.html"
        assert file.exists(), name


def test_pages_ask_no_other_host(site: Path) -> None:
    """For a font, a script or a picture: a reader's address is nobody's business."""
    for page in site.rglob("*.html"):
        tree = LexborHTMLParser(page.read_text("utf-8"))
        loaded = tree.css("script[src], img[src], link[rel=stylesheet], link[rel=preconnect]")
        targets = [node.attributes.get("src") or node.attributes.get("href") for node in loaded]
        assert [target for target in targets if str(target).startswith("http")] == []


@pytest.mark.parametrize(
    ("file", "name"),
    [(REFERENCE, "reference"), (COMPARED, "compared")],
    ids=["reference", "compared"],
)
def test_tables_are_those_of_the_source(file: Path, name: str) -> None:
    """In a process of its own: click remembers the help option of the context that was first."""
    program = f"import sys; from tests.site_pages import {name}; sys.stdout.write({name}())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert file.read_text("utf-8") == done.stdout, f"`{COMMAND}` writes it anew"
