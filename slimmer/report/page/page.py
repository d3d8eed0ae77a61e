"""report.html: the report as one page that needs nothing beside it.

Style, script and data are inside; the page's own policy forbids every request, and names the
script and the style by their hashes, so nothing that a file's name smuggles in could run even
if it were not escaped. Words that repeat (directories, rules, details) are in it once: 5,000
paths take about half a megabyte, and for more than fit into 1.5 MB it refers to report.json.

Whatever a template puts out is made printable and escaped, names chosen by strangers like our
own words; only the style, the script and the data, made here, pass as they are.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from slimmer.report.page.data import listed_paths, page_data
from slimmer.report.page.values import FILTERS, page_values
from slimmer.report.report import Report
from slimmer.words import printable

if TYPE_CHECKING:
    from jinja2 import Environment, Template

_FILES: Final = resources.files("slimmer.report.page") / "files"
_SCRIPTS: Final = ("elements.js", "map.js", "kept.js", "tables.js")
"""One script when they are put together."""


def to_page(report: Report) -> str:
    """The report as HTML text, to be written as UTF-8."""
    return "".join(page_pieces(report))


def page_pieces(report: Report) -> Iterator[str]:
    """The same, never in memory as a whole."""
    from markupsafe import Markup

    style, style_source = page_style()
    script = "".join((_FILES / name).read_text("utf-8") for name in _SCRIPTS)
    kept = listed_paths(report.kept)
    policy = (
        f"default-src 'none'; style-src {style_source}; "
        f"script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    )
    return prepare_page().generate(
        page_values(report),
        policy=policy,
        style=style,
        script=Markup(script),
        listed_paths=len(kept),
        page_data=map(Markup, page_data(report, kept)),
    )


@cache
def prepare_page() -> Template:
    """The page's template, read once in a process, while a build waits for something else."""
    environment = template_environment("slimmer.report.page")
    environment.filters.update(FILTERS)
    return environment.get_template("page.html")


def template_environment(package: str) -> Environment:
    """For the templates of a package's folder `templates`: whatever they put out is made printable
    and escaped."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    from slimmer.report.page.compiled import CompiledTemplates

    def finalize(value: Any) -> Any:
        return printable(value) if isinstance(value, str) and type(value) is not Markup else value

    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        bytecode_cache=CompiledTemplates(package),
        auto_reload=False,
    )
    environment.globals["newline"] = Markup("\n")
    return environment


def page_style() -> tuple[Any, str]:
    """The style sheet, as it stands in a page, and the source by which the page's policy lets it
    in."""
    from markupsafe import Markup

    style = (_FILES / "page.css").read_text("utf-8")
    return Markup(style), f"'{_hash(style)}'"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
