"""Reading from an API server: what is asked for, with which rights, and what its refusals become."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.errors import PlatformError
from platformctl.undo import kubernetes
from platformctl.undo.attachment import attachment
from platformctl.undo.facts import ARGO, all_aborted, gather, one_aborted
from platformctl.undo.kubernetes import AbsentError, ApiServer
from platformctl.undo.policy import Action
from platformctl.undo.revert import Revert

from . import api_server, objects
from .api_server import Cluster
from .conftest import REPO

PATH = re.compile(
    r"/api(s/(?P<group>[^/]+))?/[^/]+(/namespaces/(?P<namespace>[^/]+))?/(?P<kind>[a-z]+)(?P<name>/[^/?]+)?"
)
REPOSITORY = "http://git.techcommerce.internal:3001/techcommerce/platform.git"


def story(cluster: Cluster) -> None:
    """An aborted release of frontend in staging."""
    cluster.rollouts = [objects.rollout()]
    cluster.applications = [
        objects.root(REPOSITORY),
        objects.application(REPOSITORY, [("h" * 40, 10), ("b" * 40, 98)]),
    ]
    cluster.replica_sets = [
        objects.replica_set(objects.HEALTHY, objects.template("0.1.0")),
        objects.replica_set(objects.BAD, objects.template("0.2.0")),
    ]
    cluster.runs = [objects.analysis_run()]


def granted() -> list[dict[str, Any]]:
    """The rules of the roles that the local overlay gives, those of a namespace with its name."""
    rules = []
    for path in ("base/platform/release-undo/access.yaml", "overlays/local/release-undo/applications.yaml"):
        for content in yaml.safe_load_all((REPO.root / path).read_text()):
            if content["kind"] in ("ClusterRole", "Role"):
                namespace = content["metadata"].get("namespace")
                rules += [{**rule, "namespace": namespace} for rule in content["rules"]]
    return rules


def test_everything_that_is_asked_for_is_granted(cluster: Cluster, api: ApiServer) -> None:
    """And nothing is granted that is not asked for, nor anything that writes."""
    story(cluster)
    (found,) = all_aborted(api)
    assert one_aborted(api, "staging", "frontend") == found
    facts = gather(api, api, found)
    attachment(api, Revert(found, facts.application, facts.change, facts.fleet, Action.OPEN), None, objects.START)

    needed = set()
    for path in cluster.asked:
        match = PATH.match(path)
        assert match
        needed.add((match["group"] or "", match["kind"], "get" if match["name"] else "list"))
    allowed = {
        (group, kind, verb)
        for rule in granted()
        for group in rule["apiGroups"]
        for kind in rule["resources"]
        for verb in rule["verbs"]
    }
    assert needed <= allowed
    assert {verb for _, _, verb in allowed} == {"get", "list"}
    assert {kind for _, kind, _ in allowed} == {kind for _, kind, _ in needed}
    assert [rule["namespace"] for rule in granted() if rule["resources"] == ["applications"]] == ["argocd"]


def test_the_facts_of_a_release(cluster: Cluster, api: ApiServer) -> None:
    """Versions, commits, fleet and measurements, from five answers."""
    story(cluster)
    (found,) = all_aborted(api)
    facts = gather(api, api, found)

    assert (facts.change.healthy, facts.change.first, facts.change.last) == ("h" * 40, "b" * 40, "b" * 40)
    assert facts.fleet == "local"
    assert facts.healthy == objects.template("0.1.0")
    assert facts.bad == objects.template("0.2.0")
    assert [metric.name for run in facts.runs for metric in run.metrics] == ["success-rate"]


def test_analyses_of_another_revision_are_left_out(cluster: Cluster, api: ApiServer) -> None:
    """A version that comes again has those of its former time too."""
    story(cluster)
    former = objects.analysis_run()
    former["metadata"]["annotations"]["rollout.argoproj.io/revision"] = "1"
    cluster.runs.append(former)
    (found,) = all_aborted(api)

    assert len(gather(api, api, found).runs) == 1


def test_a_replica_set_of_another_rollout_is_none_of_ours(cluster: Cluster, api: ApiServer) -> None:
    """Two services may have pod templates with one hash."""
    story(cluster)
    cluster.replica_sets[0]["metadata"]["ownerReferences"][0]["name"] = "order-api"
    (found,) = all_aborted(api)

    with pytest.raises(PlatformError, match=f"no ReplicaSet of the pod template {objects.HEALTHY}"):
        gather(api, api, found)


def test_an_unknown_rollout_is_none(cluster: Cluster, api: ApiServer) -> None:
    """A notification may name anything."""
    assert one_aborted(api, "staging", "nobody") is None
    assert list(all_aborted(api)) == []


def test_an_application_that_is_gone_is_an_error(cluster: Cluster, api: ApiServer) -> None:
    """The Rollout still has its mark."""
    story(cluster)
    cluster.applications = cluster.applications[:1]
    (found,) = all_aborted(api)

    with pytest.raises(AbsentError, match="applications/frontend-staging"):
        gather(api, api, found)


def test_a_root_of_no_fleet_is_an_error(cluster: Cluster, api: ApiServer) -> None:
    """Nobody would know which cluster file is meant."""
    story(cluster)
    cluster.applications[0]["spec"]["source"]["path"] = "apps"
    (found,) = all_aborted(api)

    with pytest.raises(PlatformError, match="its path is 'apps'"):
        gather(api, api, found)


def test_an_api_server_that_refuses_is_an_error(cluster: Cluster, api: ApiServer) -> None:
    """Nothing there must not be mistaken for not allowed, nor for trouble."""
    cluster.broken = True
    with pytest.raises(PlatformError, match="500: etcdserver: request timed out"):
        list(all_aborted(api))

    (api.folder / "token").write_text("a-token-that-expired")
    with pytest.raises(PlatformError, match="401: Unauthorized") as caught:
        one_aborted(api, "staging", "frontend")
    assert not isinstance(caught.value, AbsentError)


def test_the_token_is_read_anew(cluster: Cluster, api: ApiServer) -> None:
    """The kubelet renews it every hour."""
    good = (api.folder / "token").read_text()
    (api.folder / "token").write_text("old")
    with pytest.raises(PlatformError, match="401"):
        api(f"{ARGO}/rollouts")
    (api.folder / "token").write_text(good)

    assert api(f"{ARGO}/rollouts")["items"] == []


def test_a_stranger_is_not_trusted(api: ApiServer, tmp_path: Path) -> None:
    """Another authority signed its certificate."""
    other = tmp_path / "other"
    other.mkdir()
    with api_server.serving(Cluster(), other):  # writes the certificate of an authority of its own
        pass

    with pytest.raises(PlatformError, match=r"does not answer[\s\S]*certificate verify failed"):
        ApiServer(api.address, other)(f"{ARGO}/rollouts")


def test_another_cluster_is_described_by_a_folder(tmp_path: Path) -> None:
    """Where Argo CD runs elsewhere."""
    (tmp_path / "server").write_text("https://argo-cd.techcommerce.example:6443/\n")

    assert kubernetes.elsewhere(tmp_path) == ApiServer("https://argo-cd.techcommerce.example:6443", tmp_path)
    (tmp_path / "server").write_text("http://argo-cd.techcommerce.example")
    with pytest.raises(PlatformError, match="is no https address"):
        kubernetes.elsewhere(tmp_path)


def test_the_own_cluster_is_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Kubernetes tells every pod."""
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")
    assert kubernetes.in_cluster().address == "https://[fd00::1]:443"

    monkeypatch.delenv("KUBERNETES_SERVICE_HOST")
    with pytest.raises(PlatformError, match="this is no pod of a cluster"):
        kubernetes.in_cluster()
