"""What the type of a field does not say of its values, and the error for a value that is wrong."""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import MISSING, dataclass
from typing import Annotated, Any, Final

_EXCERPT: Final = 80
"""Characters of a wrong value, or key, that an error shows."""


@dataclass(frozen=True, kw_only=True)
class Keywords:
    """What a type does not say of a value, in the words of JSON schemas."""

    minimum: float = 0
    maximum: float = math.inf
    words: tuple[str, ...] = ()
    """The only texts that may stand there (`enum` of a schema); empty: any."""
    pattern: str = ""
    """What the whole of a text matches, in what Python and JavaScript understand alike."""
    items: int = 0
    """The least number of elements (`minItems`)."""


Digest = Annotated[str, Keywords(pattern="sha256:[0-9a-f]{64}")]
AbsolutePath = Annotated[str, Keywords(pattern=r"/[^\x00]*")]


class Mismatch(ValueError):
    """A document that is not of its form. The text begins with the place: `kept[3].size: …`."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self._what = what
        self._place = ""

    def __str__(self) -> str:
        return f"{self._place.lstrip('.')}: {self._what}" if self._place else self._what

    def below(self, step: str | int) -> Mismatch:
        """The same mismatch, seen from the value around it."""
        own = f"[{step}]" if isinstance(step, int) else f".{json.dumps(step)[1:-1][:_EXCERPT]}"
        self._place = own + self._place
        return self


def default_of(field: dataclasses.Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def shown(value: Any) -> str:
    """A wrong value in an error: containers by their type alone, which may be nested deeply."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and abs(value) > 1 << 64:
        return "a huge number"
    text = json.dumps(value)
    return text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}…"
