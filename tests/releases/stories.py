"""Whole releases as the API server would show them: what tests look at from several sides."""

from __future__ import annotations

from typing import Any

from tests.releases.objects import (
    BEFORE,
    NEW,
    OLD,
    Object,
    at,
    blue_green,
    condition,
    event,
    metric,
    pod,
    replica_set,
    rollout,
    run,
    weights,
)

# as base/platform/argo-rollouts/analysis has them: both say how far the new version is above the old one
GOOD = "len(result) == 1 && result[0] <= {{args.max-more-errors}}"
QUICK = "len(result) == 1 && result[0] <= {{args.max-slower}}"
ARGUMENTS = {"max-more-errors": "0.02", "max-slower": "0.5"}


def _old_pods(**more: Any) -> list[Object]:
    return [pod(OLD, "8xk2p", born=-7200, **more), pod(OLD, "m4q7z", born=-7190, **more)]


def _beginning(**more: Any) -> list[Object]:
    return [
        event("RolloutUpdated", "Rollout updated to revision 7", 0, **more),
        event("NewReplicaSetCreated", f"Created ReplicaSet frontend-{NEW} (revision 7)", 0, **more),
        event("TrafficWeightUpdated", "Traffic weight updated from 0 to 20", 6, **more),
        event("RolloutStepCompleted", "Rollout step 1/5 completed (setWeight: 20)", 6, **more),
        event("RolloutPaused", "Rollout is paused (CanaryPauseStep)", 6, **more),
        event("RolloutResumed", "Rollout is resumed", 36, **more),
        event("RolloutStepCompleted", "Rollout step 2/5 completed (pause: 30s)", 36, **more),
    ]


def begun() -> list[Object]:
    """Its ReplicaSet is there, and the Rollout does not say so yet."""
    return [
        rollout(revision=6, currentPodHash=OLD, stableRS=OLD),
        replica_set(OLD, 6, born=-7200),
        replica_set(NEW, 7, replicas=0),
        *_old_pods(),
    ]


def started() -> list[Object]:
    """At 20 % for a few seconds, in the pause before the analysis."""
    return [
        rollout(
            phase="Paused",
            message="CanaryPauseStep",
            stableRS=OLD,
            currentStepIndex=1,
            canary={"weights": weights(20)},
            controllerPause=True,
            pauseConditions=[{"reason": "CanaryPauseStep", "startTime": at(6)}],
        ),
        replica_set(OLD, 6, born=-7200),
        replica_set(NEW, 7, replicas=1),
        *_old_pods(),
        pod(NEW, "p9w3s"),
        *_beginning()[:5],
    ]


def measuring() -> list[Object]:
    """At 20 %, two measurements done, both good."""
    values = [("[0.0009]", "Successful"), ("[0.0012]", "Successful")]
    return [
        rollout(
            phase="Progressing", message="more replicas need to be updated", stableRS=OLD, currentStepIndex=2,
            canary={"weights": weights(20), "currentStepAnalysisRunStatus": {"name": RUN, "status": "Running"}},
        ),
        replica_set(OLD, 6, born=-7200),
        replica_set(NEW, 7, replicas=1),
        *_old_pods(),
        pod(NEW, "p9w3s"),
        run(RUN, "Running", [metric("errors", GOOD, values, phase="Running"),
                             metric("seconds", QUICK, [("[0.008]", "Successful")], phase="Running")],
            arguments=ARGUMENTS),
        *_beginning(),
    ]  # fmt: skip


RUN = f"frontend-{NEW}-7-2"
FAILED = 'Metric "errors" assessed Failed due to failed (3) > failureLimit (2)'


def aborted() -> list[Object]:
    """Given up at 20 %, after the third bad measurement of its errors."""
    values = [("[0.1988]", "Failed"), ("[0.0119]", "Successful"), ("[0.2056]", "Failed"), ("[0.1897]", "Failed")]
    quick = [("[0.008]", "Successful"), ("[NaN]", "Inconclusive"), ("[0.011]", "Successful")]
    why = f"Rollout aborted update to revision 7: {FAILED}"
    return [
        rollout(
            phase="Degraded", message=f"RolloutAborted: {why}", stableRS=OLD, currentStepIndex=0, abort=True,
            abortedAt=at(71), canary={"weights": weights(0)},
            conditions=[
                condition("Available", "AvailableReason", "Rollout has minimum availability", -3600),
                condition("Progressing", "RolloutAborted", why, 71, "False"),
            ],
        ),
        replica_set(OLD, 6, born=-7200),
        replica_set(NEW, 7, replicas=1),
        *_old_pods(),
        pod(NEW, "p9w3s", restarts=1, last="OOMKilled"),
        run(RUN, "Failed", [metric("errors", GOOD, values, phase="Failed"),
                            metric("seconds", QUICK, quick, phase="Successful")],
            message=FAILED, ended=71, arguments=ARGUMENTS),
        *_beginning(),
        event("AnalysisRunFailed", f"Step Analysis Run '{RUN}' Status New: 'Failed' Previous: 'Running'", 71,
              warning=True),
        event("RolloutAborted", why, 71, warning=True),
        event("TrafficWeightUpdated", "Traffic weight updated from 20 to 0", 71),
    ]  # fmt: skip


def reverted() -> list[Object]:
    """The same after Git took it back: the former version is revision 8 now, and nothing had to be released."""
    kept = [each for each in aborted() if each["kind"] not in ("Rollout", "ReplicaSet", "Pod")]
    return [
        rollout(revision=8, currentPodHash=OLD, stableRS=OLD),
        replica_set(OLD, 8, born=-7200, history="6"),
        replica_set(NEW, 7, replicas=0),
        *_old_pods(),
        *kept,
        event("RolloutUpdated", "Rollout updated to revision 8", 95),
    ]


