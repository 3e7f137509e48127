"""Relations between the objects of a render that neither kustomize nor a schema knows."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from platformctl.repo import Repo
from platformctl.tools.catalogue import load

from .conftest import ENVIRONMENTS, LOCAL_ADD_ONS, OVERLAYS, SERVICES, Object, Render, objects

SETTINGS = {
    "frontend": {"ORDER_API_URL", "PRODUCT_API_URL", "SHOP_NAME", "TRUSTED_HOPS"},
    "order-api": {"PRODUCT_API_URL"},
    "product-api": set[str](),
}
COMMON = {"ENVIRONMENT", "LOG_LEVEL", "SHUTDOWN_DELAY_SECONDS"}
SECRETS = {
    "frontend": {"SECRET_KEY", "STAFF", "TOKEN_KEY"},
    "order-api": {"CALLER_KEYS", "DATABASE_URL", "TOKEN_KEY"},
    "product-api": {"CALLER_KEYS", "DATABASE_URL"},
}
CORES = 2  # of the smallest machine that the embedded cluster is measured on


def _of_kind(found: list[Object], kind: str) -> list[Object]:
    return [each for each in found if each["kind"] == kind]


@pytest.mark.parametrize("folder", SERVICES)
def test_rollout_reads_the_settings_of_its_own_render(folder: str, render: Render) -> None:
    """The generated name of the ConfigMap, with its digest, has reached every container."""
    found = objects(render(folder))
    (settings,) = _of_kind(found, "ConfigMap")
    (rollout,) = _of_kind(found, "Rollout")
    spec = rollout["spec"]["template"]["spec"]

    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        assert container["envFrom"] == [{"configMapRef": {"name": settings["metadata"]["name"]}}]
    assert settings["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == "Prune=false"


@pytest.mark.parametrize("folder", SERVICES)
def test_only_known_settings_are_set(folder: str, render: Render) -> None:
    """Nothing that makes a service fail for a test gets into an overlay; that belongs to a version."""
    service = Path(folder).name
    found = objects(render(folder))
    (settings,) = _of_kind(found, "ConfigMap")
    (rollout,) = _of_kind(found, "Rollout")
    environment = {
        variable["name"]
        for container in rollout["spec"]["template"]["spec"]["containers"]
        for variable in container["env"]
    }

    assert set(settings["data"]) == {f"TECHCOMMERCE_{name}" for name in COMMON | SETTINGS[service]}
    assert environment == {f"TECHCOMMERCE_{name}" for name in SECRETS[service]}


@pytest.mark.parametrize("folder", SERVICES)
def test_replicas_belong_to_one_owner(folder: str, render: Render) -> None:
    """A Rollout that is scaled by load has no number of replicas in Git, every other has one."""
    found = objects(render(folder))
    (rollout,) = _of_kind(found, "Rollout")
    scaled = {each["spec"]["scaleTargetRef"]["name"] for each in _of_kind(found, "HorizontalPodAutoscaler")}

    assert ("replicas" in rollout["spec"]) == (rollout["metadata"]["name"] not in scaled)


@pytest.mark.parametrize("folder", SERVICES)
def test_rollout_names_objects_that_exist(folder: str, render: Render) -> None:
    """The Services of a release and the object that splits its traffic are in the same render."""
    found = objects(render(folder))
    (rollout,) = _of_kind(found, "Rollout")
    services = {each["metadata"]["name"]: each for each in _of_kind(found, "Service")}
    (strategy,) = rollout["spec"]["strategy"].values()
    named = [strategy[key] for key in strategy if key.endswith("Service")]

    assert len(set(named)) == 2
    for name in named:
        assert services[name]["spec"]["selector"].items() <= rollout["spec"]["selector"]["matchLabels"].items()
    if "trafficRouting" in strategy:
        wanted = strategy["trafficRouting"]["traefik"]["weightedTraefikServiceName"]
        (splitter,) = _of_kind(found, "TraefikService")
        assert splitter["metadata"]["name"] == wanted
        assert {each["name"] for each in splitter["spec"]["weighted"]["services"]} == set(named)


def test_no_object_has_two_owners_in_the_local_fleet(render: Render, render_local: Render) -> None:
    """Both environments and all add-ons share one cluster there."""
    found = [
        (each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"])
        for content in [*map(render, LOCAL_ADD_ONS), *map(render_local, OVERLAYS)]
        for each in objects(content)
    ]

    assert [identity for identity, count in Counter(found).items() if count > 1] == []


@pytest.mark.parametrize(
    ("image", "tool"),
    [
        ("quay.io/argoproj/argocd", "argo-cd"),
        ("quay.io/argoproj/argo-rollouts", "argo-rollouts"),
        ("quay.io/prometheus-operator/prometheus-operator", "prometheus-operator"),
        ("quay.io/prometheus/prometheus", "prometheus"),
        ("registry.k8s.io/metrics-server/metrics-server", "metrics-server"),
        ("docker.io/library/traefik", "traefik"),
    ],
)
def test_add_on_runs_the_version_that_tools_pins(image: str, tool: str, repo: Repo, render: Render) -> None:
    """Manifests, kinds and program of an add-on are of one version, set in tools/<tool>/go.mod."""
    version = load(repo)[tool].version
    if tool == "prometheus":  # its module counts v0.316.0 where the program is 3.16.0
        _, minor, patch = version.split(".")
        version = f"v{minor[0]}.{int(minor[1:])}.{patch}"

    tags = {
        line.partition("image: ")[2].rpartition(":")[2]
        for folder in LOCAL_ADD_ONS
        for line in render(folder).splitlines()
        if line.strip().removeprefix("- ").startswith(f"image: {image}:")
    }

    assert tags == {version}


@pytest.mark.parametrize("local", [False, True], ids=["cloud", "local"])
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_release_of_everything_at_once_fits_the_quota(
    environment: str, local: bool, render: Render, render_local: Render
) -> None:
    """Every service at its most pods, in two versions at the same time."""
    found = [
        each
        for folder in OVERLAYS
        if folder.startswith(f"overlays/{environment}/")
        for each in objects((render_local if local else render)(folder))
    ]
    (quota,) = _of_kind(found, "ResourceQuota")
    used = _used(found, versions=2)

    assert used
    for resource, amount in used.items():
        assert amount <= _amount(quota["spec"]["hard"][resource]), resource


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_release_of_everything_at_once_fits_the_node_of_the_local_fleet(
    environment: str, render: Render, render_local: Render
) -> None:
    """Beside the other environment at its most pods, and the add-ons: a pod without a place is a release aborted."""
    found = {
        folder: objects(render(folder) if folder in LOCAL_ADD_ONS else render_local(folder))
        for folder in [*OVERLAYS, *LOCAL_ADD_ONS]
    }
    needs = {
        folder: _used(each, versions=2 if folder.startswith(f"overlays/{environment}/") else 1)["requests.cpu"]
        for folder, each in found.items()
    }

    assert sum(needs.values()) <= _amount(CORES), needs


def _used(found: list[Object], versions: int) -> Counter[str]:
    """What pods of some renders take of a quota when there are most of them; those of Rollouts in some versions."""
    most = {
        each["metadata"]["name"]: each["spec"]["maxReplicas"] for each in _of_kind(found, "HorizontalPodAutoscaler")
    }
    used: Counter[str] = Counter()
    for kind in ("Deployment", "Prometheus", "Rollout", "StatefulSet"):
        for workload in _of_kind(found, kind):
            spec = workload["spec"]
            pods = most.get(workload["metadata"]["name"], spec.get("replicas", 1))
            pods *= versions if kind == "Rollout" else 1
            used["pods"] += pods
            for container in [spec] if kind == "Prometheus" else spec["template"]["spec"]["containers"]:
                for part in ("requests", "limits"):
                    for resource, amount in container["resources"][part].items():
                        used[f"{part}.{resource}"] += pods * _amount(amount)
    return used


def _amount(text: str | int) -> int:
    """Thousandths, of a core or of a byte."""
    text = str(text)
    for suffix, factor in (("Gi", 1024**3 * 1000), ("Mi", 1024**2 * 1000), ("m", 1)):
        if text.endswith(suffix):
            return int(text.removesuffix(suffix)) * factor
    return int(text) * 1000


def test_vendored_text_is_not_edited_by_hand(repo: Repo) -> None:
    """Every file below upstream/ says where it comes from."""
    files = sorted(repo.root.glob("base/platform/*/upstream/*"))

    assert files
    for path in files:
        assert path.read_text().startswith("# generated from "), path
