"""`python -m tests.bench.fidelity_switch on|off ARGUMENTS…`: `slim`, with or without its fidelity
check. There is no such option for users; both ways import the same, so that they can be compared.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from concurrent.futures import Future

from slimmer.build import verify as verification
from slimmer.cli.main import main
from slimmer.values import Fidelity


class NoChecks:
    """In place of FidelityChecks."""

    def __init__(self, *_: object) -> None: ...

    def start(self, loaded: Mapping[str, str]) -> list[Future[Fidelity]]:
        """Nothing is checked."""
        return []


if __name__ == "__main__":
    if sys.argv[1] == "off":
        vars(verification).update(FidelityChecks=NoChecks)
    main(sys.argv[2:])
