"""Objects as the API server gives them in the course of a release, with every field that Argo Rollouts 1.10 writes."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

Object = dict[str, Any]
BEGIN = datetime.datetime(2026, 1, 15, 9, 30, 0, tzinfo=datetime.UTC)
OLD, NEW, BEFORE = "6d4f9c7b58", "7c9d5b66f4", "5f7c8d9b6c"
DIGESTS = {OLD: "1f2e3d4c5b6a" + "0" * 52, NEW: "a9b8c7d6e5f4" + "1" * 52, BEFORE: "0c0c0c0c0c0c" + "2" * 52}
TAGS = {OLD: "0.4.1", NEW: "0.5.0", BEFORE: "0.4.0"}
CANARY_STEPS = (
    {"setWeight": 20},
    {"pause": {"duration": "30s"}},
    {"analysis": {"templates": [{"templateName": "success-rate", "clusterScope": True}]}},
    {"setWeight": 60},
    {"pause": {}},
)


def at(seconds: float) -> str:
    """The API's form of a moment so many seconds after the release began."""
    return (BEGIN + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(seconds: float) -> datetime.datetime:
    """The same as a moment."""
    return BEGIN + datetime.timedelta(seconds=seconds)


def image(service: str, hash_: str) -> str:
    """The image of a version."""
    return f"ghcr.io/techcommerce/{service}:{TAGS[hash_]}@sha256:{DIGESTS[hash_]}"


def uid(kind: str, name: str, namespace: str) -> str:
    """A uid that is the same whenever it is asked for."""
    digest = hashlib.sha256(f"{kind}/{namespace}/{name}".encode()).hexdigest()
    return f"00000000-0000-4000-8000-{digest[:12]}"


def rollout(
    service: str = "frontend",
    namespace: str = "staging",
    *,
    revision: int = 7,
    strategy: Mapping[str, Any] | None = None,
    **status: Any,
) -> Object:
    """A Rollout; what is given as `status` replaces what a promoted canary has."""
    chosen = strategy or canary()
    steps = len(chosen["canary"]["steps"]) if "canary" in chosen else None
    whole: Object = {
        "HPAReplicas": 2,
        "availableReplicas": 2,
        "blueGreen": {},
        "canary": {},
        "conditions": [
            condition("Available", "AvailableReason", "Rollout has minimum availability", -3600),
            condition("Progressing", "NewReplicaSetAvailable", f'ReplicaSet "{service}-{NEW}" has progressed.', 0),
        ],
        "currentPodHash": NEW,
        "currentStepHash": "6c9d7f5b8d",
        "observedGeneration": "12",
        "phase": "Healthy",
        "readyReplicas": 2,
        "replicas": 2,
        "selector": f"app.kubernetes.io/name={service}",
        "stableRS": NEW,
        "updatedReplicas": 2,
        **({"currentStepIndex": steps} if steps is not None else {}),
        **status,
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {
            "annotations": {
                "argocd.argoproj.io/sync-wave": "1",
                "argocd.argoproj.io/tracking-id": f"{service}-{namespace}:argoproj.io/Rollout:{namespace}/{service}",
                "rollout.argoproj.io/revision": str(revision),
            },
            "creationTimestamp": at(-86400),
            "generation": 12,
            "labels": {"app.kubernetes.io/name": service, "app.kubernetes.io/part-of": "techcommerce"},
            "name": service,
            "namespace": namespace,
            "resourceVersion": "48211",
            "uid": uid("Rollout", service, namespace),
        },
        "spec": {
            "progressDeadlineAbort": True,
            "progressDeadlineSeconds": 300,
            "replicas": 2,
            "revisionHistoryLimit": 5,
            "rollbackWindow": {"revisions": 3},
            "selector": {"matchLabels": {"app.kubernetes.io/name": service}},
            "strategy": dict(chosen),
            "template": template(service, whole["currentPodHash"] or NEW),
        },
        "status": {key: value for key, value in whole.items() if value is not None},
    }


def canary(steps: Sequence[Mapping[str, Any]] = CANARY_STEPS) -> Object:
    """A canary with a traffic router, as base/frontend has it."""
    return {
        "canary": {
            "canaryService": "frontend-canary",
            "stableService": "frontend-stable",
            "maxSurge": 1,
            "maxUnavailable": 0,
            "scaleDownDelaySeconds": 30,
            "steps": [dict(each) for each in steps],
            "trafficRouting": {"traefik": {"weightedTraefikServiceName": "frontend"}},
        }
    }


def blue_green() -> Object:
    """Blue-green, as base/order-api has it."""
    return {
        "blueGreen": {
            "activeService": "order-api",
            "previewService": "order-api-preview",
            "prePromotionAnalysis": {"templates": [{"templateName": "smoke", "clusterScope": True}]},
            "scaleDownDelaySeconds": 600,
        }
    }


def condition(kind: str, reason: str, message: str, seconds: float, status: str = "True") -> Object:
    """A condition of a Rollout."""
    return {
        "lastTransitionTime": at(seconds),
        "lastUpdateTime": at(seconds),
        "message": message,
        "reason": reason,
        "status": status,
        "type": kind,
    }


def weights(canary_: int, new: str = NEW, old: str = OLD) -> Object:
    """The weights that the controller says it has set."""
    return {
        "canary": {"podTemplateHash": new, "serviceName": "frontend-canary", "weight": canary_},
        "stable": {"podTemplateHash": old, "serviceName": "frontend-stable", "weight": 100 - canary_},
    }


def template(service: str, hash_: str) -> Object:
    """A pod template, short of what nothing here reads."""
    return {
        "metadata": {"labels": {"app.kubernetes.io/name": service, "app.kubernetes.io/part-of": "techcommerce"}},
        "spec": {
            "containers": [
                {
                    "name": service,
                    "image": image(service, hash_),
                    "args": ["serve"],
                    "ports": [{"name": "http", "containerPort": 3000, "protocol": "TCP"}],
                    "resources": {
                        "requests": {"cpu": "25m", "memory": "80Mi", "ephemeral-storage": "16Mi"},
                        "limits": {"cpu": "1", "memory": "384Mi", "ephemeral-storage": "128Mi"},
                    },
                }
            ]
        },
    }


def replica_set(
    hash_: str, revision: int, *, service: str = "frontend", namespace: str = "staging", replicas: int = 2,
    ready: int | None = None, born: float = 0, history: str = "",
) -> Object:  # fmt: skip
    """A ReplicaSet of a version; `history` are the revisions that it had before, `born` is in seconds."""
    name = f"{service}-{hash_}"
    count = replicas if ready is None else ready
    whole = template(service, hash_)
    whole["metadata"]["labels"]["rollouts-pod-template-hash"] = hash_
    return {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "metadata": {
            "annotations": {
                "rollout.argoproj.io/desired-replicas": "2",
                "rollout.argoproj.io/revision": str(revision),
                **({"rollout.argoproj.io/revision-history": history} if history else {}),
            },
            "creationTimestamp": at(born),
            "labels": {"app.kubernetes.io/name": service, "rollouts-pod-template-hash": hash_},
            "name": name,
            "namespace": namespace,
            "ownerReferences": [owner("Rollout", service, namespace)],
            "uid": uid("ReplicaSet", name, namespace),
        },
        "spec": {"replicas": replicas, "template": whole},
        "status": {"replicas": replicas, "readyReplicas": count, "availableReplicas": count, "observedGeneration": 3},
    }


def owner(kind: str, name: str, namespace: str) -> Object:
    """An owner's reference."""
    group = "apps/v1" if kind == "ReplicaSet" else "argoproj.io/v1alpha1"
    return {
        "apiVersion": group,
        "blockOwnerDeletion": True,
        "controller": True,
        "kind": kind,
        "name": name,
        "uid": uid(kind, name, namespace),
    }


def pod(
    hash_: str, suffix: str, *, service: str = "frontend", namespace: str = "staging", ready: bool = True,
    born: float = 0, restarts: int = 0, waiting: str = "", last: str = "",
) -> Object:  # fmt: skip
    """A pod of a version; `waiting` and `last` are the kubelet's reasons for the container's state and its last one."""
    name = f"{service}-{hash_}-{suffix}"
    state: Object = {"waiting": {"reason": waiting}} if waiting else {"running": {"startedAt": at(born + 1)}}
    ended = {"terminated": {"reason": last, "exitCode": 137, "startedAt": at(born), "finishedAt": at(born + 9)}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "creationTimestamp": at(born),
            "labels": {"app.kubernetes.io/name": service, "rollouts-pod-template-hash": hash_},
            "name": name,
            "namespace": namespace,
            "ownerReferences": [owner("ReplicaSet", f"{service}-{hash_}", namespace)],
            "uid": uid("Pod", name, namespace),
        },
        "spec": template(service, hash_)["spec"],
        "status": {
            "phase": "Running",
            "startTime": at(born),
            "conditions": [{"type": "Ready", "status": "True" if ready else "False"}],
            "containerStatuses": [
                {
                    "name": service,
                    "image": image(service, hash_),
                    "imageID": image(service, hash_).replace(f":{TAGS[hash_]}", ""),
                    "ready": ready,
                    "restartCount": restarts,
                    "state": state,
                    "lastState": ended if last else {},
                }
            ],
        },
    }


