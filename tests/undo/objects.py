"""Objects of a cluster in the middle of an aborted release, shaped as Argo Rollouts 1.10 and Argo CD 3.6 write them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

HEALTHY, BAD = "6d4cf56db6", "7b9f8c5d44"
IMAGE = "ghcr.io/techcommerce/frontend"
DIGESTS = {"0.1.0": "a" * 64, "0.2.0": "b" * 64, "0.3.0": "c" * 64}
START = datetime.datetime(2026, 11, 26, 1, 0, 0, tzinfo=datetime.UTC)
ANALYSIS = (
    'Step-based analysis phase error/failed: Metric "success-rate" assessed Failed due to failed (1) > failureLimit (0)'
)

Object = dict[str, Any]


def image(version: str) -> str:
    """The image of a version as kustomize writes it."""
    return f"{IMAGE}:{version}@sha256:{DIGESTS[version]}"


def at(seconds: int) -> str:
    """A time of the story, in seconds after its start."""
    return (START + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def rollout(
    reason: str | None = ANALYSIS, *, environment: str = "staging", began: int = 100, aborted: int = 130, **status: Any
) -> Object:
    """An aborted Rollout: the reason as its controller appends it, None for an operator's abort."""
    message = "Rollout aborted update to revision 2" + (f": {reason}" if reason else "")
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {
            "name": "frontend",
            "namespace": environment,
            "uid": f"{environment}-frontend",
            "generation": 5,
            "annotations": {
                "argocd.argoproj.io/tracking-id": (
                    f"frontend-{environment}:argoproj.io/Rollout:{environment}/frontend"
                ),
                "rollout.argoproj.io/revision": "2",
            },
        },
        "spec": {"replicas": 2, "strategy": {"canary": {"steps": [{"setWeight": 20}]}}, "template": template("0.2.0")},
        "status": {
            "abort": True,
            "abortedAt": at(aborted),
            "currentPodHash": BAD,
            "stableRS": HEALTHY,
            "observedGeneration": "5",
            "phase": "Degraded",
            "message": f"RolloutAborted: {message}",
            "conditions": [
                {"type": "Available", "status": "True", "lastTransitionTime": at(0)},
                {"type": "Completed", "status": "False", "reason": "RolloutCompleted", "lastTransitionTime": at(began)},
                {
                    "type": "Progressing",
                    "status": "False",
                    "reason": "RolloutAborted",
                    "message": message,
                    "lastTransitionTime": at(aborted),
                },
            ],
            **status,
        },
    }


def owner(environment: str) -> Object:
    """What an object of the Rollout says about that."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "name": "frontend",
        "uid": f"{environment}-frontend",
        "controller": True,
    }


def template(version: str, settings: str = "frontend-settings-gh9t2c8k6m", **container: Any) -> Object:
    """A pod template, with some of what the API server fills in."""
    return {
        "metadata": {"labels": {"app.kubernetes.io/name": "frontend"}},
        "spec": {
            "containers": [
                {
                    "name": "frontend",
                    "image": image(version),
                    "envFrom": [{"configMapRef": {"name": settings}}],
                    "terminationMessagePath": "/dev/termination-log",
                    **container,
                }
            ],
            "restartPolicy": "Always",
        },
    }


def replica_set(pod_hash: str, pod_template: Object, environment: str = "staging") -> Object:
    """A ReplicaSet of the Rollout."""
    labels = {"app.kubernetes.io/name": "frontend", "rollouts-pod-template-hash": pod_hash}
    return {
        "metadata": {
            "name": f"frontend-{pod_hash}",
            "namespace": environment,
            "uid": f"{environment}-{pod_hash}",
            "labels": labels,
            "annotations": {"rollout.argoproj.io/revision": "2" if pod_hash == BAD else "1"},
            "creationTimestamp": at(99 if pod_hash == BAD else 11),
            "ownerReferences": [owner(environment)],
        },
        "spec": {"template": pod_template},
    }


def analysis_run(environment: str = "staging") -> Object:
    """The AnalysisRun that failed."""
    measured = [("Successful", "[0.997]", 105), ("Failed", "[0.8021]", 110)]
    return {
        "metadata": {
            "name": f"frontend-{BAD}-2-1",
            "namespace": environment,
            "labels": {"rollouts-pod-template-hash": BAD, "rollout-type": "Step", "step-index": "1"},
            "annotations": {"rollout.argoproj.io/revision": "2"},
            "ownerReferences": [owner(environment)],
        },
        "spec": {
            "args": [{"name": "minimum", "value": "0.99"}],
            "metrics": [
                {
                    "name": "success-rate",
                    "count": 5,
                    "interval": "5s",
                    "successCondition": "result[0] >= {{args.minimum}}",
                    "provider": {"prometheus": {"query": "sum(rate(http_requests_total[1m]))"}},
                }
            ],
        },
        "status": {
            "phase": "Failed",
            "message": 'Metric "success-rate" assessed Failed due to failed (1) > failureLimit (0)',
            "metricResults": [
                {
                    "name": "success-rate",
                    "phase": "Failed",
                    "count": 2,
                    "successful": 1,
                    "failed": 1,
                    "measurements": [
                        {"phase": phase, "value": value, "startedAt": at(when), "finishedAt": at(when)}
                        for phase, value, when in measured
                    ],
                }
            ],
        },
    }


def application(
    repository: str,
    history: Sequence[tuple[str, int]],
    *,
    environment: str = "staging",
    target: str = "refs/heads/main",
) -> Object:
    """The Application of a service; `history` holds commits with the second at which their sync began."""
    return {
        "metadata": {
            "name": f"frontend-{environment}",
            "namespace": "argocd",
            "labels": {"cluster": environment, "environment": environment, "service": "frontend"},
            "annotations": {"argocd.argoproj.io/manifest-generate-paths": ".;/base/frontend;/base/components"},
        },
        "spec": {
            "source": {
                "repoURL": repository,
                "targetRevision": target,
                "path": f"overlays/{environment}/frontend",
            }
        },
        "status": {
            "history": [
                {"id": number, "revision": commit, "deployStartedAt": at(began), "deployedAt": at(began + 2)}
                for number, (commit, began) in enumerate(history)
            ],
            "operationState": {
                "phase": "Succeeded",
                "startedAt": at(history[-1][1] if history else 0),
                "syncResult": {"revision": history[-1][0] if history else ""},
            },
        },
    }


def root(repository: str) -> Object:
    """The root Application of the local fleet."""
    source = {"repoURL": repository, "targetRevision": "refs/heads/main", "path": "clusters/local"}
    return {"metadata": {"name": "root", "namespace": "argocd"}, "spec": {"source": source}}
