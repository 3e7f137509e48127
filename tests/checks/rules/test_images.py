"""Images: what each rule takes for a fault, wherever an object names one, and what it does not."""

from __future__ import annotations

from typing import Any

import pytest

from platformctl.checks import registries
from platformctl.checks.protocol import World
from platformctl.checks.registries import Registries
from platformctl.checks.rules.images import CHECKS
from platformctl.errors import PlatformError
from platformctl.manifests import Manifest, dotted
from platformctl.repo import Repo

DIGEST = "sha256:" + "5d" * 32
OTHER = "sha256:" + "7e" * 32
OWN = "ghcr.io/techcommerce/web"
KNOWN = Registries(
    ("ghcr.io/techcommerce/", "docker.io/library/", "registry.k8s.io/"),
    {"k8s.gcr.io/": "registry.k8s.io", "gcr.io/google_containers/": "registry.k8s.io"},
)


def rollout(pod: Any, name: str = "web", namespace: str = "shop", labels: Any = None) -> Manifest:
    """A Rollout with a pod that may be anything."""
    content = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"template": {"metadata": {"labels": labels}, "spec": pod}},
    }
    return Manifest(content, "rollout.yaml", None)


def running(*images: Any, **fields: Any) -> Any:
    """A pod with a container for each image."""
    return {"containers": [{"name": "web", "image": image, **fields} for image in images]}


def places(rule: str, manifest: Manifest, *others: Manifest, whole: bool = False) -> list[str]:
    """Where a rule is broken."""
    world = World([manifest, *others], whole=whole, registries=KNOWN)
    return [dotted(violation.path) for violation in CHECKS[rule].judge(manifest, world)]


def broken(manifest: Manifest) -> set[str]:
    """All rules of the group that an object breaks by itself."""
    return {rule for rule in CHECKS if manifest.kind in CHECKS[rule].kinds and places(rule, manifest)}


@pytest.mark.parametrize(
    ("image", "rules"),
    [
        (f"{OWN}:1.4.2@{DIGEST}", set()),
        (f"{OWN}@{DIGEST}", set()),
        (f"{OWN}:latest@{DIGEST}", set()),
        (f"GHCR.io/techcommerce/web:1@{DIGEST}", set()),
        (f"nginx:1.31@{DIGEST}", set()),
        (f"library/nginx:1.31@{DIGEST}", set()),
        (OWN, {"image-tag", "image-digest"}),
        (f"{OWN}:latest", {"image-tag", "image-digest"}),
        (f"{OWN}:1.4.2", {"image-digest", "pull-policy"}),
        ("registry.example:5000/web", {"image-tag", "image-digest", "image-registry"}),
        (f"ghcr.io/techcommerce-mirror/web@{DIGEST}", {"image-registry"}),
        (f"ghcr.io.example/techcommerce/web@{DIGEST}", {"image-registry"}),
        (f"techcommerce/web@{DIGEST}", {"image-registry"}),
        (f"localhost/library/nginx@{DIGEST}", {"image-registry"}),
        (f"k8s.gcr.io/pause@{DIGEST}", {"image-registry-retired"}),
        (f"gcr.io/google_containers/pause@{DIGEST}", {"image-registry-retired"}),
        (f"K8S.GCR.IO/pause@{DIGEST}", {"image-registry-retired"}),
        ("$IMAGE", {"image-reference", "image-tag", "image-digest"}),
        ("$IMAGE:1.2", {"image-reference", "image-digest", "pull-policy"}),
        (f"Web@{DIGEST}", {"image-reference"}),
        (f"web@{DIGEST[:-1]}", {"image-reference"}),
        (f"web:1:2@{DIGEST}", {"image-reference"}),
        (" web:1@" + DIGEST, {"image-reference"}),
        ("", {"image-reference"}),
        (None, {"image-reference"}),
        (1.2, {"image-reference"}),
        (["web"], {"image-reference"}),
        (f"registry.k8s.io/ingress-nginx/controller:v1@{DIGEST}", {"retired-component"}),
        (f"docker.io/kubernetesui/dashboard:v2.7.0@{DIGEST}", {"retired-component", "image-registry"}),
        (f"registry.k8s.io/git-sync/git-sync:v3.6.9@{DIGEST}", {"retired-component"}),
        (f"registry.k8s.io/git-sync/git-sync:v4.4.0@{DIGEST}", set()),
        (f"registry.k8s.io/tiller-proxy:1@{DIGEST}", {"retired-component"}),
        (f"registry.k8s.io/distiller:1@{DIGEST}", {"retired-component"}),
    ],
)
def test_image_breaks_exactly_these_rules(image: Any, rules: set[str]) -> None:
    """Each rule answers its own question, also about a name that somebody still has to fill in."""
    assert broken(rollout(running(image))) == rules


