"""Small pieces of markup. Whatever comes from outside passes through `escaped`."""

from __future__ import annotations

import html

from slimmer.words import printable


def bar(parts: list[tuple[str, float]], whole: float) -> str:
    """A bar as SVG: its widths are attributes, which the page's policy lets through."""
    rectangles = []
    begin = 0.0
    for colour, value in parts:
        width = 100 * value / whole if whole else 0
        rectangles.append(
            f'<rect x="{begin:.2f}" width="{max(width, 0.3):.2f}" height="1" fill="{colour}"/>'
        )
        begin += width
    return (
        '<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(rectangles)}</svg>"
    )


def colour_of(layer: str) -> str:
    """The style sheet's colour for a layer."""
    return f"var(--layer-{layer})" if layer.isalpha() else "var(--original)"


def legend(layer: str) -> str:
    """The small square in a layer's colour."""
    return (
        '<svg class="legend" viewBox="0 0 1 1" aria-hidden="true">'
        f'<rect width="1" height="1" fill="{colour_of(layer)}"/></svg>'
    )


def number_cell(value: float, text: str) -> str:
    """A table's cell that shows a text and is sorted by its value."""
    return f'<td class="number" data-value="{value}">{escaped(text)}</td>'


def escaped(text: str) -> str:
    """Foreign text for the page: on one line, printable, and never markup."""
    return html.escape(printable(text))
