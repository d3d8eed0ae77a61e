"""The gates of `slim check`, one file each. A new one is a file and a line here."""

from __future__ import annotations

from typing import Final

from slimmer.check.gate import Gate
from slimmer.check.gates import (
    forbid,
    max_growth,
    max_hidden,
    max_size,
    min_efficiency,
    no_setuid,
    no_shell,
    scan,
    structure_test,
)

GATES: Final[tuple[Gate, ...]] = (
    max_size.GATE,
    max_growth.GATE,
    min_efficiency.GATE,
    max_hidden.GATE,
    no_setuid.GATE,
    no_shell.GATE,
    forbid.GATE,
    structure_test.GATE,
    scan.GATE,
)
"""In the order in which they are told."""
