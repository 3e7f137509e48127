"""What runs against what Git demands, difference by difference."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from prometheus_client import generate_latest

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.expand import Application
from platformctl.manifests import Manifest
from platformctl.releases.truth.compare import compare
from platformctl.releases.truth.difference import WHATS, Comparison, Place, as_json, as_text
from platformctl.releases.truth.metrics import Metrics
from platformctl.releases.truth.running import of_objects
from platformctl.releases.truth.wanted import Replicas, Wanted, of_manifests
from tests.releases.objects import NEW, OLD, Object, at, owner, replica_set, rollout, uid, weights

DIGEST = {OLD: "sha256:" + "1" * 64, NEW: "sha256:" + "2" * 64}
PLACE = Place("local/staging", "staging", "frontend")
SPEC: Object = {
    "serviceAccountName": "frontend",
    "securityContext": {"runAsNonRoot": True, "runAsUser": 10001},
    "initContainers": [
        {"name": "migrate", "image": f"ghcr.io/techcommerce/frontend:1@{DIGEST[NEW]}", "args": ["migrate"]}
    ],
    "containers": [
        {
            "name": "frontend",
            "image": f"ghcr.io/techcommerce/frontend:1@{DIGEST[NEW]}",
            "args": ["serve"],
            "envFrom": [{"configMapRef": {"name": "frontend-settings-abc"}}],
            "env": [
                {"name": "EMPTY"},
                {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "session", "key": "key"}}},
                {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            ],
            "resources": {"requests": {"cpu": "1000m", "memory": "80Mi"}, "limits": {"cpu": 2, "memory": "0.5Gi"}},
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
    ],
    "volumes": [{"name": "tmp", "emptyDir": {}}, {"name": "pages", "configMap": {"name": "frontend-pages-def"}}],
}
SETTINGS: Object = {
    "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "frontend-settings-abc", "namespace": "staging"},
    "data": {"TECHCOMMERCE_LOG_LEVEL": "info"},
}  # fmt: skip
PAGES: Object = {
    "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "frontend-pages-def", "namespace": "staging"},
    "data": {"a.html": "a"},
}  # fmt: skip


def wanted(kind: str = "Rollout", **spec: Any) -> Wanted:
    """What Git demands: two pods of a frontend, and its ConfigMaps."""
    workload = {
        "apiVersion": "argoproj.io/v1alpha1" if kind == "Rollout" else "apps/v1", "kind": kind,
        "metadata": {"name": "frontend"}, "spec": {"replicas": 2, "template": {"metadata": {}, "spec": SPEC}, **spec},
    }  # fmt: skip
    application = Application(
        "frontend-staging", "local/staging", "services", "https://kubernetes.default.svc", "staging",
        "refs/heads/main", "overlays/staging/frontend", "{}", "clusters/local/staging.yaml",
        content={"metadata": {"labels": {"environment": "staging"}}},
    )  # fmt: skip
    manifests = [Manifest(each, "x", None, destination="staging") for each in (workload, SETTINGS, PAGES)]
    return of_manifests([(application, manifests)])


def pod(hash_: str = NEW, name: str = "a", **more: Any) -> Object:
    """A pod as the API server completes it, running what Git has."""
    spec = copy.deepcopy(SPEC)
    container = spec["containers"][0]
    container |= {"terminationMessagePath": "/dev/termination-log", "imagePullPolicy": "IfNotPresent"}
    container["env"][0] = {"name": "EMPTY"}
    container["env"][2]["valueFrom"]["fieldRef"]["apiVersion"] = "v1"
    container["resources"] = {"requests": {"cpu": "1", "memory": "80Mi"}, "limits": {"cpu": "2", "memory": "512Mi"}}
    for each in (*spec["containers"], *spec["initContainers"]):
        each["image"] = f"ghcr.io/techcommerce/frontend:1@{DIGEST[hash_]}"
    spec |= {"restartPolicy": "Always", "serviceAccount": "frontend", "nodeName": "node", "schedulerName": "default"}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": f"frontend-{hash_}-{name}", "namespace": "staging", "labels": {"rollouts-pod-template-hash": hash_},
            "ownerReferences": [owner("ReplicaSet", f"frontend-{hash_}", "staging")], **more,
        },
        "spec": spec,
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": "frontend", "imageID": f"ghcr.io/techcommerce/frontend@{DIGEST[hash_]}"}],
            "initContainerStatuses": [{"name": "migrate", "imageID": f"ghcr.io/techcommerce/frontend@{DIGEST[hash_]}"}],
        },
    }  # fmt: skip


def cluster(*pods: Object, rollout_: Object | None = None, sets: tuple[Object, ...] = ()) -> list[Object]:
    """A cluster with those pods, healthy unless another Rollout is given."""
    return [
        rollout_ or rollout(), *(sets or (replica_set(OLD, 6, replicas=0), replica_set(NEW, 7))),
        copy.deepcopy(SETTINGS), copy.deepcopy(PAGES), *pods,
    ]  # fmt: skip


def compared(objects: list[Object], git: Wanted | None = None) -> Comparison:
    """The comparison."""
    return compare(git or wanted(), of_objects(objects), "c" * 40)


def differences(objects: list[Object], git: Wanted | None = None) -> list[tuple[str, str, str]]:
    """Pod, what, path."""
    return [(each.pod, each.what, each.path) for each in compared(objects, git).differences]


def test_the_same_is_no_difference() -> None:
    """What the API server fills in, another form of the same amount, an empty value: all the same."""
    found = compared(cluster(pod(), pod(name="b")))

    assert (found.differences, found.progress, found.pods, found.exit_code) == ((), (), 2, 0)


OTHER = "x@sha256:" + "9" * 64
C = ("spec", "containers", 0)
# a field of the pod, what it holds instead (None: nothing), and the difference that this has to be
MUTATIONS: list[tuple[tuple[str | int, ...], object, str, str]] = [
    ((*C, "image"), OTHER, "image", "containers[frontend].image"),
    (("status", "containerStatuses", 0, "imageID"), OTHER, "image", "containers[frontend].imageID"),
    (("status", "containerStatuses", 0, "imageID"), OTHER[2:], "image", "containers[frontend].imageID"),
    (("status", "initContainerStatuses", 0, "imageID"), OTHER, "image", "initContainers[migrate].imageID"),
    ((*C, "env", 0, "value"), "x", "environment", "containers[frontend].env"),
    ((*C, "env", 1, "valueFrom", "secretKeyRef", "key"), "x", "environment", "containers[frontend].env"),
    ((*C, "env", 2), None, "environment", "containers[frontend].env"),
    ((*C, "env"), [], "environment", "containers[frontend].env"),
    ((*C, "envFrom", 0, "configMapRef", "name"), "old", "environment", "containers[frontend].envFrom"),
    (("spec", "volumes", 1, "configMap", "name"), "old", "settings", "volumes"),
    ((*C, "resources", "limits", "memory"), "513Mi", "resources", "containers[frontend].resources"),
    ((*C, "resources", "requests", "memory"), None, "resources", "containers[frontend].resources"),
    ((*C, "resources", "limits", "nvidia.com/gpu"), "1", "resources", "containers[frontend].resources"),
    ((*C, "securityContext", "privileged"), True, "security", "containers[frontend].securityContext"),
    ((*C, "securityContext", "capabilities"), None, "security", "containers[frontend].securityContext"),
    (("spec", "securityContext", "runAsUser"), 0, "security", "securityContext"),
    (("spec", "hostNetwork"), True, "security", "hostNetwork"),
    (("spec", "serviceAccountName"), "default", "security", "serviceAccountName"),
    ((*C, "args"), ["serve", "--debug"], "command", "containers[frontend].args"),
    ((*C, "command"), ["sh"], "command", "containers[frontend].command"),
    (("spec", "initContainers"), [], "containers", "initContainers"),
    (("spec", "ephemeralContainers"), [{"name": "debugger"}], "containers", "ephemeralContainers"),
]


def changed(content: Any, path: tuple[str | int, ...], value: object) -> Any:
    """The content with another value at a path, or without it."""
    place = content
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return content


@pytest.mark.parametrize(("place", "value", "what", "path"), MUTATIONS)
def test_every_other_way_to_run_is_a_difference(
    place: tuple[str | int, ...], value: object, what: str, path: str
) -> None:
    """At the pod that runs so, and at no other."""
    other = changed(pod(name="b"), place, value)

    assert differences(cluster(pod(), other)) == [(f"frontend-{NEW}-b", what, path)]


def test_every_kind_of_difference_that_pods_can_have_is_among_these() -> None:
    """The others are about workloads."""
    assert {what for _, _, what, _ in MUTATIONS} == set(WHATS) - {"replicas", "workload"}


def test_a_container_that_has_not_started_has_no_digest_yet() -> None:
    """Its image in the spec is compared all the same."""
    starting = pod(name="b")
    starting["status"]["containerStatuses"] = [{"name": "frontend", "imageID": ""}]

    assert differences(cluster(pod(), starting)) == []


def test_content_under_an_unchanged_name_is_seen() -> None:
    """Somebody edited the ConfigMap: its name is still that of the content that Git has."""
    objects = cluster(pod(), pod(name="b"))
    next(each for each in objects if each["kind"] == "ConfigMap")["data"]["TECHCOMMERCE_LOG_LEVEL"] = "debug"

    assert differences(objects) == [("ConfigMap frontend-settings-abc", "settings", "data")]


def test_a_missing_config_map_is_seen() -> None:
    """The next pod would not start."""
    objects = [
        each for each in cluster(pod(), pod(name="b")) if each is not None and each.get("data") != {"a.html": "a"}
    ]

    assert differences(objects) == [("ConfigMap frontend-pages-def", "settings", "data")]


def test_a_missing_workload_is_seen() -> None:
    """Though other workloads run."""
    git = wanted()
    more = replace(git, workloads=(*git.workloads, replace(git.workloads[0], name="basket")))

    assert ("basket", "workload", "Rollout") in differences(cluster(pod(), pod(name="b")), more)


@pytest.mark.parametrize(("count", "differs"), [(1, True), (2, False), (3, True)])
def test_the_number_of_pods_is_compared(count: int, differs: bool) -> None:
    """Git says two."""
    pods = [pod(name=str(index)) for index in range(count)]

    assert differences(cluster(*pods)) == ([("frontend", "replicas", "pods")] if differs else [])


def test_an_autoscaler_bounds_the_number_of_pods() -> None:
    """Git leaves it to the autoscaler between its bounds."""
    git = wanted()
    scaled = replace(git, workloads=(replace(git.workloads[0], replicas=Replicas(2, 4)),))

    assert differences(cluster(*(pod(name=str(index)) for index in range(4))), scaled) == []
    assert differences(cluster(*(pod(name=str(index)) for index in range(5))), scaled) == [
        ("frontend", "replicas", "pods")
    ]


def moving() -> Object:
    """A Rollout at 20 %."""
    return rollout(phase="Paused", stableRS=OLD, currentStepIndex=1, canary={"weights": weights(20)})


def test_a_release_under_way_is_no_difference() -> None:
    """Pods of the version before are what they should be; those of the new one are compared."""
    found = compared(cluster(pod(OLD), pod(OLD, "b"), pod(), rollout_=moving()))

    assert found.differences == ()
    assert [each.message for each in found.progress] == ["revision 7 is Paused, 20 % of the traffic"]
    assert found.exit_code == 0


def test_a_release_of_something_else_than_git_demands_is_a_difference() -> None:
    """Two versions run, and neither is the right one."""
    wrong = changed(pod(), (*C, "args"), ["serve", "--debug"])

    assert differences(cluster(pod(OLD), wrong, rollout_=moving())) == [
        (f"frontend-{NEW}-a", "command", "containers[frontend].args")
    ]


def test_an_aborted_release_is_a_difference_until_git_is_reverted() -> None:
    """Git demands the new version, everybody is served by the old one, and nothing moves any more."""
    aborted = rollout(phase="Degraded", abort=True, stableRS=OLD, currentStepIndex=0)

    found = differences(cluster(pod(OLD), pod(OLD, "b"), rollout_=aborted))

    assert {(pod_, what) for pod_, what, _ in found} == {(f"frontend-{OLD}-a", "image"), (f"frontend-{OLD}-b", "image")}


def test_pods_that_only_wait_for_their_end_are_no_difference() -> None:
    """Argo Rollouts keeps the old ones for a while; others are being deleted."""
    kept = replica_set(OLD, 6)
    kept["metadata"]["annotations"]["scale-down-deadline"] = at(600)
    ending = changed(pod(name="c", deletionTimestamp=at(0)), (*C, "args"), [])

    objects = cluster(pod(), pod(name="b"), pod(OLD), ending, sets=(kept, replica_set(NEW, 7)))

    assert differences(objects) == []


def test_old_pods_that_nobody_ends_are_a_difference() -> None:
    """The release is over, its ReplicaSet should be empty."""
    found = differences(cluster(pod(), pod(name="b"), pod(OLD)))

    assert ("frontend", "replicas", "pods") in found
    assert (f"frontend-{OLD}-a", "image", "containers[frontend].imageID") in found


def test_a_deployment_that_rolls_is_under_way_and_then_compared() -> None:
    """Its newest ReplicaSet is the one with the highest revision."""
    content: Object = {
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": "frontend", "namespace": "staging", "uid": uid("Rollout", "frontend", "staging"), "generation": 2,
        },
        "spec": {"replicas": 2},
        "status": {"observedGeneration": 2, "replicas": 3, "updatedReplicas": 1},
    }  # fmt: skip
    sets = []
    for hash_, revision in ((OLD, "1"), (NEW, "2")):
        each = replica_set(hash_, 0)
        each["metadata"]["annotations"] = {"deployment.kubernetes.io/revision": revision}
        each["metadata"]["labels"] = {"pod-template-hash": hash_}
        sets.append(each)
    pods = [pod(OLD), pod(OLD, "b"), pod()]
    for each in pods:
        each["metadata"]["labels"] = {"pod-template-hash": each["metadata"]["labels"]["rollouts-pod-template-hash"]}

    rolling = compared(cluster(*pods, rollout_=content, sets=tuple(sets)), wanted("Deployment"))
    content["status"] = {"observedGeneration": 2, "replicas": 2, "updatedReplicas": 2}
    done = compared(cluster(*pods, rollout_=content, sets=tuple(sets)), wanted("Deployment"))

    assert (rolling.differences, [each.message for each in rolling.progress]) == (
        (), ["1 of 2 pods are of the newest version"],
    )  # fmt: skip
    assert {each.what for each in done.differences} == {"image", "replicas"}


def test_nothing_to_compare_is_an_error_not_peace() -> None:
    """An empty cluster, or the wrong one."""
    with pytest.raises(PlatformError, match="nothing was compared") as empty:
        compared([])

    assert empty.value.exit_code == TOOL_FAILURE


def test_the_text_goes_by_cluster_service_and_pod() -> None:
    """With what Git has and what runs, and the sums."""
    other = changed(pod(name="b"), (*C, "args"), ["serve", "--debug"])

    assert as_text(compared(cluster(pod(), other))).splitlines() == [
        "local/staging: frontend in staging",
        f"  frontend-{NEW}-b",
        "    command, containers[frontend].args",
        '      Git  ["serve"]',
        '      runs ["serve", "--debug"]',
        "2 pods of 1 workloads compared with cccccccccccc: 1 differences, 0 releases under way",
    ]


def test_the_json_has_the_same() -> None:
    """For programs."""
    other = changed(pod(name="b"), (*C, "args"), ["serve", "--debug"])

    found = json.loads(json.dumps(as_json(compared(cluster(pod(), other)))))

    assert found == {
        "commit": "c" * 40,
        "summary": {"workloads": 1, "pods": 2, "differences": 1, "progress": 0},
        "differences": [
            {
                "cluster": "local/staging", "environment": "staging", "service": "frontend",
                "pod": f"frontend-{NEW}-b", "what": "command", "path": "containers[frontend].args",
                "wanted": '["serve"]', "found": '["serve", "--debug"]',
            }
        ],
        "progress": [],
    }  # fmt: skip


def test_metrics_count_pods_with_zeros_for_all_that_is_well() -> None:
    """An alert can then tell nothing wrong from nothing measured; what was mended is zero again."""
    other = changed(pod(name="b"), (*C, "args"), ["serve", "--debug"])
    gauges = Metrics()

    gauges.set(compared(cluster(pod(), other)))
    bad = generate_latest(gauges.registry).decode()
    gauges.set(compared(cluster(pod(), pod(name="b"))))
    good = generate_latest(gauges.registry).decode()
    gauges.failed()
    failed = generate_latest(gauges.registry).decode()

    labels = 'cluster="local/staging",environment="staging",service="frontend",what='
    assert f'techcommerce_git_difference{{{labels}"command"}} 1.0' in bad
    assert f'techcommerce_git_difference{{{labels}"image"}} 0.0' in bad
    assert f'techcommerce_git_difference{{{labels}"command"}} 0.0' in good
    assert "techcommerce_git_compared_pods 2.0" in good
    assert "techcommerce_git_verify_success 1.0" in good
    assert "techcommerce_git_verify_success 0.0" in failed
    assert f'techcommerce_git_difference{{{labels}"command"}} 0.0' in failed


def test_a_release_under_way_has_a_metric_of_its_own() -> None:
    """One that never ends can be alerted on."""
    gauges = Metrics()

    gauges.set(compared(cluster(pod(OLD), pod(OLD, "b"), pod(), rollout_=moving())))

    where = 'cluster="local/staging",environment="staging",service="frontend"'
    assert f"techcommerce_git_progress{{{where}}} 1.0" in generate_latest(gauges.registry).decode()
    assert PLACE.service == "frontend"
