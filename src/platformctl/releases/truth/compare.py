"""Holds what runs against what Git demands; a release that is under way is told apart from a difference."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.manifests import mapping
from platformctl.releases.truth.containers import pod_differences, setting_names
from platformctl.releases.truth.difference import Comparison, Difference, Progress
from platformctl.releases.truth.running import Running, RunningPod, RunningWorkload
from platformctl.releases.truth.wanted import Wanted, Workload

Object = Mapping[str, Any]


def compare(wanted: Wanted, running: Running, commit: str = "") -> Comparison:
    """Compare every workload; without a single one, or a single pod, nothing was verified, and that is an error."""
    differences: list[Difference] = []
    progress: list[Progress] = []
    pods = 0
    for workload in wanted.workloads:
        live = running.workloads.get((workload.kind, workload.namespace, workload.name))
        if live is None:
            differences.append(_of(workload, workload.name, "workload", workload.kind, "is there", "is missing"))
            continue
        pods += len(live.pods)
        if live.moving:
            progress.append(Progress(workload.place, live.moving))
        differences += _workload(workload, live)
        differences += _settings(workload, wanted, running)
    if not pods:
        raise PlatformError(
            "nothing was compared",
            why=f"{len(wanted.workloads)} workloads in Git, and not one pod of theirs runs",
            fix="is this the right cluster? choose it with --name or --context, and what it runs with --cluster",
            exit_code=TOOL_FAILURE,
        )
    places = tuple(dict.fromkeys(workload.place for workload in wanted.workloads))
    return Comparison(places, pods, tuple(sorted(differences)), tuple(sorted(progress)), commit)


def _workload(workload: Workload, live: RunningWorkload) -> Iterator[Difference]:
    judged = [pod for pod in live.pods if not pod.leaving and not _excused(pod, live)]
    for pod in judged:
        for found in pod_differences(workload.spec, pod.content):
            yield _of(workload, pod.name, *found)
    if workload.replicas is not None and not live.moving:
        count = len([pod for pod in live.pods if not pod.leaving])
        if not workload.replicas.least <= count <= workload.replicas.most:
            bounds = {workload.replicas.least, workload.replicas.most}
            yield _of(workload, workload.name, "replicas", "pods", " to ".join(map(str, sorted(bounds))), str(count))


def _excused(pod: RunningPod, live: RunningWorkload) -> bool:
    """A pod of the version before, while the new one is on its way."""
    return bool(live.moving) and pod.version != live.current


def _settings(workload: Workload, wanted: Wanted, running: Running) -> Iterator[Difference]:
    """A ConfigMap is called by its content, and somebody may have changed the content all the same."""
    for name in sorted(setting_names(workload.spec)):
        ours = wanted.settings.get((workload.namespace, name))
        theirs = running.settings.get((workload.namespace, name))
        if ours is None:
            continue  # not of this Application: another one, or an operator, keeps it
        shown = f"ConfigMap {name}"
        if theirs is None:
            yield _of(workload, shown, "settings", "data", _digest(ours), "is missing")
        elif _digest(ours) != _digest(theirs):
            yield _of(workload, shown, "settings", "data", _digest(ours), _digest(theirs))


def _digest(content: Object) -> str:
    data = {key: dict(mapping(content.get(key))) for key in ("data", "binaryData")}
    return "sha256:" + hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def _of(workload: Workload, pod: str, what: str, path: str, wanted: str, found: str) -> Difference:
    return Difference(workload.place, pod, what, path, wanted, found)
