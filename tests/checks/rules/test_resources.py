"""Requests, limits and quotas at their edges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platformctl.checks import footprint, quotas
from platformctl.checks.limits import Limits
from platformctl.checks.protocol import World
from platformctl.checks.rules.resources import CHECKS
from platformctl.manifests import Manifest

from .world import autoscaler, budget, container, found, manifests, other, workload

SIZED = {"containers": [container({"cpu": "100m", "memory": "1Gi"}, {"cpu": "1", "memory": "2Gi"})]}


def resources(rule: str, requests: Any, limits: Any, bounds: Limits | None = None) -> list[str]:
    """Where a rule is broken by a container with these resources."""
    pod = {"containers": [container(requests, limits)]}
    found_ = found(CHECKS[rule], workload("Rollout", pod), bounds=bounds or Limits())
    return [path.removeprefix("Rollout/web spec.template.spec.containers[0].resources.") for path in found_]


@pytest.mark.parametrize("rule", ["ephemeral-storage-request", "ephemeral-storage-limit"])
def test_every_container_kind_that_can_have_resources_needs_disk(rule: str) -> None:
    """Init containers and sidecars as well; ephemeral containers cannot have any."""
    pod = {name: [container()] for name in ("containers", "initContainers", "ephemeralContainers")}

    paths = found(CHECKS[rule], workload("Rollout", pod))

    assert [path.rpartition("spec.")[2].partition("[")[0] for path in paths] == ["containers", "initContainers"]


@pytest.mark.parametrize(
    ("requests", "limits", "faults"),
    [
        ({}, {"ephemeral-storage": "1Gi"}, []),
        ({"cpu": "1"}, {"ephemeral-storage": "1Gi"}, ["requests.ephemeral-storage"]),
        ({}, {"cpu": "1"}, ["requests.ephemeral-storage"]),
        ({"ephemeral-storage": "1Gi"}, {}, []),
    ],
)
def test_limits_alone_are_requests(requests: Any, limits: Any, faults: list[str]) -> None:
    """Whoever writes requests as well means all of them."""
    assert resources("ephemeral-storage-request", requests, limits) == faults


@pytest.mark.parametrize(
    ("requests", "limits", "faults"),
    [
        ({"cpu": "501m"}, {"cpu": 0.5}, ["requests.cpu"]),
        ({"cpu": "500m"}, {"cpu": 0.5}, []),
        ({"memory": "1Gi"}, {"memory": "1G"}, ["requests.memory"]),
        ({"memory": "1G"}, {"memory": "1Gi"}, []),
        ({"example.com/gpu": 2}, {"example.com/gpu": 1}, ["requests.example.com/gpu"]),
        ({"cpu": "1"}, {}, []),
        ({"cpu": "much"}, {"cpu": "1"}, []),  # another rule's fault
        ([], "x", []),
    ],
)
def test_requests_are_compared_as_amounts(requests: Any, limits: Any, faults: list[str]) -> None:
    """Not as text: 501m is more than 0.5, 1Gi more than 1G."""
    assert resources("request-above-limit", requests, limits) == faults


def test_ratio_is_that_of_the_policy() -> None:
    """Exactly the ratio passes; without a request, or with none of nothing, there is no ratio."""
    bounds = Limits(ratios={"memory": Decimal(4)})

    assert resources("limit-ratio", {"memory": "1Gi"}, {"memory": "4Gi"}, bounds) == []
    assert resources("limit-ratio", {"memory": "1Gi"}, {"memory": "4097Mi"}, bounds) == ["limits.memory"]
    assert resources("limit-ratio", {"memory": "0"}, {"memory": "4Gi"}, bounds) == []
    assert resources("limit-ratio", {}, {"memory": "4Gi"}, bounds) == []


def test_memory_ratio_of_one_demands_equality() -> None:
    """The switch for guaranteed memory is a number."""
    bounds = Limits(ratios={"memory": Decimal(1)})

    assert resources("limit-ratio", {"memory": "64Mi"}, {"memory": "65Mi"}, bounds) == ["limits.memory"]
    assert resources("limit-ratio", {"memory": "64Mi"}, {"memory": "64Mi"}, bounds) == []


def test_maximum_of_the_namespace_comes_before_that_of_all() -> None:
    """The workload stands in the namespace shop."""
    bounds = Limits(containers={"everywhere": {"cpu": Decimal(4)}, "shop": {"cpu": Decimal(2)}})

    assert resources("container-maximum", {"cpu": "3"}, {"cpu": "2000m"}, bounds) == ["requests.cpu"]
    assert resources("container-maximum", {"cpu": "2"}, {"cpu": 5}, bounds) == ["limits.cpu"]
    assert resources("container-maximum", {"cpu": "3"}, {"cpu": 5}) == []


@pytest.mark.parametrize(
    ("resource", "written", "wrong"),
    [
        ("memory", "512m", True),
        ("memory", "128", True),
        ("memory", 128, True),
        ("memory", "128M i", True),
        ("memory", "128MB", True),
        ("memory", "-1Gi", True),
        ("memory", "1000Ki", True),
        ("memory", "1Mi", False),
        ("memory", "0", False),
        ("memory", 134217728, False),
        ("memory", "1e9", False),
        ("memory", True, True),
        ("memory", [], True),
        ("cpu", "1000", True),
        ("cpu", 500, True),
        ("cpu", "100Mi", True),
        ("cpu", "0.0001", True),
        ("cpu", "256", False),
        ("cpu", "1500m", False),
        ("cpu", 0.1, False),
        ("ephemeral-storage", "64", True),
        ("example.com/gpu", "1000", False),
        ("hugepages-2Mi", "4Mi", False),
    ],
)
def test_units_make_sense(resource: str, written: object, wrong: bool) -> None:
    """What is no amount, and what was meant to be another one."""
    assert resources("quantity", {resource: written}, {}) == ([f"requests.{resource}"] if wrong else [])


def test_amounts_are_read_wherever_they_stand() -> None:
    """Quotas, limit ranges, claims and scratch volumes hold amounts, too."""
    objects = [
        other("ResourceQuota", hard={"limits.memory": "16", "pods": "50", "requests.cpu": "8"}),
        other("LimitRange", limits=[{"type": "Container", "max": {"cpu": "1x"}}, None]),
        other("PersistentVolumeClaim", resources={"requests": {"storage": "2"}}),
        workload(pod={"containers": [], "volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "64"}}]}),
    ]

    assert found(CHECKS["quantity"], *objects) == [
        "Deployment/web spec.template.spec.volumes[0].emptyDir.sizeLimit",
        "LimitRange/web spec.limits[0].max.cpu",
        "PersistentVolumeClaim/web spec.resources.requests.storage",
        "ResourceQuota/web spec.hard.limits.memory",
    ]


NAMESPACE = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
BOUNDED: dict[str, dict[str, Any]] = {
    "ResourceQuota": {"hard": {"cpu": "1", "memory": "1Gi", "limits.cpu": "1", "limits.memory": "1Gi"}},
    "LimitRange": {
        "limits": [
            {"type": "Container", **{part: {"cpu": "1"} for part in ("default", "defaultRequest", "max", "min")}}
        ]
    },
}


@pytest.mark.parametrize(("rule", "kind"), [("resource-quota", "ResourceQuota"), ("limit-range", "LimitRange")])
def test_namespace_is_bounded_by_an_object_of_its_own(rule: str, kind: str) -> None:
    """One elsewhere does not help; among loose files one without a namespace may be meant for it."""
    own = other(kind, **BOUNDED[kind])
    elsewhere = {**own, "metadata": {"name": "web", "namespace": "else"}}
    nowhere = {**own, "metadata": {"name": "web"}}

    assert found(CHECKS[rule], NAMESPACE, own) == []
    assert found(CHECKS[rule], NAMESPACE) == ["Namespace/shop metadata.name"]
    assert found(CHECKS[rule], NAMESPACE, elsewhere) == ["Namespace/shop metadata.name"]
    assert found(CHECKS[rule], NAMESPACE, nowhere) == []
    assert found(CHECKS[rule], NAMESPACE, nowhere, whole=True) == ["Namespace/shop metadata.name"]


def test_quota_must_bound_cpu_and_memory() -> None:
    """Two quotas of a namespace may share that; without a namespace each stands for itself."""
    one, two = (
        other("ResourceQuota", name, hard={f"{name}.cpu": "1", f"{name}.memory": "1Gi"})
        for name in ("requests", "limits")
    )
    loose = [{**each, "metadata": {"name": each["metadata"]["name"]}} for each in (one, two)]

    assert found(CHECKS["resource-quota"], one, two) == []
    assert found(CHECKS["resource-quota"], one) == ["ResourceQuota/requests spec.hard"]
    assert len(found(CHECKS["resource-quota"], *loose)) == 2


@pytest.mark.parametrize("missing", ["default", "defaultRequest", "max", "min"])
def test_limit_range_bounds_and_defaults_containers(missing: str) -> None:
    """What stands at another type does not count."""
    item = {part: {"cpu": "1"} for part in ("default", "defaultRequest", "max", "min") if part != missing}
    limits = [{"type": "Container", **item}, {"type": "Pod", missing: {"cpu": "1"}}]

    assert found(CHECKS["limit-range"], other("LimitRange", limits=limits)) == ["LimitRange/web spec.limits"]


def test_container_must_fit_the_limit_range_with_its_defaults() -> None:
    """A limit below the minimum's default request is a request below the minimum."""
    bounds = other("LimitRange", limits=[{"type": "Container", "min": {"cpu": "50m"}, "max": {"memory": "1Gi"}}])
    pod = {"containers": [container({}, {"cpu": "40m", "memory": "1025Mi"})]}

    assert found(CHECKS["limit-range-fit"], workload(pod=pod), bounds) == [
        "Deployment/web spec.template.spec.containers[0].resources.limits.memory",
        "Deployment/web spec.template.spec.containers[0].resources.requests.cpu",
    ]
    assert found(CHECKS["limit-range-fit"], workload(pod={"containers": [container()]}), bounds) == []


