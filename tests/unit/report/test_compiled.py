"""Compiled templates are kept beside the templates, and never believed where they do not fit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, PackageLoader

from slimmer.report.page.compiled import CompiledTemplates


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A package with one template."""
    (tmp_path / "pages" / "templates").mkdir(parents=True)
    (tmp_path / "pages" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    yield "pages"
    sys.modules.pop("pages", None)


def rendered(package: str, template: Path, text: str = "") -> str:
    if text:
        template.write_text(text)
    environment = Environment(
        loader=PackageLoader(package), bytecode_cache=CompiledTemplates(package), autoescape=True
    )
    return environment.get_template(template.name).render(name="<b>")


def kept(tmp_path: Path) -> list[Path]:
    return sorted(tmp_path.glob("pages/templates/__pycache__/*"))


def test_a_template_is_compiled_once(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "pages" / "templates" / "page.html"
    assert rendered(package, page, "{{ name }}!") == "&lt;b&gt;!"
    assert len(kept(tmp_path)) == 1

    def compiled(*_: object, **__: object) -> None:
        raise AssertionError("it is compiled again")

    monkeypatch.setattr(Environment, "compile", compiled)
    assert rendered(package, page) == "&lt;b&gt;!"


def test_another_text_and_a_garbled_file_are_compiled_anew(package: str, tmp_path: Path) -> None:
    page = tmp_path / "pages" / "templates" / "page.html"
    rendered(package, page, "{{ name }}!")
    assert rendered(package, page, "{{ name }}?") == "&lt;b&gt;?"
    (file,) = kept(tmp_path)
    whole = file.read_bytes()
    for garbled in (b"", whole[:30], whole[:-20]):
        file.write_bytes(garbled)
        assert rendered(package, page) == "&lt;b&gt;?"
    assert kept(tmp_path) == [file]


def test_a_version_of_before_is_not_believed(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "pages" / "templates" / "page.html"
    rendered(package, page, "{{ name }}!")
    (file,) = kept(tmp_path)
    before = file.read_bytes()
    monkeypatch.setattr("slimmer.report.page.compiled.__version__", "9.9")
    rendered(package, page)
    assert file.read_bytes() != before


def test_nothing_is_kept_where_python_keeps_nothing(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    page = tmp_path / "pages" / "templates" / "page.html"
    assert rendered(package, page, "{{ name }}!") == "&lt;b&gt;!"
    assert kept(tmp_path) == []


def test_a_folder_that_cannot_be_made_is_no_error(package: str, tmp_path: Path) -> None:
    (tmp_path / "pages" / "templates" / "__pycache__").write_text("a file in the way")
    page = tmp_path / "pages" / "templates" / "page.html"
    assert rendered(package, page, "{{ name }}!") == "&lt;b&gt;!"
