"""The cluster files, and what the ApplicationSets read in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.manifests import CLUSTER_WIDE
from platformctl.repo import Repo

from .conftest import ADD_ONS, FLEETS, LOCAL_ADD_ONS, OVERLAYS, SERVICES, Object, Render, objects

ROOT = Repo.find(Path(__file__).resolve().parent).root
CLUSTERS = [
    path.relative_to(ROOT).as_posix()
    for fleet in FLEETS
    for path in sorted((ROOT / fleet).glob("*.yaml"))
    if path.name != "kustomization.yaml"
]
OPTIONAL = {"gateway-api"}  # add-ons that a cluster may take
REVISION = re.compile(r"refs/heads/main|[0-9a-f]{40}")
KEYS = {"cluster", "environment", "server", "region", "platform", "services", "addOns"}
FIELD = re.compile(r"{{ \.([A-Za-z.]+)(?: \| toJson)? }}")


def _read(path: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / path).read_text())
    return content


def _sets(render: Render, fleet: str) -> dict[str, Object]:
    return {each["metadata"]["name"]: each for each in objects(render(fleet)) if each["kind"] == "ApplicationSet"}


def _filled(template: str, values: dict[str, Any]) -> str:
    return FIELD.sub(lambda found: str(values[found[1]]), template)


@pytest.mark.parametrize("path", CLUSTERS)
def test_cluster_file_is_complete(path: str) -> None:
    """Its keys are those that the sets read, its name is that of the file, its overlays exist."""
    cluster = _read(path)

    assert set(cluster) == KEYS
    assert cluster["cluster"] == Path(path).stem
    named = {f"overlays/{cluster['environment']}/{each['name']}" for each in cluster["services"]}
    assert named == {each for each in SERVICES if each.startswith(f"overlays/{cluster['environment']}/")}
    for each in cluster["services"]:
        assert {"name", "revision"} <= set(each) <= {"name", "revision", "frozen"}


@pytest.mark.parametrize("path", CLUSTERS)
def test_revisions_are_text_and_qualified(path: str) -> None:
    """YAML reads an unquoted id of digits alone as a number, and Git resolves a bare branch name by guessing."""
    cluster = _read(path)
    revisions = [cluster["platform"], *cluster["services"], *cluster["addOns"]]

    for each in revisions:
        assert isinstance(each["revision"], str)
        assert REVISION.fullmatch(each["revision"])
        if cluster["environment"] == "production":
            assert each["revision"] != "refs/heads/main"


@pytest.mark.parametrize("fleet", FLEETS)
def test_every_cluster_file_counts_in_the_digest(fleet: str) -> None:
    """A set reads the files anew when their digest changes: one that is not in it would be seen minutes later."""
    kustomization = _read(f"{fleet}/kustomization.yaml")
    (generator,) = [each for each in kustomization["configMapGenerator"] if each["name"] == "clusters"]

    assert generator["files"] == sorted(Path(path).name for path in CLUSTERS if path.startswith(f"{fleet}/"))


@pytest.mark.parametrize("fleet", FLEETS)
def test_add_ons_run_once_per_cluster(fleet: str) -> None:
    """Cluster files that share a server do not both bring its add-ons."""
    available = LOCAL_ADD_ONS if fleet == "clusters/local" else ADD_ONS
    servers: dict[str, list[str]] = {}
    for path in CLUSTERS:
        if path.startswith(f"{fleet}/"):
            cluster = _read(path)
            servers.setdefault(cluster["server"], []).extend(each["name"] for each in cluster["addOns"])

    wanted = {Path(each).name for each in available} - {"argo-cd"} - OPTIONAL
    for names in servers.values():
        assert sorted(set(names) - OPTIONAL) == sorted(wanted)
        assert len(names) == len(set(names))


@pytest.mark.parametrize("path", CLUSTERS)
def test_sets_find_every_key_that_they_use(path: str, render: Render) -> None:
    """With missingkey=error one absent key stops a whole set."""
    cluster = _read(path)
    items = {"services": cluster["services"], "add-ons": cluster["addOns"], "platform": [{}]}

    for name, each in _sets(render, str(Path(path).parent)).items():
        fields = set(FIELD.findall(yaml.safe_dump(each["spec"]["template"], width=1000)))
        assert fields
        assert "missingkey=error" in each["spec"]["goTemplateOptions"]
        for item in items[name]:
            for field in fields:
                value: Any = {**cluster, **item}
                for part in field.split("."):
                    value = value[part]


@pytest.mark.parametrize("fleet", FLEETS)
def test_sets_never_delete(fleet: str, render: Render) -> None:
    """A generator that yields nothing for a moment has emptied other people's production."""
    sets = _sets(render, fleet)

    assert set(sets) == {"add-ons", "platform", "services"}
    for each in sets.values():
        assert each["spec"]["syncPolicy"] == {
            "applicationsSync": "create-update",
            "preserveResourcesOnDeletion": True,
        }
        assert each["metadata"]["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
        assert "finalizers" not in each["spec"]["template"]["metadata"]


@pytest.mark.parametrize("fleet", FLEETS)
def test_paths_of_applications_exist(fleet: str, render: Render) -> None:
    """Also those of components, which Argo CD adds relative to the source's path."""
    values = [
        {**cluster, **item}
        for cluster in map(_read, (path for path in CLUSTERS if path.startswith(f"{fleet}/")))
        for item in [*cluster["services"], *cluster["addOns"]]
    ]
    for name, each in _sets(render, fleet).items():
        source = each["spec"]["template"]["spec"]["source"]
        for value in values:
            if (name == "add-ons") == ("namespace" in value):
                path = _filled(source["path"], value)
                assert path in [*OVERLAYS, *ADD_ONS, *LOCAL_ADD_ONS]
                for component in source.get("kustomize", {}).get("components", []):
                    content = _read(
                        (ROOT / path / component).resolve().relative_to(ROOT).as_posix() + "/kustomization.yaml"
                    )
                    assert content["kind"] == "Component"


@pytest.mark.parametrize("fleet", FLEETS)
def test_projects_permit_what_is_deployed(fleet: str, render: Render, render_local: Render) -> None:
    """Argo CD refuses a kind or a namespace that the project does not list; here it shows without a cluster."""
    local = fleet == "clusters/local"
    projects = {
        each["metadata"]["name"]: each["spec"] for each in objects(render(fleet)) if each["kind"] == "AppProject"
    }
    deployed = [("services", (render_local if local else render)(folder)) for folder in SERVICES]
    frames = [folder for folder in OVERLAYS if folder not in SERVICES]
    deployed += [("platform", (render_local if local else render)(folder)) for folder in frames]
    deployed += [("platform", render(folder)) for folder in (LOCAL_ADD_ONS if local else ADD_ONS)]

    for project, content in deployed:
        spec = projects[project]
        namespaces = {each["namespace"] for each in spec["destinations"]}
        wide = {(each["group"], each["kind"]) for each in spec["clusterResourceWhitelist"]}
        narrow = {(each["group"], each["kind"]) for each in spec.get("namespaceResourceWhitelist", [])}
        for each in objects(content):
            kind = (each["apiVersion"].rpartition("/")[0], each["kind"])
            if each["kind"] not in CLUSTER_WIDE:  # without a namespace it gets its Application's
                assert each["metadata"].get("namespace") in {*namespaces, None}
                assert not narrow or kind in narrow
            else:
                assert kind in wide, each["metadata"]["name"]


def test_default_project_permits_nothing(render: Render) -> None:
    """An Application that names no project falls into it."""
    for fleet in FLEETS:
        (default,) = [
            each["spec"]
            for each in objects(render(fleet))
            if each["kind"] == "AppProject" and each["metadata"]["name"] == "default"
        ]
        assert default["sourceRepos"] == default["destinations"] == default["clusterResourceWhitelist"] == []
        assert default["namespaceResourceBlacklist"] == [{"group": "*", "kind": "*"}]
