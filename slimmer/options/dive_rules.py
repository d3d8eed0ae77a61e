"""`.dive-ci`: the rules that dive's users have in their repositories.

rules:
  lowestEfficiency: 0.95
  highestWastedBytes: 20MB
  highestUserWastedPercent: 0.20
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from slimmer.options.document import Document


def read_dive_rules(file: Path) -> Mapping[str, str]:
    """Rule → threshold, as it is written. Raises ConfigurationError for what is no such file."""
    root = Document(file).root()
    section = root.section("rules")
    root.finish()
    found = {}
    for name in section.names if section else ():
        assert section is not None
        value = section.take(name)
        if isinstance(value, bool):
            value = str(value).lower()
        if not isinstance(value, str | int | float):
            raise section.error(name, "expected a number, a size, or `disabled`")
        found[name] = str(value)
    return found