def promoted() -> list[Object]:
    """Good at every step; a person ended the last pause."""
    values = [(f"[{value}]", "Successful") for value in (0.0009, 0.0012, 0, -0.0004, 0.0003)]
    quick = [(f"[{value}]", "Successful") for value in (0.008, 0.004, 0.011, 0.006, 0.007)]
    return [
        rollout(),
        replica_set(OLD, 6, born=-7200, replicas=0),
        replica_set(NEW, 7),
        pod(NEW, "p9w3s"),
        pod(NEW, "c5d8t", born=100),
        run(RUN, "Successful", [metric("errors", GOOD, values, phase="Successful"),
                                metric("seconds", QUICK, quick, phase="Successful")],
            ended=81, arguments=ARGUMENTS),
        *_beginning(),
        event("AnalysisRunSuccessful", f"Step Analysis Run '{RUN}' Status New: 'Successful' Previous: 'Running'", 81),
        event("TrafficWeightUpdated", "Traffic weight updated from 20 to 60", 83),
        event("RolloutPaused", "Rollout is paused (CanaryPauseStep)", 84),
        event("RolloutResumed", "Rollout is resumed", 130),
        event("TrafficWeightUpdated", "Traffic weight updated from 60 to 100", 131),
        event("RolloutCompleted", f"Rollout completed update to revision 7 ({NEW}): Completed all 5 canary steps", 140),
    ]  # fmt: skip


def waiting() -> list[Object]:
    """Before all traffic: it waits for a person."""
    kept = [each for each in promoted() if each["kind"] == "AnalysisRun"]
    return [
        rollout(
            phase="Paused", message="CanaryPauseStep", stableRS=OLD, currentStepIndex=4,
            canary={"weights": weights(60)}, controllerPause=True,
            pauseConditions=[{"reason": "CanaryPauseStep", "startTime": at(84)}],
        ),
        replica_set(OLD, 6, born=-7200),
        replica_set(NEW, 7),
        *_old_pods(),
        pod(NEW, "p9w3s"),
        pod(NEW, "c5d8t", born=83),
        *kept,
        *_beginning(),
        event("TrafficWeightUpdated", "Traffic weight updated from 20 to 60", 83),
        event("RolloutPaused", "Rollout is paused (CanaryPauseStep)", 84),
    ]  # fmt: skip


def inconclusive() -> list[Object]:
    """Prometheus had no data: nothing was decided, and it waits for a person."""
    values = [("[]", "Inconclusive"), ("[]", "Inconclusive")]
    return [
        rollout(
            phase="Paused", message="InconclusiveAnalysisRun", stableRS=OLD, currentStepIndex=2,
            canary={"weights": weights(20)}, controllerPause=True,
            pauseConditions=[{"reason": "InconclusiveAnalysisRun", "startTime": at(60)}],
        ),
        replica_set(OLD, 6, born=-7200),
        replica_set(NEW, 7, replicas=1),
        *_old_pods(),
        pod(NEW, "p9w3s"),
        run(RUN, "Inconclusive", [metric("errors", GOOD, values, phase="Inconclusive")], ended=60,
            arguments=ARGUMENTS),
        *_beginning(),
    ]  # fmt: skip


def blue_green_failed() -> list[Object]:
    """The smoke Job failed against the preview: nobody ever saw the new version."""
    where: dict[str, str] = {"service": "order-api", "namespace": "production"}
    name = f"order-api-{NEW}-7-pre"
    why = 'Metric "smoke" assessed Failed due to failed (1) > failureLimit (0)'
    job = {"job": {"spec": {"template": {"spec": {"containers": [{"name": "smoke"}]}}}}}
    return [
        rollout(
            **where, strategy=blue_green(), phase="Degraded", abort=True, abortedAt=at(33), stableRS=OLD,
            message=f"RolloutAborted: Rollout aborted update to revision 7: {why}",
            blueGreen={"activeSelector": OLD, "previewSelector": NEW,
                       "prePromotionAnalysisRunStatus": {"name": name, "status": "Failed"}},
        ),
        replica_set(OLD, 6, born=-7200, **where),
        replica_set(NEW, 7, **where),
        *_old_pods(**where),
        pod(NEW, "p9w3s", **where),
        run(name, "Failed", [metric("smoke", "", [("", "Failed")], phase="Failed", count=1, failure_limit=0,
                                    provider=job, began=12)],
            kind="PrePromotion", message=why, began=12, ended=33, **where),
        event("RolloutUpdated", "Rollout updated to revision 7", 0, **where),
        event("SwitchService", f"Switched selector for service 'order-api-preview' from '{OLD}' to '{NEW}'", 2,
              **where),
        event("RolloutAborted", f"Rollout aborted update to revision 7: {why}", 33, warning=True, **where),
    ]  # fmt: skip


def blue_green_promoted() -> list[Object]:
    """Switched at once after its smoke test."""
    where: dict[str, str] = {"service": "order-api", "namespace": "production"}
    return [
        rollout(**where, strategy=blue_green(), blueGreen={"activeSelector": NEW, "previewSelector": NEW}),
        replica_set(OLD, 6, born=-7200, **where),
        replica_set(NEW, 7, **where),
        replica_set(BEFORE, 5, born=-20000, replicas=0, **where),
        *_old_pods(**where),
        pod(NEW, "p9w3s", **where),
        pod(NEW, "c5d8t", **where),
        event("RolloutUpdated", "Rollout updated to revision 7", 0, **where),
        event("SwitchService", f"Switched selector for service 'order-api' from '{OLD}' to '{NEW}'", 25, **where),
        event("RolloutCompleted", f"Rollout completed update to revision 7 ({NEW}): Completed blue-green update", 40,
              **where),
    ]  # fmt: skip
