"""What a browser would load or follow from an HTML page, and from an SVG image."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlencode

from selectolax.lexbor import LexborHTMLParser, LexborNode

from slimmer.probing.explore.crawl.stylesheet import stylesheet_links

_ATTRIBUTES = {
    "a": ("href", "xlink:href"),
    "area": ("href",),
    "link": ("href",),
    "script": ("src",),
    "img": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "source": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "track": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "iframe": ("src",),
    "frame": ("src",),
    "input": ("src",),
    "body": ("background",),
}
"""Tag → the attributes that hold a URL."""
_CANDIDATES = {"img": "srcset", "source": "srcset", "link": "imagesrcset"}
_HINTS = frozenset({"dns-prefetch", "preconnect"})
"""`rel` of links that name a server and no document."""
_BUTTONS = frozenset({"submit", "image", "button", "reset", "file"})
_REFRESH = re.compile(r"""^\s*[\d.]*\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']*)""", re.IGNORECASE)
_CHARSET = re.compile(rb"""<meta[^>]+charset=["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)


def page_links(data: bytes, charset: str = "") -> tuple[str, list[str]]:
    """(the text of `<base href>`, the links as they are written, in the order of the page).

    A form with the method GET gives the link that its default values make.
    """
    tree = LexborHTMLParser(_decoded(data, charset))
    base = tree.css_first("base[href]")
    root = tree.root
    links: list[str] = []
    if root is not None:
        for node in root.traverse():
            links.extend(_links(node))
    return (base.attributes.get("href") or "") if base is not None else "", links


def _decoded(data: bytes, charset: str) -> str:
    declared = _CHARSET.search(data[:2048])
    charset = charset or (declared[1].decode("ascii") if declared else "utf-8")
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _links(node: LexborNode) -> Iterator[str]:
    tag = node.tag or ""
    attributes = node.attributes
    if attributes:
        if tag != "link" or not _HINTS.intersection((attributes.get("rel") or "").lower().split()):
            for name in _ATTRIBUTES.get(tag, ()):
                if value := attributes.get(name):
                    yield value
        if tag in _CANDIDATES and (candidates := attributes.get(_CANDIDATES[tag])):
            yield from _srcset(candidates)
        if style := attributes.get("style"):
            yield from stylesheet_links(style)
    if tag == "style":
        yield from stylesheet_links(node.text())
    elif tag == "form":
        yield from _form(node)
    elif tag == "meta" and (attributes.get("http-equiv") or "").lower() == "refresh":
        refresh = _REFRESH.match(attributes.get("content") or "")
        if refresh and refresh[1].strip():
            yield refresh[1].strip()


def _srcset(text: str) -> Iterator[str]:
    """`/small.png 1x, /large.png 2x`. A comma ends a URL only where it ends its word."""
    for word in re.findall(r"[^\s,]\S*", text):
        if not re.fullmatch(r"[\d.]+[wxh],?", word):
            yield word.rstrip(",")


def _form(form: LexborNode) -> Iterator[str]:
    """The link that is followed when the form is sent as it is. `?` alone is the page itself."""
    if (form.attributes.get("method") or "get").strip().lower() != "get":
        return
    action = (form.attributes.get("action") or "").partition("#")[0].partition("?")[0]
    fields = [pair for field in form.css("input,select,textarea,button") for pair in _field(field)]
    buttons = [name for name, _ in fields if name.startswith("\0")]
    pairs = [
        (name.removeprefix("\0"), value)
        for name, value in fields
        if not name.startswith("\0") or name == buttons[0]
    ]
    yield f"{action}?{urlencode(pairs)}"


def _field(field: LexborNode) -> Iterator[tuple[str, str]]:
    """(name, value) of a control that would be sent; a submit button's name has `\\0` in front."""
    attributes = field.attributes
    name = attributes.get("name") or ""
    if not name or "disabled" in attributes:
        return
    if field.tag == "select":
        options = field.css("option")
        chosen = [option for option in options if "selected" in option.attributes] or (
            options[:1] if "multiple" not in attributes else []
        )
        for option in chosen:
            value = option.attributes.get("value")
            yield name, option.text(strip=True) if value is None else value
        return
    if field.tag == "textarea":
        yield name, field.text()
        return
    kind = (attributes.get("type") or ("submit" if field.tag == "button" else "text")).lower()
    value = attributes.get("value") or ""
    if kind == "submit":
        yield f"\0{name}", value
    elif kind in ("checkbox", "radio"):
        if "checked" in attributes:
            yield name, value or "on"
    elif kind not in _BUTTONS:
        yield name, value
