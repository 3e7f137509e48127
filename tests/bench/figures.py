"""Figures: a median with its spread, when and on what it was measured; printed, and kept as a JSON record."""

from __future__ import annotations

import datetime
import json
import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from tests.e2e.live import ROOT

RECORD = ROOT / "docs/reference/figures.json"

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
    """Add figures to the record."""
    RECORD.write_text(json.dumps(record() | dict(figures), indent=2) + "\n")
