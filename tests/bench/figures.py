"""Figures: a median with its spread, when and on what it was measured; printed, and kept as a JSON record."""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from tests.e2e.live import ROOT

RECORD = ROOT / "docs/reference/figures.json"
README = ROOT / "README.md"
BLOCK = re.compile(r"(?<=\n## Figures\n\n```text\n).*?(?=```\n)", re.DOTALL)
HEADLINES = (  # of the record, for the README
    "first up ever",
    "up, tools and images built",
    "up again",
    "push to Synced",
    "push to the new version's first request",
    "push to full promotion",
    "push to abort",
    "push to revert commit",
    "a loop over 30 overlays",
    "the best pipeline",
    "the gate, nothing kept",
    "the gate, nothing changed",
    "the best pipeline against it, nothing kept",
    "the best pipeline against it, nothing changed",
    "objects a second, nothing kept",
    "one file of an overlay changed",
    "memory of all its processes, nothing kept",
    "10,000 Applications, cold",
    "10,000 Applications, one file changed",
    "listing, of the bare route's requests/s",
    "search at half load, p99 / p50",
    "gateway, added at the median",
)

Figure = dict[str, Any]


def figure(values: Sequence[float], unit: str) -> Figure:
    """Median and spread with what they were measured on."""
    return {
        "median": round(statistics.median(values), 2),
        "min": round(min(values), 2),
        "max": round(max(values), 2),
        "runs": len(values),
        "unit": unit,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release().split('-')[0]}",
    }


def line(name: str, found: Figure) -> str:
    """One figure as a line of text."""
    kept = f", {found['kept_gb']} GB kept" if "kept_gb" in found else ""
    spread = f"{found['min']} to {found['max']}, {found['runs']} runs" if found["runs"] > 1 else "1 run"
    return f"{name:<44}{found['median']:>9} {found['unit']}  ({spread}{kept}; {found['date']}, {found['machine']})"


def record() -> dict[str, Figure]:
    """What was measured so far, by name."""
    found: dict[str, Figure] = json.loads(RECORD.read_text()) if RECORD.is_file() else {}
    return found


def keep(figures: Mapping[str, Figure]) -> None:
    """Add figures to the record, and show the headlines in the README."""
    known = record() | dict(figures)
    RECORD.write_text(json.dumps(known, indent=2) + "\n")
    lines = "".join(f"{line(name, known[name])}\n" for name in HEADLINES if name in known)
    text, count = BLOCK.subn(lambda _: lines, README.read_text())
    if count != 1:
        raise ValueError(f"{README} has no block of figures to write them to")
    README.write_text(text)
