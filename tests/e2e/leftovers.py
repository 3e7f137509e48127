"""What a cluster could leave on the machine."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psutil

from platformctl.cluster import cgroup
from platformctl.cluster.config import Cluster


def leftovers(cluster: Cluster) -> dict[str, list[str]]:
    """Processes, mounts, namespaces, interfaces, control groups and files of a cluster; empty lists when it is gone."""
    return {
        "processes": [str(pid) for pid in sorted(cgroup.processes(cluster))] + _processes_with(str(cluster.folder)),
        "mounts": [row for row in Path("/proc/self/mounts").read_text().splitlines() if _names(cluster, row)],
        "namespaces": [row for row in _output("ip", "netns").splitlines() if row.split()[0] == cluster.namespace],
        "interfaces": [row for row in _output("ip", "-o", "link").splitlines() if f": {cluster.interface}@" in row],
        "control groups": [str(path) for path in Path("/sys/fs/cgroup").glob(f"*/{cluster.namespace}")],
        "files": [str(cluster.folder)] if cluster.folder.exists() else [],
    }


def iptables() -> str:
    """The host's rules without their counters."""
    return _output("iptables-save") + _output("ip6tables-save") + _output("ipset", "list", "-name")


def _names(cluster: Cluster, row: str) -> bool:
    return str(cluster.folder) in row or f"/run/netns/{cluster.namespace} " in row


def _processes_with(folder: str) -> list[str]:
    found = []
    for process in psutil.process_iter(["cmdline", "environ"]):
        words = [*(process.info["cmdline"] or []), *(process.info["environ"] or {}).values()]
        if any(folder in word for word in words):
            found.append(f"{process.pid} {' '.join(process.info['cmdline'] or [])[:200]}")
    return found


def _output(*words: str) -> str:
    done = subprocess.run(
        words, capture_output=True, text=True, check=True, env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    )
    return "\n".join(row for row in done.stdout.splitlines() if not row.startswith(("#", ":")))
