"""What runs where, from the live objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from platformctl.cluster.bootstrap import applications
from platformctl.cluster.kubectl import Kubectl


def components_table(state: Mapping[str, Any]) -> str:
    """One line a component of the embedded cluster."""
    rows = [("component", "pid", "ready", "restarts")]
    for name, row in sorted(state.get("components", {}).items()):
        rows.append((name, str(row["pid"] or "-"), "yes" if row["ready"] else "no", str(row["restarts"])))
    return aligned(rows)


def services_table(client: Kubectl) -> tuple[str, bool]:
    """One line an Application, the services with image and replicas; and whether all are Synced and Healthy."""
    rollouts = {
        (item["metadata"]["namespace"], item["metadata"]["name"]): item
        for item in client.get("rollouts.argoproj.io", "-A")
    }
    rows = [("application", "namespace", "sync", "health", "revision", "image digest", "replicas")]
    good = True
    for app in sorted(applications(client), key=_sort_key):
        status = app.get("status", {})
        sync, health = status.get("sync", {}), status.get("health", {}).get("status", "Unknown")
        good = good and (sync.get("status"), health) == ("Synced", "Healthy")
        namespace = app["spec"]["destination"].get("namespace", "")
        rollout = rollouts.get((namespace, app["metadata"].get("labels", {}).get("service", "")))
        rows.append(
            (
                app["metadata"]["name"], namespace, sync.get("status", "Unknown"), health,
                (sync.get("revision") or "-")[:12], *(_image_and_replicas(rollout) if rollout else ("", "")),
            )
        )  # fmt: skip
    return aligned(rows), good and len(rows) > 1


def aligned(rows: Iterable[tuple[str, ...]]) -> str:
    """Columns as wide as their longest word."""
    table = list(rows)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table
    )


def _sort_key(app: dict[str, Any]) -> tuple[bool, str, str]:
    service = app["metadata"].get("labels", {}).get("service", "")
    return (not service, app["spec"]["destination"].get("namespace", ""), app["metadata"]["name"])


def _image_and_replicas(rollout: dict[str, Any]) -> tuple[str, str]:
    status = rollout.get("status", {})
    image = rollout["spec"]["template"]["spec"]["containers"][0]["image"]
    digest = image.partition("@sha256:")[2][:12] or image
    return digest, f"{status.get('availableReplicas', 0)}/{status.get('replicas', 0)}"