@pytest.mark.parametrize(
    ("kind", "spec", "count"),
    [
        ("Deployment", {}, 2),  # one, and a quarter more, rounded up
        ("Deployment", {"replicas": 4}, 5),
        ("Deployment", {"replicas": 4, "strategy": {"type": "Recreate"}}, 4),
        ("Deployment", {"replicas": 4, "strategy": {"rollingUpdate": {"maxSurge": "100%"}}}, 8),
        ("Deployment", {"replicas": 4, "strategy": {"rollingUpdate": {"maxSurge": 0}}}, 4),
        ("StatefulSet", {"replicas": 3}, 3),
        ("DaemonSet", {}, 1),
        ("Rollout", {"replicas": 10, "strategy": {"canary": {}}}, 13),
        ("Rollout", {"replicas": 10, "strategy": {"canary": {"maxSurge": 1}}}, 11),
        ("Rollout", {"replicas": 10, "strategy": {"canary": {"maxSurge": 1, "trafficRouting": {"traefik": {}}}}}, 20),
        ("Rollout", {"replicas": 10, "strategy": {"blueGreen": {"previewReplicaCount": 1}}}, 20),
        (
            "Rollout",
            {"replicas": 10, "strategy": {"canary": {"dynamicStableScale": True, "trafficRouting": {"traefik": {}}}}},
            11,
        ),
        ("Job", {"parallelism": 5, "completions": 3}, 3),
        ("Job", {"parallelism": 5}, 5),
        ("Job", {}, 1),
    ],
)
def test_pods_at_most(kind: str, spec: dict[str, Any], count: int) -> None:
    """Every replica, and those that a release adds in the strategy's own way."""
    world = World(manifests(workload(kind, **spec)))

    assert footprint.pods_at_most(world.manifests[0], world) == count


