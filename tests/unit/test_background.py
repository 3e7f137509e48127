"""What runs the platform waits for who serves, once it had its time to start."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from platformctl.cluster import background, cgroup
from platformctl.cluster.background import FIRST_SECONDS, LOOK_SECONDS, START_SECONDS, Background
from platformctl.cluster.components import components
from platformctl.cluster.config import Cluster
from platformctl.cluster.programs import NAMES


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The processor's hierarchy of control groups of a cluster, as the kernel and the kubelet make it."""
    top = tmp_path / "cpu" / "techcommerce-it"
    for name in ("supervisor", "kubepods/burstable/podargo", "kubepods/burstable/podshop", "kubepods/podbest"):
        _group(top / name, 1024)
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


def _group(folder: Path, shares: int) -> None:
    folder.mkdir(parents=True)
    (folder / "cpu.idle").write_text("0")
    (folder / "cpu.shares").write_text(str(shares))


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
    _group(groups / "kubepods/podlate", 81)
    now[0] += LOOK_SECONDS
    it.settle()
    assert _idle(groups, "podlate") == "1"


def _shares(groups: Path, pod: str) -> str:
    return next(groups.rglob(f"{pod}/cpu.shares")).read_text()


def _starts(groups: Path, pods: Path, uid: str) -> None:
    """A pod of the shop that wants 83 of a core's 1024."""
    (pods / f"staging_frontend-{uid}_{uid}").mkdir()
    _group(groups / f"kubepods/burstable/pod{uid}", 83)


def _forgotten(groups: Path, pod: str) -> None:
    """What the kernel does to the shares of a group that is put behind."""
    next(groups.rglob(f"{pod}/cpu.shares")).write_text("3")


def test_a_pod_of_the_shop_is_behind_while_it_starts(groups: Path, pods: Path, cluster: Cluster) -> None:
    now = [0.0]
    it = Background(cluster, pods, lambda: now[0])
    it.settle()
    now[0] = FIRST_SECONDS
    it.settle()
    assert _idle(groups, "podshop") == "0", "it serves"

    now[0] += LOOK_SECONDS
    _starts(groups, pods, "new")
    it.settle()
    assert _idle(groups, "podnew") == "1"
    _forgotten(groups, "podnew")
    now[0] += START_SECONDS - LOOK_SECONDS
    it.settle()
    assert _idle(groups, "podnew") == "1"

    now[0] += LOOK_SECONDS
    it.settle()
    assert (_idle(groups, "podnew"), _shares(groups, "podnew")) == ("0", "83")
    assert (_idle(groups, "podshop"), _shares(groups, "podshop")) == ("0", "1024")


def test_while_the_platform_starts_nobody_is_behind(groups: Path, pods: Path, cluster: Cluster) -> None:
    now = [0.0]
    it = Background(cluster, pods, lambda: now[0])
    it.settle()
    now[0] = FIRST_SECONDS - LOOK_SECONDS
    _starts(groups, pods, "early")
    it.settle()
    now[0] = FIRST_SECONDS
    it.settle()
    assert _idle(groups, "podearly") == "0"


def test_a_pod_that_ends_while_it_starts_is_forgotten(groups: Path, pods: Path, cluster: Cluster) -> None:
    now = [0.0]
    it = Background(cluster, pods, lambda: now[0])
    it.settle()
    now[0] = FIRST_SECONDS
    _starts(groups, pods, "short")
    it.settle()
    assert _idle(groups, "podshort") == "1"

    (pods / "staging_frontend-short_short").rmdir()
    group = groups / "kubepods/burstable/podshort"
    for setting in list(group.iterdir()):
        setting.unlink()
    group.rmdir()
    now[0] += START_SECONDS
    it.settle()
    _starts(groups, pods, "next")
    now[0] += LOOK_SECONDS
    it.settle()
    assert _idle(groups, "podnext") == "1", "looking goes on"


def test_a_kernel_that_cannot_put_behind_leaves_a_pod_as_it_is(groups: Path, pods: Path, cluster: Cluster) -> None:
    (groups / "kubepods/burstable/podshop/cpu.idle").unlink()

    assert cgroup.put_pod_behind(cluster, "shop") == 1024
    cgroup.put_pod_back(cluster, "shop", 1024)

    assert not (groups / "kubepods/burstable/podshop/cpu.idle").exists()
    assert _shares(groups, "podshop") == "1024"


def test_components_that_visitors_wait_for_are_beside_the_pods(groups: Path, cluster: Cluster) -> None:
    for hierarchy in ("cpu", "pids"):
        (groups.parents[1] / hierarchy).mkdir(exist_ok=True)
        (groups.parents[1] / hierarchy / "cgroup.procs").write_text("")
    cgroup.create(cluster)

    cgroup.let_serve(cluster, 4711)

    assert (groups / "serving/cgroup.procs").read_text() == "4711"
    assert _shares(groups, "serving") == str(cgroup.SERVING_SHARES_V1)
    served = [each.name for each in components(cluster, {name: Path(name) for name in NAMES}) if each.serves]
    assert served == ["coredns", "published"]


def test_every_namespace_of_the_platform_waits_but_the_one_that_forwards_visitors() -> None:
    described = yaml.safe_load((Path(__file__).parents[2] / "clusters/local/staging.yaml").read_text())
    platform = {each["namespace"] for each in described["addOns"]} | {"argocd"}

    assert platform - {"traefik"} == set(background.PLATFORM)
