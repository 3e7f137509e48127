"""`make bench`: every benchmark, or those of PARTS; printed with their spread, and kept in docs/reference/figures.json.

The first `up` ever takes long and is not among them unless it is named: `make bench PARTS=first`.
"""

from __future__ import annotations

import importlib
import os
import sys

from tests.bench import figures

PARTS = ("gate", "large", "expand", "services", "up", "releases")


def main(wanted: list[str]) -> None:
    """Measure each part, record it, and print everything that is on record."""
    known = {*PARTS, "first"}
    if unknown := sorted(set(wanted) - known):
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
    for name in wanted or PARTS:
        print(f"== {name}", flush=True)
        found = importlib.import_module(f"tests.bench.{name}").main()
        figures.keep(found)
        for measured, each in found.items():
            print(figures.line(measured, each), flush=True)


if __name__ == "__main__":
    main(os.environ.get("PARTS", "").split())
