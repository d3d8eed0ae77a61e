"""`python -m tests.fleet simulation|engines|sharing`: see the modules of these names."""

from __future__ import annotations

import argparse
import sys

from tests.fleet.samples import DEBIAN


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fleet", description=__doc__)
    parser.add_argument("what", choices=("simulation", "engines", "sharing"))
    parser.add_argument("--count", type=int, default=10_000, help="of the simulation's builds")
    parser.add_argument("--copies", type=int, default=4, help="of each sample, for the engines")
    parser.add_argument("names", nargs="*", metavar="NAME", help="samples (default: all of Debian)")
    asked = parser.parse_intermixed_args()
    names = asked.names or list(DEBIAN)
    if asked.what == "simulation":
        from tests.fleet.simulation import simulate

        simulate(asked.count, sys.stdout)
        return 0
    if asked.what == "sharing":
        from tests.fleet.sharing import compare

        return compare(names)
    from tests.fleet.engines import try_engines

    return try_engines(names, copies=asked.copies)


if __name__ == "__main__":
    sys.exit(main())
