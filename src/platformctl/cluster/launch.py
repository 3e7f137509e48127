"""Starts and stops the supervisor of a cluster in a mount namespace and a network namespace of its own."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from typing import Any

import psutil

from platformctl.cluster import cgroup, network
from platformctl.cluster.config import STATE, Cluster
from platformctl.cluster.supervisor import READY_SECONDS
from platformctl.console import Console
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import Command, spawn

STOP_SECONDS = 60.0
POLL_SECONDS = 0.1
LOG_LINES = 20
# runs once in the new mount namespace: whatever is mounted from here on ends with its last process
SCRIPT = f"""\
set -eu
for group in $CGROUPS; do echo $$ > "$group/cgroup.procs"; done
rm -rf "$FOLDER/private"  # as after a restart of a machine: nothing of an earlier life in /run
mkdir -p "$FOLDER/private/var" "$FOLDER/private/var.work" "$FOLDER/private/run" "$FOLDER/private/run.work"
touch "$FOLDER/host-network"
mount --rbind "$FOLDER" /mnt
mount --bind "/proc/$LAUNCHER/ns/net" /mnt/host-network
mount -t overlay overlay -o lowerdir=/var,upperdir=/mnt/private/var,workdir=/mnt/private/var.work /var
mount -t overlay overlay -o lowerdir=/run,upperdir=/mnt/private/run,workdir=/mnt/private/run.work /run
mkdir -p {STATE}
mount --rbind /mnt {STATE}
mkdir -p {STATE}/registry
mount --bind "$STORE" {STATE}/registry
mount --bind {STATE}/config/resolv.conf /etc/resolv.conf
mount --make-rshared /  # kubelet's mounts must reach the containers
exec "$@"
"""


def launch_command(cluster: Cluster, launcher: int, python: str = sys.executable) -> Command:
    """The command that becomes the supervisor: its process id stays the same all the way."""
    return Command(
        (
            *network.in_network(cluster), "unshare", "--mount", "--propagation", "private", "--",
            "sh", "-c", SCRIPT, "launch", python, "-m", "platformctl", "supervise", cluster.name,
        ),
        env={
            "CGROUPS": " ".join(map(str, cgroup.supervisor_groups(cluster))),
            "FOLDER": str(cluster.folder),
            "LAUNCHER": str(launcher),
            "STORE": str(cluster.registry_store),
        },
    )  # fmt: skip


def is_running(cluster: Cluster) -> bool:
    """Whether the supervisor lives and says that all its components are ready."""
    return _supervisor(cluster) is not None and state(cluster).get("state") == "ready"


def start(cluster: Cluster) -> None:
    """Start the supervisor and wait until every component is ready; an error shows the log of what is not."""
    stop(cluster)  # what an interrupted start left
    cluster.registry_store.mkdir(parents=True, exist_ok=True)
    network.create(cluster)
    cgroup.remove(cluster)  # a pod that was behind when they ended would stay there
    cgroup.create(cluster)
    (cluster.folder / "supervisor.json").unlink(missing_ok=True)
    child = spawn(launch_command(cluster, os.getpid()), cluster.folder / "logs" / "supervisor.log")
    deadline = time.monotonic() + 4 * READY_SECONDS
    while state(cluster).get("state") != "ready":
        if child.poll() is not None or time.monotonic() > deadline:
            raise _failure(cluster)
        time.sleep(POLL_SECONDS)


def stop(cluster: Cluster) -> None:
    """Stop the supervisor and then whatever is left in the cluster's control group."""
    supervisor = _supervisor(cluster)
    if supervisor is not None:
        supervisor.terminate()
        _wait_until(lambda: not supervisor.is_running() or supervisor.status() == psutil.STATUS_ZOMBIE)
    cgroup.kill(cluster)
    if not _wait_until(lambda: not cgroup.processes(cluster)):
        left = ", ".join(map(str, sorted(cgroup.processes(cluster))))
        raise PlatformError(f"processes of {cluster.name} do not end: {left}", exit_code=TOOL_FAILURE)


def supervisor_pid(cluster: Cluster) -> int:
    """The process whose namespaces are the cluster's."""
    found = _supervisor(cluster)
    if found is None:
        raise PlatformError(f"the cluster {cluster.name} does not run", fix="run `make up`")
    return found.pid


def remove(cluster: Cluster, console: Console) -> None:
    """Stop everything and remove the control group, the network and the state folder."""
    with console.step(f"stop the processes of {cluster.name}"):
        stop(cluster)
    with console.step("remove control group, network and state"):
        cgroup.remove(cluster)
        network.remove(cluster)
        if cluster.folder.exists():
            shutil.rmtree(cluster.folder)


def log_tail(cluster: Cluster, name: str) -> str:
    """The last lines that a component printed."""
    try:
        lines = (cluster.folder / "logs" / f"{name}.log").read_text(errors="replace").splitlines()
    except OSError:
        return "(no log)"
    return "\n".join(line[:300] for line in lines[-LOG_LINES:])


def _failure(cluster: Cluster) -> PlatformError:
    rows = state(cluster).get("components", {})
    unready = [name for name, row in rows.items() if not row["ready"]] or ["supervisor"]
    logs = "\n".join(f"--- {name}\n{log_tail(cluster, name)}" for name in unready)
    stop(cluster)
    return PlatformError(
        f"the cluster {cluster.name} did not start: {', '.join(unready)} not ready",
        why=logs,
        fix=f"see {cluster.folder}/logs; `make up` tries again, `make down` removes everything",
        exit_code=TOOL_FAILURE,
    )


def _supervisor(cluster: Cluster) -> psutil.Process | None:
    """The supervisor's process: the process id alone could be somebody else's by now."""
    pid = state(cluster).get("pid")
    if not isinstance(pid, int) or pid not in cgroup.processes(cluster):
        return None
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def state(cluster: Cluster) -> dict[str, Any]:
    try:
        found = json.loads((cluster.folder / "supervisor.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _wait_until(condition: Callable[[], bool], seconds: float = STOP_SECONDS) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True