def run(
    name: str, phase: str, metrics: Sequence[tuple[Object, Object]], *, service: str = "frontend",
    namespace: str = "staging", kind: str = "Step", step: int | None = 2, revision: int = 7, message: str = "",
    began: float = 35, ended: float | None = None, arguments: Mapping[str, str] | None = None,
) -> Object:  # fmt: skip
    """An AnalysisRun of pairs: a metric of the spec, and its result."""
    labels = {"rollout-type": kind, "rollouts-pod-template-hash": NEW}
    if step is not None and kind == "Step":
        labels["step-index"] = str(step)
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AnalysisRun",
        "metadata": {
            "annotations": {"rollout.argoproj.io/revision": str(revision)},
            "creationTimestamp": at(began),
            "labels": labels,
            "name": name,
            "namespace": namespace,
            "ownerReferences": [owner("Rollout", service, namespace)],
            "uid": uid("AnalysisRun", name, namespace),
        },
        "spec": {
            "args": [{"name": key, "value": value} for key, value in (arguments or {}).items()],
            "metrics": [metric for metric, _ in metrics],
        },
        "status": {
            "phase": phase,
            "message": message,
            "metricResults": [result for _, result in metrics if result],
            "startedAt": at(began),
            **({"completedAt": at(ended)} if ended is not None else {}),
        },
    }