@pytest.mark.parametrize(
    ("image", "policy", "faulty"),
    [
        ("web", None, False),  # then the API server sets Always
        ("web:latest", None, False),
        ("web:1", None, True),
        ("web:1", "Always", False),
        ("web:1", "IfNotPresent", True),
        ("web:latest", "IfNotPresent", True),
        ("reg.example:5000/web", None, False),
        (f"web:1@{DIGEST}", None, False),
        (f"web@{DIGEST}", "IfNotPresent", False),
        (f"web@{DIGEST}", "Never", True),
        ("web:1", ["Always"], True),
    ],
)
def test_pull_policy_fits_the_name(image: str, policy: Any, faulty: bool) -> None:
    """A name that can change its meaning is asked for each time; one that cannot may be kept."""
    found = places("pull-policy", rollout(running(image, imagePullPolicy=policy)))

    assert found == (["spec.template.spec.containers[0].imagePullPolicy"] if faulty else [])


def test_images_are_seen_in_every_kind_of_container_and_volume() -> None:
    """Init and ephemeral containers and image volumes name images, too."""
    pod = {
        "containers": [{"name": "web", "image": "web"}],
        "initContainers": [{"name": "prepare", "image": "web"}, "rubbish"],
        "ephemeralContainers": [{"name": "debug", "image": "web"}],
        "volumes": [{"name": "model", "image": {"reference": "web"}}, {"name": "empty", "emptyDir": {}}, None],
    }

    assert places("image-tag", rollout(pod)) == [
        "spec.template.spec.containers[0].image",
        "spec.template.spec.initContainers[0].image",
        "spec.template.spec.ephemeralContainers[0].image",
        "spec.template.spec.volumes[0].image.reference",
    ]


def test_pull_policy_of_an_image_volume() -> None:
    """It has another name there."""
    pod = {"volumes": [{"name": "model", "image": {"reference": "web:1", "pullPolicy": "Never"}}]}

    assert places("pull-policy", rollout(pod)) == ["spec.template.spec.volumes[0].image.pullPolicy"]


@pytest.mark.parametrize(("spec", "faulty"), [({"image": "prometheus"}, True), ({}, False), (None, False)])
def test_images_that_an_operator_runs_are_seen(spec: Any, faulty: bool) -> None:
    """A Prometheus object names the image of its pods, or leaves it to the operator."""
    content = {"apiVersion": "monitoring.coreos.com/v1", "kind": "Prometheus", "metadata": {"name": "a"}, "spec": spec}

    assert places("image-tag", Manifest(content, "a.yaml", None)) == (["spec.image"] if faulty else [])


@pytest.mark.parametrize(
    ("labels", "faulty"),
    [
        ({"app": "helm", "name": "web"}, True),
        ({"k8s-app": "kubernetes-dashboard"}, True),
        ({"app": "web"}, False),
        ({"app": ["helm"]}, False),
        ("helm", False),
    ],
)
def test_retired_components_are_known_by_their_labels(labels: Any, faulty: bool) -> None:
    """An image of another name does not hide them."""
    manifest = rollout(running(f"web@{DIGEST}"), labels=labels)

    assert places("retired-component", manifest) == (["spec.template.metadata.labels"] if faulty else [])


def test_service_of_a_retired_component() -> None:
    """The way to it is a fault, wherever its pods are."""
    content = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "way-in"},
        "spec": {"selector": {"name": "tiller"}},
    }  # fmt: skip

    assert places("retired-component", Manifest(content, "a.yaml", None)) == ["spec.selector"]


def test_git_sync_with_a_program_of_the_callers_choice() -> None:
    """The variable is what makes it dangerous, whatever the image is called."""
    pod = running(f"{OWN}@{DIGEST}", env=[{"name": "GITSYNC_REPO"}, {"name": "GITSYNC_GIT", "value": "/bin/sh"}])

    assert places("retired-component", rollout(pod)) == ["spec.template.spec.containers[0].env[1].name"]


