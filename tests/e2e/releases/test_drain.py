"""Pods that end while people shop: each finishes what it has begun, and nobody notices."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.live import Live, eventually
from tests.e2e.releases.release import show
from tests.e2e.releases.traffic import visitors
from tests.e2e.releases.versions import SERVICES

ENVIRONMENT = "production"  # nothing is released there meanwhile
ENDED_SECONDS = 120.0


@pytest.mark.parametrize("restarts", [3, pytest.param(20, marks=pytest.mark.long)])
def test_restarts_under_load_fail_no_request(live: Live, tmp_path: Path, restarts: int) -> None:
    """One pod after another, of each service in turn, its grace period and its successor's start under traffic."""
    with visitors(live, tmp_path / "traffic", ENVIRONMENT, rate=3, seconds=1200) as traffic:
        for service in itertools.islice(itertools.cycle(SERVICES), restarts):
            _restart(live, service)

    summary = traffic.summary
    show("drain", restarts=restarts, requests=summary.requests, failed=summary.failed, wrong=summary.wrong)
    assert (summary.failed, summary.wrong) == (0, 0)
    assert summary.requests > 20 * restarts


def _restart(live: Live, service: str) -> None:
    before = _pods(live, service)
    oldest = min(before, key=lambda pod: str(pod["metadata"]["creationTimestamp"]))["metadata"]["name"]
    live.kubectl("delete", "pod", "-n", ENVIRONMENT, oldest, "--wait=false")

    def replaced() -> bool:
        pods = _pods(live, service)
        return oldest not in {pod["metadata"]["name"] for pod in pods} and sum(map(_ready, pods)) >= len(before)

    eventually(f"{oldest} is gone and replaced", replaced, ENDED_SECONDS)


def _pods(live: Live, service: str) -> list[dict[str, Any]]:
    return live.objects("pods", "-n", ENVIRONMENT, "-l", f"app.kubernetes.io/name={service}")


def _ready(pod: dict[str, Any]) -> bool:
    conditions = {item["type"]: item["status"] for item in pod["status"].get("conditions", ())}
    return conditions.get("Ready") == "True"
