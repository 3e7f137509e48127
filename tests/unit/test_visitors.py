"""The visitors of the release tests stay on this machine, and in their bounds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platformctl.process import Command, ToolError, text
from platformctl.repo import Repo
from platformctl.tools.programs import program

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests/e2e/releases/visitors.js"


def _inspect(base: str) -> str:
    bounds = ("-e", "RATE=4", "-e", "SECONDS=30", "-e", "PEOPLE=20", "-e", "SUMMARY=summary.json")
    return text(Command((str(program(Repo(ROOT), "k6")), "inspect", "-e", f"BASE={base}", *bounds, str(SCRIPT))))


def test_bounds_are_those_that_are_given() -> None:
    """So many a second, for so long, by so many people."""
    scenario = json.loads(_inspect("http://127.0.0.1:8080"))["scenarios"]["visitors"]

    assert (scenario["rate"], scenario["duration"], scenario["maxVUs"]) == (4, "30s", 20)


@pytest.mark.parametrize(
    "base", ["http://shop.techcommerce.example", "https://127.0.0.1:8080", "http://10.0.0.1:8080", ""]
)
def test_only_this_machine_is_visited(base: str) -> None:
    """A mistyped address must not send anybody a thousand requests."""
    with pytest.raises(ToolError, match="not this machine"):
        _inspect(base)