@pytest.mark.parametrize(
    ("rule", "others", "whole", "faulty"),
    [
        ("image-tag-moved", [("old", "shop", f"{OWN}:1@{OTHER}")], False, True),
        ("image-tag-moved", [("old", "shop", f"{OWN}:2@{OTHER}")], False, False),
        ("image-tag-moved", [("old", "shop", f"{OWN}:1@{DIGEST}")], False, False),
        ("image-tag-moved", [("old", "shop", f"{OWN}:1")], False, False),
        ("image-tag-moved", [("old", "depot", f"{OWN}:1@{OTHER}")], False, False),  # loose files
        ("image-tag-moved", [("old", "depot", f"{OWN}:1@{OTHER}")], True, True),  # one cluster
        ("image-versions", [("old", "shop", f"{OWN}:2@{OTHER}")], False, True),
        ("image-versions", [("old", "shop", f"{OWN}@{OTHER}")], False, True),
        ("image-versions", [("old", "shop", f"{OWN}:1@{OTHER}")], False, False),  # that is the other rule's
        ("image-versions", [("old", "shop", f"{OWN}-job:2@{OTHER}")], False, False),
        ("image-versions", [("old", "depot", f"{OWN}:2@{OTHER}")], True, False),
        ("image-versions", [("old", "shop", f"{OWN}:2")], False, False),
    ],
)
def test_one_name_means_one_image(rule: str, others: list[tuple[str, str, str]], whole: bool, faulty: bool) -> None:
    """The first object stands for what is right; the second is told about it."""
    manifest = rollout(running(f"{OWN}:1@{DIGEST}"))
    around = [rollout(running(image), name, namespace) for name, namespace, image in others]
    world = World([*around, manifest], whole=whole)

    assert bool(list(CHECKS[rule].judge(manifest, world))) is faulty


def test_default_registry_may_be_written_or_not() -> None:
    """nginx, library/nginx and docker.io/library/nginx are one image."""
    manifest = rollout(running(f"nginx:1@{DIGEST}", f"docker.io/library/nginx:1@{OTHER}", f"library/nginx:1@{OTHER}"))

    assert len(places("image-tag-moved", manifest)) == 2


@pytest.mark.parametrize(
    ("kind", "name", "faulty"),
    [
        ("Secret", "registry", False),
        ("ExternalSecret", "registry", False),
        ("Secret", "other", True),
        ("ConfigMap", "registry", False),  # nobody describes Secrets: this one may be anywhere
    ],
)
def test_pull_secret(kind: str, name: str, faulty: bool) -> None:
    """Pods and accounts name the Secret; what makes it counts as well."""
    other = Manifest(
        {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": "shop"}}, "a.yaml", None
    )
    pod = rollout({**running(OWN), "imagePullSecrets": [{"name": "registry"}]})
    account = Manifest(
        {
            "apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web", "namespace": "shop"},
            "imagePullSecrets": [{"name": "registry"}],
        },
        "a.yaml", None,
    )  # fmt: skip

    assert places("pull-secret", pod, other) == (["spec.template.spec.imagePullSecrets[0].name"] if faulty else [])
    assert places("pull-secret", account, other) == (["imagePullSecrets[0].name"] if faulty else [])


@pytest.mark.parametrize("rule", CHECKS)
@pytest.mark.parametrize("pod", [None, "pod", {"containers": "web", "volumes": {}}, {"containers": [None, 1, {}]}])
def test_odd_pods_are_judged_without_a_crash(rule: str, pod: Any) -> None:
    """Whatever somebody writes by hand."""
    places(rule, rollout(pod))


def test_registries_of_this_platform(repo: Repo) -> None:
    """The file is there and names our own registry."""
    assert "ghcr.io/techcommerce/" in registries.load(repo).trusted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "trusted: [ghcr.io/a/]",
        "trusted: []\nretired: {}",
        "trusted: ghcr.io/a/\nretired: {}",
        "trusted: [ghcr.io/a]\nretired: {}",
        "trusted: [GHCR.io/a/]\nretired: {}",
        "trusted: [1]\nretired: {}",
        "trusted: [ghcr.io/a/]\nretired: [k8s.gcr.io/]",
        "trusted: [ghcr.io/a/]\nretired: {k8s.gcr.io: registry.k8s.io}",
        "trusted: [ghcr.io/a/]\nretired: {}\nblocked: []",
        "trusted: [",
    ],
)
def test_registries_that_say_nothing_are_refused(checkout: Repo, text: str) -> None:
    """A beginning without its slash would trust a name that only looks like it."""
    (checkout.root / registries.FILE).write_text(text)

    with pytest.raises(PlatformError, match=registries.FILE):
        registries.load(checkout)


def test_missing_registries_are_refused(checkout: Repo) -> None:
    """Nothing is trusted by accident."""
    (checkout.root / registries.FILE).unlink()

    with pytest.raises(PlatformError, match=registries.FILE):
        registries.load(checkout)
