"""The alerts of the undo: when they fire, when they do not, and that somebody knows what to do then."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from platformctl.process import command, text
from platformctl.tools.programs import program
from platformctl.undo.metrics import Metrics

from .conftest import REPO

RULES = REPO.root / "base/platform/release-undo/rules.yaml"


def rules() -> dict[str, Any]:
    """The groups as Prometheus reads them."""
    found: dict[str, Any] = yaml.safe_load(RULES.read_text())["spec"]
    return found


def test_alerts_fire_when_they_should(tmp_path: Path) -> None:
    """promtool holds the rules against recorded series."""
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(rules()))
    shutil.copy(Path(__file__).with_name("alerts.yaml"), tmp_path)

    said = text(command(program(REPO, "promtool"), "test", "rules", tmp_path / "alerts.yaml"))
    assert "SUCCESS" in said


def test_every_alert_has_a_runbook() -> None:
    """Whoever it wakes finds out what to do."""
    for group in rules()["groups"]:
        for rule in group["rules"]:
            runbook = REPO.root / rule["annotations"]["runbook"]
            assert rule["alert"] in runbook.read_text()


def test_alerts_are_about_series_that_there_are() -> None:
    """A renamed metric would silence them."""
    written = RULES.read_text()
    names = [metric.name for metric in Metrics().registry.collect()]

    for name in ("techcommerce_undo_oldest_seconds", "techcommerce_undo_last_look_timestamp_seconds"):
        assert name in names
        assert name in written
