"""What end-to-end tests leave for whoever looks at a failure."""

from __future__ import annotations

import subprocess
from collections.abc import Generator
from pathlib import Path

import pytest

from platformctl.cluster import config

DIAGNOSES = (
    ("get", "applications", "-n", "argocd"),
    ("get", "pods", "-A", "-o", "wide"),
    ("get", "rollouts", "-A"),
    ("get", "events", "-A", "--sort-by=.lastTimestamp"),
)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the cluster's state to the report of a failed test."""
    report = yield
    live = item.funcargs.get("live") if isinstance(item, pytest.Function) else None
    if report.failed and live is not None and config.find(live.cluster.name):
        for words in DIAGNOSES:
            try:
                report.sections.append((f"kubectl {' '.join(words)}", live.kubectl(*words)[-6000:]))
            except (subprocess.SubprocessError, OSError) as error:
                report.sections.append((f"kubectl {' '.join(words)}", repr(error)))
        for log in sorted(Path(live.cluster.folder, "logs").glob("*.log")):
            report.sections.append((log.name, log.read_text(errors="replace")[-1500:]))
    return report
