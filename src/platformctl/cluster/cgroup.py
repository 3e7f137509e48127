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
    for group in supervisor_groups(cluster):
        group.mkdir(exist_ok=True)
    _weigh(_computing() / cluster.namespace, CPU_SHARES_V1, CPU_WEIGHT_V2)


def supervisor_groups(cluster: Cluster) -> list[Path]:
    """Where the supervisor is, and with it all that it starts: v2 allows no process beside groups.

    In v1 that is also a group beside the kubelet's, so that what pods do does not wait for what a component does.
    """
    return [hierarchy / cluster.namespace / "supervisor" for hierarchy in sorted({_tracking(), _computing()})]


def put_components_behind(cluster: Cluster) -> None:
    """Let pods come before the components; these keep enough to look after them."""
    _weigh(_computing() / cluster.namespace / "supervisor", BEHIND_SHARES_V1, BEHIND_WEIGHT_V2)


def put_pod_behind(cluster: Cluster, uid: str) -> bool:
    """Let a pod have what all others leave; False while it has no group. Linux before 5.15 does not know how."""
    pods = _computing() / cluster.namespace / "kubepods"
    groups = [group for group in _groups(pods) if group.name == f"pod{uid}"]
    for group in groups:
        try:
            if (group / "cpu.idle").exists():
                (group / "cpu.idle").write_text("1")
        except OSError:  # the pod ended in between; nothing that looking after the cluster should end for
            return False
    return bool(groups)


def _weigh(group: Path, shares: int, weight: int) -> None:
    setting, value = ("cpu.weight", weight) if _is_v2() else ("cpu.shares", shares)
    (group / setting).write_text(str(value))


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