def test_autoscaler_decides_how_many_there_are_at_most() -> None:
    """For the Deployment behind a Rollout the autoscaler of the Rollout does, and the Rollout's strategy."""
    rollout = other(
        "Rollout",
        api_version="argoproj.io/v1alpha1",
        workloadRef={"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        strategy={"blueGreen": {}},
    )
    world = World(manifests(workload(replicas=0), rollout, autoscaler("Rollout", 2, 7)))

    assert footprint.pods_at_most(world.manifests[0], world) == 14


def needs(pod: dict[str, Any], *around: dict[str, Any]) -> dict[str, Decimal]:
    """What one pod asks for."""
    world = World(manifests(workload(pod=pod), *around))
    return {
        resource: amount
        for claim in quotas.claims(world, "shop")
        for (bound, resource), amount in claim.needs.items()
        if bound == "requests"
    }


def asks(cpu: str, **fields: Any) -> dict[str, Any]:
    """A container that asks for this much."""
    return container({"cpu": cpu}, **fields)


def test_init_containers_run_before_the_others_and_sidecars_beside_them() -> None:
    """The larger of: everything that runs, or an init container with the sidecars that began before it."""
    sidecar = {"restartPolicy": "Always"}

    assert needs({"initContainers": [asks("3")], "containers": [asks("1"), asks("1")]}) == {"cpu": 3}
    assert needs({"initContainers": [asks("1")], "containers": [asks("1"), asks("1")]}) == {"cpu": 2}
    assert needs({"initContainers": [asks("1", **sidecar), asks("3")], "containers": [asks("1")]}) == {"cpu": 4}
    assert needs({"initContainers": [asks("3"), asks("1", **sidecar)], "containers": [asks("1")]}) == {"cpu": 3}
    assert needs({"initContainers": [asks("1", **sidecar)], "containers": [asks("3")]}) == {"cpu": 4}


def test_what_containers_leave_out_is_filled_in() -> None:
    """A limit is the request, then come the defaults of the LimitRange; what a pod says of itself goes before."""
    given_ = other("LimitRange", limits=[{"type": "Container", "max": {"cpu": "2"}, "default": {"memory": "1Mi"}}])

    assert needs({"containers": [container({}, {"cpu": "1"})]}) == {"cpu": 1}
    assert needs({"containers": [container()]}) == {}
    assert needs({"containers": [container()]}, given_) == {"cpu": 2, "memory": 1024**2}
    assert needs({"containers": [asks("1")], "resources": {"requests": {"cpu": "5"}}}) == {"cpu": 5}
    assert needs({"containers": [asks("1")], "overhead": {"cpu": "250m"}}) == {"cpu": Decimal("1.25")}


@pytest.mark.parametrize(
    ("scope", "pods"),
    [
        ({}, 4),
        ({"scopes": ["Terminating"]}, 1),
        ({"scopes": ["NotTerminating"]}, 3),
        ({"scopes": ["BestEffort"]}, 2),
        ({"scopes": ["NotBestEffort", "NotTerminating"]}, 1),
        ({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "Exists"}]}}, 1),
        ({"scopeSelector": {"matchExpressions": [{"scopeName": "PriorityClass", "operator": "DoesNotExist"}]}}, 3),
        (
            {
                "scopeSelector": {
                    "matchExpressions": [{"scopeName": "PriorityClass", "operator": "In", "values": ["a"]}]
                }
            },
            1,
        ),
        (
            {
                "scopeSelector": {
                    "matchExpressions": [{"scopeName": "PriorityClass", "operator": "NotIn", "values": ["a"]}]
                }
            },
            3,
        ),
        ({"scopes": ["CrossNamespacePodAffinity"]}, 0),
    ],
)
def test_quota_counts_the_pods_of_its_scope(scope: dict[str, Any], pods: int) -> None:
    """Scopes are joined by and; a scope that is not about pods counts none."""
    each = [
        {"containers": [asks("1")], "priorityClassName": "a"},
        {"containers": [asks("1")], "activeDeadlineSeconds": 60},
        {"containers": [container()]},
        {"containers": [container()]},
    ]
    objects = [workload("StatefulSet", pod, f"web-{number}") for number, pod in enumerate(each)]
    world = World(manifests(other("ResourceQuota", hard={}, **scope), *objects))

    assert sum(claim.count for claim in quotas.counted(world.manifests[0], world)) == pods


