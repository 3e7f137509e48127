"""The control group that holds every process of a cluster, so that none can be missed when it ends."""

from __future__ import annotations

import errno
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from platformctl.cluster.config import Cluster
from platformctl.errors import TOOL_FAILURE, PlatformError

ROOT = Path("/sys/fs/cgroup")
BUSY_SECONDS = 10.0
# the whole cluster counts as much as four processes that compute, instead of one
CPU_SHARES_V1, CPU_WEIGHT_V2 = 4096, 400
# what the components keep when pods, which have 2048, want all there is
BEHIND_SHARES_V1, BEHIND_WEIGHT_V2 = 256, 10
# what the components have through which visitors come to the pods
SERVING_SHARES_V1, SERVING_WEIGHT_V2 = 2048, 200
V2_CONTROLLERS = "+cpuset +cpu +io +memory +pids"


def create(cluster: Cluster) -> None:
    """Make the group in every hierarchy: the kubelet asks for it before it starts."""
    for hierarchy in _hierarchies():
        group = hierarchy / cluster.namespace
        group.mkdir(exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):  # v1: a new group has none, and nothing can run in it
            if (group / setting).exists() and not (group / setting).read_text().strip():
                (group / setting).write_text((hierarchy / setting).read_text())
    if _is_v2():
        (ROOT / cluster.namespace / "cgroup.subtree_control").write_text(V2_CONTROLLERS)
    for group in (*supervisor_groups(cluster), _serving(cluster)):
        group.mkdir(exist_ok=True)
    _weigh(_computing() / cluster.namespace, CPU_SHARES_V1, CPU_WEIGHT_V2)
    _weigh(_serving(cluster), SERVING_SHARES_V1, SERVING_WEIGHT_V2)


def supervisor_groups(cluster: Cluster) -> list[Path]:
    """Where the supervisor is, and with it all that it starts: v2 allows no process beside groups.

    In v1 that is also a group beside the kubelet's, so that what pods do does not wait for what a component does.
    """
    return [hierarchy / cluster.namespace / "supervisor" for hierarchy in sorted({_tracking(), _computing()})]


def let_serve(cluster: Cluster, pid: int) -> None:
    """Let a component that visitors wait for come beside the pods instead of behind them."""
    try:
        (_serving(cluster) / "cgroup.procs").write_text(str(pid))
    except ProcessLookupError:  # it has ended already, and is started again
        return


def put_components_behind(cluster: Cluster) -> None:
    """Let pods come before the components; these keep enough to look after them."""
    _weigh(_computing() / cluster.namespace / "supervisor", BEHIND_SHARES_V1, BEHIND_WEIGHT_V2)


def put_pod_behind(cluster: Cluster, uid: str) -> int | None:
    """Let a pod have what all others leave; its shares (v2: weight) before that, None while it has no group.

    Linux before 5.15 does not know how, and the pod stays where it is.
    """
    group = _pod(cluster, uid)
    if group is None:
        return None
    try:
        before = int((group / _weight()).read_text())
        if (group / "cpu.idle").exists():
            (group / "cpu.idle").write_text("1")
    except OSError:  # the pod ended in between; nothing that looking after the cluster should end for
        return None
    return before


def put_pod_back(cluster: Cluster, uid: str, shares: int) -> None:
    """Let a pod have its `shares` (v2: weight) again, which the kernel forgets when it puts one behind."""
    group = _pod(cluster, uid)
    if group is None:
        return
    try:
        if (group / "cpu.idle").exists():
            (group / "cpu.idle").write_text("0")
        (group / _weight()).write_text(str(shares))
    except OSError:  # as above
        return


def _pod(cluster: Cluster, uid: str) -> Path | None:
    pods = _computing() / cluster.namespace / "kubepods"
    return next((group for group in _groups(pods) if group.name == f"pod{uid}"), None)


def _serving(cluster: Cluster) -> Path:
    return _computing() / cluster.namespace / "serving"


def _weigh(group: Path, shares: int, weight: int) -> None:
    (group / _weight()).write_text(str(weight if _is_v2() else shares))


def _weight() -> str:
    return "cpu.weight" if _is_v2() else "cpu.shares"


def processes(cluster: Cluster) -> set[int]:
    """Every process in the group, containers included."""
    return {pid for group in _groups(_tracking() / cluster.namespace) for pid in _members(group)}


def kill(cluster: Cluster) -> None:
    """Send SIGKILL to every process in the group."""
    for pid in processes(cluster):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def remove(cluster: Cluster) -> None:
    """Remove the empty group from every hierarchy; the kernel may take a moment to let go of ended processes."""
    deadline = time.monotonic() + BUSY_SECONDS
    for hierarchy in _hierarchies():
        for group in _groups(hierarchy / cluster.namespace):
            while not _removed(group):
                if time.monotonic() > deadline:
                    raise PlatformError(f"the control group {group} is still in use", exit_code=TOOL_FAILURE)
                time.sleep(0.05)


def _removed(group: Path) -> bool:
    try:
        group.rmdir()
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        return False
    return True


def _is_v2() -> bool:
    return (ROOT / "cgroup.controllers").exists()


def _hierarchies() -> list[Path]:
    if _is_v2():
        return [ROOT]
    mounted = {path.resolve() for path in ROOT.iterdir() if (path / "cgroup.procs").exists()}
    return sorted(mounted)


def _tracking() -> Path:
    return ROOT if _is_v2() else ROOT / "pids"


def _computing() -> Path:
    return ROOT if _is_v2() else ROOT / "cpu"


def _groups(top: Path) -> Iterator[Path]:
    if top.is_dir():
        for folder, _folders, _files in os.walk(top, topdown=False):
            yield Path(folder)


def _members(group: Path) -> list[int]:
    try:
        return [int(line) for line in (group / "cgroup.procs").read_text().split()]
    except OSError:  # the group ended in between
        return []
