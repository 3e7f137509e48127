"""What runs the platform waits for who serves, once it had its time to start."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from platformctl.cluster import background, cgroup
from platformctl.cluster.background import FIRST_SECONDS, LOOK_SECONDS, Background
from platformctl.cluster.config import Cluster


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The processor's hierarchy of control groups of a cluster, as the kernel and the kubelet make it."""
    top = tmp_path / "cpu" / "techcommerce-it"
    for name in ("supervisor", "kubepods/burstable/podargo", "kubepods/burstable/podshop", "kubepods/podbest"):
        (top / name).mkdir(parents=True)
        (top / name / "cpu.idle").write_text("0")
        (top / name / "cpu.shares").write_text("1024")
    monkeypatch.setattr(cgroup, "ROOT", tmp_path)
    monkeypatch.setattr(cgroup, "_is_v2", lambda: False)
    return top


@pytest.fixture
def cluster() -> Cluster:
    """A cluster that does not run."""
    return Cluster("it", 1)


@pytest.fixture
def pods(tmp_path: Path) -> Path:
    """The kubelet's folders of logs."""
    folder = tmp_path / "pods"
    for name in ("argocd_argocd-server-1_argo", "staging_frontend-1_shop"):
        (folder / name).mkdir(parents=True)
    return folder


def _idle(groups: Path, pod: str) -> str:
    return next(groups.rglob(f"{pod}/cpu.idle")).read_text()


def test_after_its_start_the_platform_waits_and_the_shop_does_not(groups: Path, pods: Path, cluster: Cluster) -> None:
    now = [0.0]
    it = Background(cluster, pods, lambda: now[0])

    it.settle()
    now[0] = FIRST_SECONDS - 1
    it.settle()
    assert (_idle(groups, "podargo"), (groups / "supervisor/cpu.shares").read_text()) == ("0", "1024")

    now[0] += LOOK_SECONDS
    it.settle()
    assert _idle(groups, "podargo") == "1"
    assert _idle(groups, "podshop") == "0"
    assert (groups / "supervisor/cpu.shares").read_text() == str(cgroup.BEHIND_SHARES_V1)
    assert (groups / "supervisor/cpu.idle").read_text() == "0", "the kubelet has to answer"


def test_a_pod_that_comes_later_has_its_own_time(groups: Path, pods: Path, cluster: Cluster) -> None:
    now = [0.0]
    it = Background(cluster, pods, lambda: now[0])
    it.settle()
    now[0] = FIRST_SECONDS
    (pods / "monitoring_prometheus-0_best").mkdir()
    it.settle()
    assert _idle(groups, "podbest") == "0"

    now[0] = 2 * FIRST_SECONDS
    it.settle()
    assert _idle(groups, "podbest") == "1"


def test_a_pod_whose_group_is_not_there_is_tried_again(groups: Path, pods: Path, cluster: Cluster) -> None:
    now = [0.0]
    it = Background(cluster, pods, lambda: now[0])
    (pods / "argocd_late_late").mkdir()
    it.settle()
    now[0] = FIRST_SECONDS
    it.settle()
    (groups / "kubepods/podlate").mkdir()
    (groups / "kubepods/podlate/cpu.idle").write_text("0")
    now[0] += LOOK_SECONDS
    it.settle()
    assert _idle(groups, "podlate") == "1"


def test_every_namespace_of_the_platform_waits_but_the_one_that_forwards_visitors() -> None:
    described = yaml.safe_load((Path(__file__).parents[2] / "clusters/local/staging.yaml").read_text())
    platform = {each["namespace"] for each in described["addOns"]} | {"argocd"}

    assert platform - {"traefik"} == set(background.PLATFORM)
