"""Waits for Applications, and tells what stands in the way when they do not get there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from platformctl.cluster.bootstrap import applications, refresh
from platformctl.cluster.kubectl import Kubectl
from platformctl.console import Console
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import ToolError

POLL_SECONDS = 1.0
REPORT_SECONDS = 15.0
REFRESH_SECONDS = 10.0
LOG_LINES = 10
UNREADY_PODS = 5


def wait_for_applications(client: Kubectl, console: Console, wanted: Mapping[str, str], seconds: float) -> None:
    """Wait until exactly the `wanted` Applications are Synced at their revision (name -> commit id) and Healthy."""
    deadline = time.monotonic() + seconds
    next_report = time.monotonic() + REPORT_SECONDS
    next_refresh = time.monotonic() + REFRESH_SECONDS
    while left := unfinished(found := applications(client), wanted):
        now = time.monotonic()
        if now > deadline:
            raise PlatformError(
                f"{len(left)} of {len(wanted)} Applications did not get there in {seconds:.0f} s",
                why="\n".join([*left, *troubles(client)]),
                fix="mend what the events say and run `make up` again; `make status` shows the rest",
                exit_code=TOOL_FAILURE,
            )
        if now > next_report:
            next_report = now + REPORT_SECONDS
            console.detail(f"{len(wanted) - len(left)} of {len(wanted)} ready; {left[0]}")
        if now > next_refresh:
            next_refresh = now + REFRESH_SECONDS
            refresh(client, failed_comparisons(found))
        time.sleep(POLL_SECONDS)


def failed_comparisons(found: list[dict[str, Any]]) -> list[str]:
    """Applications whose comparison failed: Argo CD itself tries again with the next change, or after minutes."""
    return [
        app["metadata"]["name"]
        for app in found
        if any(item["type"] == "ComparisonError" for item in app.get("status", {}).get("conditions", []))
    ]


def wait_for_rollouts(client: Kubectl, namespace: str, names: Sequence[str], seconds: int) -> None:
    """Wait until workloads run all their pods; an error has the events and logs of those that are not ready."""
    for name in names:
        try:
            client("rollout", "status", "-n", namespace, name, f"--timeout={seconds}s", timeout=seconds + 10)
        except ToolError as error:
            raise PlatformError(
                f"{name} in {namespace} did not get ready in {seconds} s",
                why="\n".join([error.output.strip(), *troubles(client)]),
                fix="mend what the events say and run `make up` again",
                exit_code=TOOL_FAILURE,
            ) from error


def unfinished(found: list[dict[str, Any]], wanted: Mapping[str, str]) -> list[str]:
    """One line for each Application that is missing, not Synced at its revision, not Healthy, or not wanted."""
    by_name = {app["metadata"]["name"]: app.get("status", {}) for app in found}
    lines = [f"{name}: Git does not have it" for name in sorted(set(by_name) - set(wanted))]
    for name, revision in wanted.items():
        status = by_name.get(name)
        if status is None:
            lines.append(f"{name}: not generated yet")
            continue
        sync, health = status.get("sync", {}), status.get("health", {})
        running = (status.get("operationState") or {}).get("phase") == "Running"
        good = (sync.get("status"), health.get("status"), sync.get("revision")) == (
            "Synced",
            "Healthy",
            revision,
        )
        if not good or running:
            lines.append(f"{name}: {_describe(status)}")
    return lines


def troubles(client: Kubectl) -> list[str]:
    """Events and last log lines of pods that are not ready."""
    lines = []
    for pod in [pod for pod in client.get("pods", "-A") if not _ready(pod)][:UNREADY_PODS]:
        namespace, name = pod["metadata"]["namespace"], pod["metadata"]["name"]
        lines.append(f"--- pod {namespace}/{name}: {pod['status'].get('phase')}")
        events = client.get("events", "-n", namespace, "--field-selector", f"involvedObject.name={name}")
        lines += [f"{event['type']} {event['reason']}: {event['message'][:300]}" for event in events[-5:]]
        lines += _last_log_lines(client, namespace, name)
    return lines


def _last_log_lines(client: Kubectl, namespace: str, name: str) -> list[str]:
    try:
        return client("logs", "-n", namespace, name, "--all-containers", f"--tail={LOG_LINES}").splitlines()
    except ToolError as error:
        return [error.output.strip().splitlines()[-1] if error.output.strip() else "(no log)"]


def _ready(pod: dict[str, Any]) -> bool:
    conditions = {item["type"]: item["status"] for item in pod["status"].get("conditions", [])}
    return pod["status"].get("phase") == "Succeeded" or conditions.get("Ready") == "True"


def _describe(status: dict[str, Any]) -> str:
    sync, health = status.get("sync", {}), status.get("health", {})
    words = [
        sync.get("status", "Unknown"),
        f"at {(sync.get('revision') or 'no revision')[:12]}",
        health.get("status", "Unknown"),
    ]
    operation = status.get("operationState") or {}
    if operation.get("phase") in ("Running", "Failed", "Error"):
        words.append(f"sync {operation['phase']}: {operation.get('message', '')[:200]}")
    words += [f"{item['type']}: {item['message'][:300]}" for item in status.get("conditions", [])]
    unhealthy = [
        f"{row['kind']} {row['name']} {row['health']['status']}"
        for row in status.get("resources", [])
        if row.get("health", {}).get("status") not in (None, "Healthy")
    ]
    return ", ".join([*words, *unhealthy[:5]])
