"""What end-to-end tests leave for whoever looks at a failure."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from platformctl.cluster import config
from tests.e2e.live import Clone, Live, platformctl

DIAGNOSES = (
    ("get", "applications", "-n", "argocd"),
    ("get", "pods", "-A", "-o", "wide"),
    ("get", "rollouts", "-A"),
    ("get", "events", "-A", "--sort-by=.lastTimestamp"),
)

NAME, PORT_OFFSET = "test", "20000"


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """The platform of the working tree, brought up by `platformctl up` and removed at the end.

    TECHCOMMERCE_TEST_CLUSTER names one that runs already and is left as it is.
    """
    running = os.environ.get("TECHCOMMERCE_TEST_CLUSTER")
    if running:
        yield Live.named(running)
        return
    platformctl("down", "--name", NAME)
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET)
    yield Live.named(NAME)
    platformctl("down", "--name", NAME)


@pytest.fixture
def clone(live: Live, tmp_path: Path) -> Clone:
    """A fresh clone from the cluster's Git server."""
    return Clone.of(live, tmp_path / "clone")


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
