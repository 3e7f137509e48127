"""Probes, releases, budgets, autoscalers and schedules at their edges."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platformctl.checks.protocol import World
from platformctl.checks.rules.reliability import CHECKS
from platformctl.manifests import Manifest

from .world import LABELS, autoscaler, budget, container, found, manifests, other, workload

HTTP = {"httpGet": {"path": "/livez", "port": "http"}}
PORTS = [{"name": "http", "containerPort": 5000}]


def broken(rule: str, kind: str = "Deployment", pod: Any = None, **spec: Any) -> bool:
    """Whether a lone workload breaks a rule."""
    return bool(found(CHECKS[rule], workload(kind, pod, **spec)))


def of_container(rule: str, kind: str = "Rollout", **fields: Any) -> list[str]:
    """Where a container of a workload breaks a rule."""
    paths = found(CHECKS[rule], workload(kind, {"containers": [container(ports=PORTS, **fields)]}))
    return [path.partition("containers[0].")[2] for path in paths]


@pytest.mark.parametrize("probe", ["liveness", "readiness"])
@pytest.mark.parametrize(
    ("kind", "needed"),
    [("Deployment", True), ("Rollout", True), ("StatefulSet", True), ("DaemonSet", True), ("Job", False)],
)
def test_what_serves_needs_probes(probe: str, kind: str, needed: bool) -> None:
    """Every image, not only our own; not what runs to its end, and not init containers."""
    api_version = "batch/v1" if kind == "Job" else workload(kind)["apiVersion"]
    served = {
        **workload(kind, {"containers": [container()], "initContainers": [container()]}),
        "apiVersion": api_version,
    }

    assert len(found(CHECKS[f"{probe}-probe"], served)) == needed


def test_pods_of_nobody_need_probes() -> None:
    """A Pod and a PodTemplate are judged as what they would become."""
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {"containers": [container()]}}

    assert found(CHECKS["liveness-probe"], pod) == ["Pod/web spec.containers[0].livenessProbe"]


@pytest.mark.parametrize(
    ("probe", "kind", "fault"),
    [
        ({"livenessProbe": {**HTTP, "periodSeconds": -1}}, "Deployment", "livenessProbe.periodSeconds"),
        ({"livenessProbe": {**HTTP, "periodSeconds": 0}}, "Deployment", ""),
        ({"livenessProbe": {**HTTP, "periodSeconds": 0}}, "Rollout", "livenessProbe.periodSeconds"),
        ({"livenessProbe": {**HTTP, "initialDelaySeconds": 0}}, "Rollout", "livenessProbe.initialDelaySeconds"),
        ({"livenessProbe": {**HTTP, "successThreshold": 2}}, "Rollout", "livenessProbe.successThreshold"),
        ({"startupProbe": {**HTTP, "successThreshold": 2}}, "Rollout", "startupProbe.successThreshold"),
        ({"readinessProbe": {**HTTP, "successThreshold": 2}}, "Rollout", ""),
        ({"readinessProbe": {**HTTP, "terminationGracePeriodSeconds": 5}}, "Rollout",
         "readinessProbe.terminationGracePeriodSeconds"),
        ({"livenessProbe": {**HTTP, "terminationGracePeriodSeconds": 5}}, "Rollout", ""),
        ({"livenessProbe": {"periodSeconds": 5}}, "Rollout", "livenessProbe"),
        ({"livenessProbe": {**HTTP, "exec": {"command": ["true"]}}}, "Rollout", "livenessProbe"),
    ],
)  # fmt: skip
def test_values_of_probes(probe: dict[str, Any], kind: str, fault: str) -> None:
    """What the API server refuses, and zeros in a Rollout."""
    assert of_container("probe-values", kind, **probe) == ([fault] if fault else [])


def test_only_sidecars_among_init_containers_have_probes() -> None:
    """The others end before anybody could ask."""
    ending = container(livenessProbe=HTTP)
    sidecar = container(livenessProbe=HTTP, restartPolicy="Always")

    assert broken("probe-values", pod={"initContainers": [ending]})
    assert not broken("probe-values", pod={"initContainers": [sidecar]})


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"readinessProbe": {**HTTP, "timeoutSeconds": 11}}, "readinessProbe.timeoutSeconds"),
        ({"readinessProbe": {**HTTP, "timeoutSeconds": 10}}, ""),
        ({"startupProbe": {**HTTP, "periodSeconds": 1, "timeoutSeconds": 3}}, ""),
        ({"livenessProbe": {**HTTP, "failureThreshold": 1}}, "livenessProbe.failureThreshold"),
        ({"readinessProbe": {**HTTP, "failureThreshold": 1}}, ""),
        ({"livenessProbe": {**HTTP, "periodSeconds": 3}}, "livenessProbe.periodSeconds"),
        ({"livenessProbe": {**HTTP, "periodSeconds": 4}}, ""),
    ],
)
def test_timing_of_probes(fields: dict[str, Any], fault: str) -> None:
    """An answer has time, and one lost answer is no reason to restart."""
    assert of_container("probe-timing", **fields) == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        (HTTP, {**HTTP, "periodSeconds": 99}, True),
        (HTTP, {"httpGet": {"path": "/healthz", "port": "http"}}, False),
        (HTTP, {"httpGet": {"path": "/livez", "port": 5000}}, False),
        ({"tcpSocket": {"port": 1}}, {"tcpSocket": {"port": 1}}, True),
        ({"grpc": {"port": 1}}, {"grpc": {"port": 1, "service": "ready"}}, False),
        ({"exec": {"command": ["a", "b"]}}, {"exec": {"command": ["a", "b"]}}, True),
        ({"exec": {"command": ["a", "b"]}}, {"exec": {"command": ["a"]}}, False),
    ],
)
def test_probes_are_compared_by_what_they_ask(one: dict[str, Any], two: dict[str, Any], same: bool) -> None:
    """How often they ask makes no difference."""
    assert bool(of_container("probes-differ", readinessProbe=one, livenessProbe=two)) is same


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"livenessProbe": HTTP}, ""),
        ({"livenessProbe": {"tcpSocket": {"port": 5000}}}, ""),
        ({"livenessProbe": {"tcpSocket": {"port": "5000"}}}, "livenessProbe.tcpSocket.port"),
        ({"startupProbe": {"grpc": {"port": 5001}}}, "startupProbe.grpc.port"),
        ({"livenessProbe": {"httpGet": {"port": 80, "host": "elsewhere"}}}, ""),
        ({"lifecycle": {"preStop": {"httpGet": {"port": "admin"}}}}, "lifecycle.preStop.httpGet.port"),
    ],
)
def test_ports_of_probes(fields: dict[str, Any], fault: str) -> None:
    """By name or by number, a port that the container declares."""
    assert of_container("probe-port", **fields) == ([fault] if fault else [])


@pytest.mark.parametrize("kind", ["Deployment", "Rollout"])
def test_replicas_are_those_of_the_autoscaler(kind: str) -> None:
    """One pod is a fault, none is a decision, and an autoscaler is judged itself."""
    check = CHECKS["min-replicas"]

    assert found(check, workload(kind))
    assert found(check, workload(kind, replicas=1))
    assert not found(check, workload(kind, replicas=0))
    assert not found(check, workload(kind, replicas=2))
    assert not found(check, workload(kind), autoscaler(kind, 1, 5))
    assert found(check, workload(kind), autoscaler("StatefulSet", 1, 5))


REFERRED = other(
    "Rollout",
    api_version="argoproj.io/v1alpha1",
    replicas=3,
    workloadRef={"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
)


def test_deployment_behind_a_rollout_has_the_pods_of_the_rollout() -> None:
    """Its own number counts for nothing, and an autoscaler must name the Rollout."""
    behind = workload(replicas=0)

    assert not found(CHECKS["min-replicas"], behind, REFERRED)
    assert found(CHECKS["pdb-missing"], behind, REFERRED) == ["Deployment/web metadata.name"]
    assert found(CHECKS["pdb-missing"], behind, REFERRED, budget(maxUnavailable=1)) == []
    assert found(CHECKS["pdb-blocks"], behind, REFERRED, budget(minAvailable=3))
    assert not found(CHECKS["pdb-blocks"], behind, REFERRED, budget(minAvailable=2))
    assert found(CHECKS["hpa-target"], behind, REFERRED, autoscaler("Deployment", 2, 3))
    assert not found(CHECKS["hpa-target"], behind, REFERRED, autoscaler("Rollout", 2, 3))
    assert found(CHECKS["anti-affinity"], behind, REFERRED) == ["Deployment/web spec.template.spec.affinity"]


@pytest.mark.parametrize(
    ("least", "most", "faults"),
    [(1, 3, ["minReplicas"]), (2, 3, []), (2, 2, ["maxReplicas"]), (3, 2, ["maxReplicas"])],
)
def test_bounds_of_autoscalers(least: int, most: int, faults: list[str]) -> None:
    """Two at least, and more at most."""
    scaler = autoscaler("Rollout", least, most)

    assert found(CHECKS["hpa-bounds"], scaler) == [f"HorizontalPodAutoscaler/web spec.{field}" for field in faults]
    scaler["spec"].pop("minReplicas")
    assert "HorizontalPodAutoscaler/web spec.minReplicas" in found(CHECKS["hpa-bounds"], scaler)


def test_target_of_an_autoscaler() -> None:
    """A Rollout is no Deployment; what is not among loose files may be elsewhere, unless its likes are here."""
    check, scaler = CHECKS["hpa-target"], autoscaler("Deployment", 2, 3)
    nameless = autoscaler("Deployment", 2, 3)
    del nameless["spec"]["scaleTargetRef"]["apiVersion"]

    assert not found(check, scaler, workload())
    assert found(check, scaler, workload("Rollout"))
    assert found(check, scaler, workload(name="other"))
    assert not found(check, scaler)
    assert found(check, scaler, whole=True)
    assert found(check, nameless, workload())
    assert not found(check, {**scaler, "spec": {"scaleTargetRef": {"kind": "Shop", "name": "web"}}}, whole=True)


def test_what_an_autoscaler_scales_says_no_number() -> None:
    """Not even the right one; and one autoscaler is enough."""
    one, two = autoscaler("Rollout", 2, 3), autoscaler("Rollout", 2, 3, "more")

    assert found(CHECKS["hpa-owns-replicas"], workload("Rollout", replicas=2), one) == ["Rollout/web spec.replicas"]
    assert not found(CHECKS["hpa-owns-replicas"], workload("Rollout"), one)
    assert not found(CHECKS["hpa-owns-replicas"], workload(replicas=2), one)
    assert len(found(CHECKS["hpa-duplicate"], one, two)) == 2
    assert not found(CHECKS["hpa-duplicate"], one, autoscaler("Deployment", 2, 3, "more"))


@pytest.mark.parametrize(
    ("replicas", "spec", "blocks"),
    [
        (1, {"minAvailable": 1}, True),
        (2, {"minAvailable": 1}, False),
        (2, {"minAvailable": 2}, True),
        (3, {"minAvailable": "67%"}, True),  # 2.01 pods are 3
        (3, {"minAvailable": "66%"}, False),
        (2, {"minAvailable": "50%"}, False),
        (9, {"minAvailable": "90%"}, True),
        (10, {"minAvailable": "90%"}, False),
        (5, {"minAvailable": "100%"}, True),
        (5, {"maxUnavailable": 0}, True),
        (5, {"maxUnavailable": "0%"}, True),
        (2, {"maxUnavailable": "1%"}, False),  # 0.02 pods are 1
        (1, {"maxUnavailable": 1}, False),
        (0, {"minAvailable": 1}, False),
        (2, {"minAvailable": "half"}, False),  # the schema's fault
    ],
)
@pytest.mark.parametrize("kind", ["Deployment", "Rollout", "StatefulSet"])
def test_budget_lets_a_pod_go(kind: str, replicas: int, spec: dict[str, Any], blocks: bool) -> None:
    """Both percentages are rounded up, as the disruption controller does."""
    paths = found(CHECKS["pdb-blocks"], workload(kind, replicas=replicas), budget(**spec))

    assert paths == ([f"PodDisruptionBudget/web spec.{next(iter(spec))}"] if blocks else [])


def test_budget_holds_for_the_fewest_pods_that_there_are() -> None:
    """The autoscaler may go down to them; what other workloads bring counts, too."""
    check, scaled = CHECKS["pdb-blocks"], workload("Rollout")
    second = {**workload("Deployment", replicas=1), "metadata": {"name": "second", "namespace": "shop"}}

    assert found(check, scaled, autoscaler("Rollout", 2, 9), budget(minAvailable=2))
    assert not found(check, scaled, autoscaler("Rollout", 3, 9), budget(minAvailable=2))
    assert not found(check, scaled, second, autoscaler("Rollout", 2, 9), budget(minAvailable=2))


def test_budget_alone_is_judged_by_what_never_works() -> None:
    """How many pods it is about is unknown."""
    check = CHECKS["pdb-blocks"]

    assert found(check, budget(maxUnavailable=0))
    assert found(check, budget(minAvailable="100%"))
    assert not found(check, budget(minAvailable=2))
    assert not found(check, budget(minAvailable="99%"))
    assert not found(check, budget(minAvailable=1), workload("DaemonSet"))


def test_budget_selects_pods_of_its_own() -> None:
    """Nothing selected, or pods that another budget has; no selector at all selects nothing."""
    check = CHECKS["pdb-target"]

    assert not found(check, workload("Rollout"), budget())
    assert found(check, workload("Rollout", name="other"), budget())
    assert not found(check, budget())
    assert found(check, budget(), whole=True)
    assert len(found(check, workload("Rollout"), budget(), budget("too"))) == 2
    assert found(check, workload("Rollout"), budget(selector=None))
    assert not found(check, workload("Rollout"), budget(selector={}))


def test_pods_need_a_budget_when_there_are_several() -> None:
    """Those that an autoscaler may add count."""
    check = CHECKS["pdb-missing"]

    assert not found(check, workload("Rollout", replicas=1))
    assert found(check, workload("Rollout", replicas=2))
    assert found(check, workload("Rollout"), autoscaler("Rollout", 1, 2))
    assert found(check, workload("Rollout", replicas=2), {**budget(), "metadata": {"name": "web", "namespace": "else"}})
    assert not found(check, workload("Rollout", replicas=2), budget())


def test_workload_that_does_not_say_how_many_may_be_scaled_from_elsewhere() -> None:
    """Among loose files its autoscaler may be missing; in a whole cluster it has one pod."""
    for rule in ("pdb-missing", "anti-affinity"):
        assert found(CHECKS[rule], workload("Rollout"))
        assert not found(CHECKS[rule], workload("Rollout"), whole=True)


APART = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": LABELS}}
OTHERS = {**APART, "labelSelector": {"matchLabels": {"app": "other"}}}


@pytest.mark.parametrize(
    ("fields", "apart"),
    [
        ({}, False),
        ({"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [APART]}}}, True),
        ({"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [OTHERS]}}}, False),
        ({"affinity": {"podAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [APART]}}}, False),
        (
            {"affinity": {"podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [{"weight": 1, "podAffinityTerm": APART}]}}},
            True,
        ),
        ({"topologySpreadConstraints": [APART]}, True),
        ({"topologySpreadConstraints": [{}]}, False),
    ],
)  # fmt: skip
def test_pods_are_kept_apart_from_each_other(fields: dict[str, Any], apart: bool) -> None:
    """The selector must be one of their own labels; a single pod has nobody to be kept from."""
    assert broken("anti-affinity", "Rollout", fields, replicas=2) is not apart
    assert not broken("anti-affinity", "Rollout", fields, replicas=1)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, ""),
        ({"labelSelector": None}, "labelSelector"),
        ({"labelSelector": {"matchLabels": {"app": "other"}}}, "labelSelector"),
        ({"maxSkew": 0}, "maxSkew"),
        ({"topologyKey": ""}, "topologyKey"),
        ({"whenUnsatisfiable": "Never"}, "whenUnsatisfiable"),
        ({"minDomains": 0}, "minDomains"),
    ],
)
def test_spreading_says_what_and_how(change: dict[str, Any], fault: str) -> None:
    """Every part is needed."""
    whole = {**APART, "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule", **change}
    paths = found(CHECKS["topology-spread"], workload("Rollout", {"topologySpreadConstraints": [whole]}))

    assert [path.rpartition(".")[2] for path in paths] == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("kind", "spec", "wrong"),
    [
        ("Deployment", {"replicas": 2, "strategy": {"type": "Recreate"}}, True),
        ("Deployment", {"replicas": 1, "strategy": {"type": "Recreate"}}, False),
        ("Deployment", {"replicas": 4, "strategy": {"rollingUpdate": {"maxUnavailable": "100%"}}}, True),
        ("Deployment", {"replicas": 4, "strategy": {"rollingUpdate": {"maxUnavailable": 4}}}, True),
        ("Deployment", {"replicas": 4, "strategy": {"rollingUpdate": {"maxUnavailable": "99%"}}}, False),
        ("Deployment", {"replicas": 4, "strategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": "0%"}}}, True),
        ("Deployment", {"replicas": 4, "strategy": {"rollingUpdate": {"maxUnavailable": 0}}}, False),
        ("Rollout", {"replicas": 2, "strategy": {"canary": {"maxUnavailable": 2}}}, True),
        ("Rollout", {"replicas": 2, "strategy": {"canary": {"maxUnavailable": 0, "maxSurge": 0}}}, False),
        ("Rollout", {"replicas": 2, "strategy": {"blueGreen": {"maxUnavailable": "100%"}}}, True),
        ("Rollout", {"replicas": 2, "strategy": {"blueGreen": {"maxUnavailable": 0}}}, False),
        ("StatefulSet", {"replicas": 2, "updateStrategy": {"type": "OnDelete"}}, True),
        ("StatefulSet", {"replicas": 1, "updateStrategy": {"rollingUpdate": {"maxUnavailable": 1}}}, False),
        ("DaemonSet", {"updateStrategy": {"rollingUpdate": {"maxUnavailable": "100%"}}}, True),
        ("DaemonSet", {"updateStrategy": {"rollingUpdate": {"maxUnavailable": 1}}}, False),
    ],
)
def test_releases_replace_pods_one_after_the_other(kind: str, spec: dict[str, Any], wrong: bool) -> None:
    """Each kind writes its strategy elsewhere."""
    assert broken("rolling-update", kind, **spec) is wrong


@pytest.mark.parametrize(
    ("spec", "startup", "wrong"),
    [
        ({}, None, False),
        ({"progressDeadlineSeconds": 30, "minReadySeconds": 30}, None, True),
        ({"progressDeadlineSeconds": 60}, {"periodSeconds": 1, "failureThreshold": 60}, True),
        ({"progressDeadlineSeconds": 61}, {"periodSeconds": 1, "failureThreshold": 60}, False),
        ({"progressDeadlineSeconds": 61}, {"periodSeconds": 1, "failureThreshold": 60, "initialDelaySeconds": 1}, True),
        ({}, {"periodSeconds": 10, "failureThreshold": 60}, True),
    ],
)
def test_release_waits_for_a_start(spec: dict[str, Any], startup: Any, wrong: bool) -> None:
    """Without a deadline it is ten minutes."""
    pod = {"containers": [container(startupProbe=startup)]}

    assert broken("progress-deadline", "Rollout", pod, **spec) is wrong


@pytest.mark.parametrize(
    ("pod", "hook", "wrong"),
    [
        ({}, {"sleep": {"seconds": 30}}, True),
        ({}, {"sleep": {"seconds": 29}}, False),
        ({"terminationGracePeriodSeconds": 60}, {"sleep": {"seconds": 59}}, False),
        ({"terminationGracePeriodSeconds": 0}, {}, True),
        ({}, {"exec": {"command": ["sleep", "30"]}}, True),
        ({}, {"exec": {"command": ["/bin/sh", "-c", "nginx -s quit; sleep 31s && echo"]}}, True),
        ({}, {"exec": {"command": ["/bin/sh", "-c", "sleep 10; sleep 10"]}}, False),
        ({}, {"exec": {"command": ["./nosleep 99"]}}, False),
    ],
)
def test_grace_period_is_longer_than_the_sleep_before_the_end(pod: Any, hook: Any, wrong: bool) -> None:
    """Thirty seconds when nothing is said."""
    containers = [container(lifecycle={"preStop": hook})]

    assert broken("grace-period", "Rollout", {**pod, "containers": containers}) is wrong


def test_stateful_sets_have_a_headless_service() -> None:
    """One that selects their pods; among loose files it may be elsewhere."""
    check, named = CHECKS["stateful-set-service"], workload("StatefulSet", serviceName="web")
    good: dict[str, Any] = {"clusterIP": "None", "selector": LABELS}

    assert not found(check, named, other("Service", **good))
    assert found(check, named, other("Service", selector=LABELS))
    assert found(check, named, other("Service", **{**good, "selector": {"app": "other"}}))
    assert found(check, named, other("Service", **{**good, "selector": {}}))
    assert found(check, named, other("Service", "other", **good))
    assert not found(check, named)
    assert found(check, workload("StatefulSet"))


@pytest.mark.parametrize(
    ("rule", "spec", "wrong"),
    [
        ("cron-schedule", {"schedule": "* * * * 7"}, True),
        ("cron-schedule", {"schedule": "* * * * *", "timeZone": "Nowhere"}, True),
        ("cron-schedule", {"schedule": "* * * * *", "timeZone": "Etc/UTC"}, False),
        ("cron-deadline", {}, True),
        ("cron-deadline", {"startingDeadlineSeconds": 9}, True),
        ("cron-deadline", {"startingDeadlineSeconds": 10}, False),
        ("cron-concurrency", {}, True),
        ("cron-concurrency", {"concurrencyPolicy": "Allow"}, True),
        ("cron-concurrency", {"concurrencyPolicy": "Replace"}, False),
        ("job-retries", {"jobTemplate": {"spec": {"backoffLimit": 11}}}, True),
        ("job-retries", {"jobTemplate": {"spec": {}}}, False),
    ],
)
def test_cron_jobs(rule: str, spec: dict[str, Any], wrong: bool) -> None:
    """When they run, and how often again."""
    assert bool(found(CHECKS[rule], other("CronJob", api_version="batch/v1", **spec))) is wrong


def test_pods_of_nobody() -> None:
    """A Pod that a workload owns, or that lives for one sync, is none."""
    pod = other("Pod", containers=[])
    owned = {**pod, "metadata": {"name": "web", "ownerReferences": [{"kind": "ReplicaSet"}]}}
    hook = {**pod, "metadata": {"name": "web", "annotations": {"argocd.argoproj.io/hook": "PreSync"}}}

    assert found(CHECKS["naked-pod"], pod) == ["Pod/web metadata.name"]
    assert not found(CHECKS["naked-pod"], owned)
    assert not found(CHECKS["naked-pod"], hook)


@pytest.mark.parametrize(
    ("pod", "silent"),
    [
        ({}, True),
        ({"affinity": {"nodeAffinity": {}}}, True),
        ({"affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {}}}}, False),
        ({"nodeSelector": {"disk": "ssd"}}, False),
        ({"topologySpreadConstraints": [APART]}, False),
    ],
)
def test_pods_say_where_they_may_be(pod: dict[str, Any], silent: bool) -> None:
    """In any of the ways that there are; a DaemonSet is everywhere."""
    assert broken("node-affinity", "Rollout", pod) is silent
    assert not broken("node-affinity", "DaemonSet", pod)


@pytest.mark.parametrize(
    ("kind", "policy", "wrong"),
    [
        ("Rollout", "Never", True),
        ("Rollout", "Always", False),
        ("DaemonSet", "OnFailure", True),
        ("Pod", "Never", False),
    ],
)
def test_pods_are_restarted_as_their_kind_demands(kind: str, policy: str, wrong: bool) -> None:
    """A Pod may do as it likes."""
    assert broken("restart-policy", kind, {"restartPolicy": policy}) is wrong


@pytest.mark.parametrize("rule", ["min-replicas", "rolling-update", "revision-history", "progress-deadline"])
def test_kinds_of_other_groups_are_something_else(rule: str) -> None:
    """A Deployment of another API group is another thing."""
    spec: dict[str, Any] = {
        "strategy": {"type": "Recreate"},
        "revisionHistoryLimit": 0,
        "progressDeadlineSeconds": 0,
        "replicas": 1,
    }
    own = workload(**({**spec, "replicas": 2} if rule == "rolling-update" else spec))

    assert found(CHECKS[rule], own)
    assert not found(CHECKS[rule], {**own, "apiVersion": "example.com/v1"})


def test_jobs_end() -> None:
    """The default is refused for them."""
    job = {**workload("Job"), "apiVersion": "batch/v1"}

    assert found(CHECKS["restart-policy"], job) == ["Job/web spec.template.spec.restartPolicy"]
    assert found(CHECKS["job-ttl"], job) == ["Job/web spec.ttlSecondsAfterFinished"]


@pytest.mark.parametrize(
    ("selector", "wrong"),
    [
        ({"matchLabels": {"app": "web"}}, False),
        ({"matchLabels": {"app": "web", "tier": "front"}}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "Exists"}]}, False),
        ({}, True),
    ],
)
def test_workloads_select_their_pods(selector: dict[str, Any], wrong: bool) -> None:
    """By labels of the template; nothing wanted is everything."""
    assert broken("selector-matches", "Rollout", selector=selector) is wrong
    assert not broken("selector-matches", "ReplicationController", selector={"app": "web"})


NAMED = {"name": "x", "containerPort": 1}


@pytest.mark.parametrize(
    ("pod", "paths"),
    [
        ({"containers": [{"name": "a"}, {"name": "b"}]}, []),
        ({"containers": [{"name": "a"}], "initContainers": [{"name": "a"}]}, ["initContainers[0].name"]),
        ({"containers": [{"name": "a", "ports": [{"containerPort": 1}, {"containerPort": 1}]}]},
         ["containers[0].ports[1].containerPort"]),
        ({"containers": [{"name": "a", "ports": [{"containerPort": 1}, {"containerPort": 1, "protocol": "UDP"}]}]}, []),
        ({"containers": [{"name": "a", "ports": [NAMED, {**NAMED, "containerPort": 2}]}]},
         ["containers[0].ports[1].name"]),
        ({"containers": [{"name": name, "ports": [NAMED]} for name in "ab"]}, []),
    ],
)  # fmt: skip
def test_names_are_their_own(pod: dict[str, Any], paths: list[str]) -> None:
    """Containers in the pod, ports in the container."""
    faults = found(CHECKS["duplicate-name"], workload("Rollout", pod))

    assert faults == [f"Rollout/web spec.template.spec.{path}" for path in paths]


ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=3), st.sampled_from(["1", "50%", "web"])),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=6,
)
# fmt: off
FIELDS = ("containers", "initContainers", "topologySpreadConstraints", "affinity", "template", "replicas", "strategy",
          "updateStrategy", "selector", "scaleTargetRef", "workloadRef", "minReplicas", "maxReplicas", "minAvailable",
          "maxUnavailable", "schedule", "timeZone", "jobTemplate", "serviceName", "terminationGracePeriodSeconds",
          "restartPolicy", "ports", "livenessProbe", "readinessProbe", "lifecycle", "progressDeadlineSeconds")
# fmt: on
SPEC = st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=5)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pod=SPEC, spec=SPEC, fields=SPEC)
def test_odd_objects_raise_nothing(pod: dict[str, Any], spec: dict[str, Any], fields: dict[str, Any]) -> None:
    """Hand-written objects hold anything anywhere."""
    pods = [pod, {"containers": [{"name": "web", **fields}]}]
    kinds = ("Deployment", "Rollout", "StatefulSet", "DaemonSet")
    odd = [Manifest({"apiVersion": "v1", "kind": kind, "metadata": {"namespace": "shop"}, "spec": spec}, "", None)
           for kind in ("HorizontalPodAutoscaler", "PodDisruptionBudget", "CronJob", "Job", "Pod")]  # fmt: skip
    world = World(
        [
            *manifests(*(workload(kind, each, **spec) for kind in kinds for each in pods), autoscaler("Rollout", 1, 2)),
            *odd,
        ]
    )

    for manifest in world.manifests:
        for check in CHECKS.values():
            if manifest.kind in check.kinds:
                assert all(isinstance(violation.message, str) for violation in check.judge(manifest, world))