@pytest.mark.parametrize(
    ("hard", "faults"),
    [
        ({"requests.cpu": "300m", "limits.cpu": "3", "pods": 3, "count/pods": "3"}, []),
        ({"requests.cpu": "299m"}, ["requests.cpu"]),
        ({"cpu": "299m", "memory": "3Gi"}, ["cpu"]),
        ({"limits.cpu": "2999m", "limits.memory": "6Gi"}, ["limits.cpu"]),
        ({"requests.memory": "3071Mi"}, ["requests.memory"]),
        ({"pods": "2"}, ["pods"]),
        ({"count/pods": 2}, ["count/pods"]),
        ({"services.nodeports": "0", "requests.storage": "1", "requests.cpu": "much"}, []),
    ],
)
def test_quota_holds_every_pod_at_its_most(hard: dict[str, Any], faults: list[str]) -> None:
    """Two pods and the one that a release adds take 300m, 3Gi and limits of 3 and 6Gi."""
    quota = other("ResourceQuota", hard=hard)

    assert found(CHECKS["quota-fit"], quota, workload("Rollout", SIZED, replicas=2)) == [
        f"ResourceQuota/web spec.hard.{key}" for key in faults
    ]


def test_quota_message_names_who_takes_most() -> None:
    """Whoever reads it knows where to save."""
    quota = other("ResourceQuota", hard={"requests.cpu": "1"})
    world = World(manifests(quota, workload("StatefulSet", SIZED, "large", replicas=30), workload(pod=SIZED)))

    (violation,) = CHECKS["quota-fit"].judge(world.manifests[0], world)

    assert violation.message == (
        "the pods at their most take 3200m of requests.cpu; 1 is granted. "
        "Most of it: StatefulSet large (30 pods), Deployment web (2 pods)"
    )