def metric(
    name: str, condition_: str, values: Sequence[tuple[str, str]], *, phase: str, began: float = 40, every: float = 10,
    count: int = 5, failure_limit: int = 2, provider: Mapping[str, Any] | None = None, message: str = "",
) -> tuple[Object, Object]:  # fmt: skip
    """A metric with its result; `values` are pairs of a measurement's value and phase, `every` so many seconds."""
    spec: Object = {
        "name": name,
        "count": count,
        "interval": f"{every:.0f}s",
        "failureLimit": failure_limit,
        "successCondition": condition_,
        "provider": dict(provider or {"prometheus": {"query": "sum(rate(http_requests_total[1m]))"}}),
    }
    measured = [
        {
            "phase": outcome,
            "startedAt": at(began + every * index),
            "finishedAt": at(began + every * index),
            **({"value": value} if value else {}),
            **({"message": message} if outcome == "Error" and message else {}),
        }
        for index, (value, outcome) in enumerate(values)
    ]
    counts = {key: sum(outcome == key for _, outcome in values) for key in ("Successful", "Failed", "Inconclusive")}
    resolved = {"ResolvedPrometheusQuery": spec["provider"]["prometheus"]["query"]} if provider is None else {}
    result: Object = {
        "name": name,
        "phase": phase,
        "count": sum(counts.values()),
        "measurements": measured,
        "metadata": resolved,
        **{key.lower(): value for key, value in counts.items() if value},
    }
    return spec, result if values else {}


def event(
    reason: str, message: str, first: float, *, last: float | None = None, service: str = "frontend",
    namespace: str = "staging", warning: bool = False,
) -> Object:  # fmt: skip
    """An event of the controller about a Rollout."""
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{service}.{reason.lower()}.{first:g}", "namespace": namespace},
        "involvedObject": {
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": service, "namespace": namespace,
            "uid": uid("Rollout", service, namespace),
        },
        "reason": reason,
        "message": message,
        "source": {"component": "rollouts-controller"},
        "firstTimestamp": at(first),
        "lastTimestamp": at(first if last is None else last),
        "count": 1 if last is None else 2,
        "type": "Warning" if warning else "Normal",
    }  # fmt: skip