def test_priority_class_is_one_that_exists() -> None:
    """In a cluster that Git describes whole it is described; among loose files the platform's exist as well."""
    check, known = CHECKS["priority-class"], Limits(priority_classes=("service",))
    described = {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "batch"}}
    pods = {
        name: workload(pod={"containers": [], "priorityClassName": name}) for name in ("service", "batch", "urgent")
    }

    assert found(check, workload(), bounds=known)
    assert found(check, pods["service"], bounds=known) == []
    assert found(check, pods["service"], bounds=known, whole=True)
    assert found(check, pods["urgent"], bounds=known)
    assert found(check, pods["batch"], described, bounds=known, whole=True) == []
    assert found(check, workload(pod={"priorityClassName": "system-node-critical"}), whole=True) == []


ODD = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text(max_size=3), st.sampled_from(["1", "50%", "1Gi"])),
    lambda inner: st.one_of(st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)),
    max_leaves=6,
)
FIELDS = ("containers", "initContainers", "volumes", "resources", "overhead", "limits", "hard", "scopes", "template",
          "spec", "replicas", "strategy", "selector", "scopeSelector", "priorityClassName", "parallelism")  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=5), st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=5)
)
def test_odd_objects_raise_nothing(pod: dict[str, Any], spec: dict[str, Any]) -> None:
    """Hand-written objects hold anything anywhere."""
    world = World(
        [
            *manifests(workload(pod=pod), workload("Rollout", pod, **spec), autoscaler("Rollout", 1, 2), budget()),
            *(Manifest({"apiVersion": "v1", "kind": kind, "metadata": {"namespace": "shop"}, "spec": spec}, "", None)
              for kind in ("ResourceQuota", "LimitRange", "Namespace", "Pod", "PersistentVolumeClaim")),
        ],
        limits=Limits(ratios={"cpu": Decimal(2)}, containers={"everywhere": {"cpu": Decimal(1)}}),
    )  # fmt: skip

    for manifest in world.manifests:
        for check in CHECKS.values():
            if manifest.kind in check.kinds:
                assert all(isinstance(violation.message, str) for violation in check.judge(manifest, world))
