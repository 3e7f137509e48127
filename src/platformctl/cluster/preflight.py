"""What a machine must have before anything on it is changed."""

from __future__ import annotations

import os
import platform
import shutil
from pathlib import Path

import psutil

from platformctl.cluster import network
from platformctl.cluster.config import Cluster
from platformctl.errors import PlatformError
from platformctl.repo import state_folder

DISK_GB, MEMORY_GB = 6, 4
SYSTEMS = ("debian",)


def check(cluster: Cluster, *, running: bool) -> None:
    """Raise the first thing that stands in the way; ports and memory are the cluster's own while it runs."""
    check_system()
    check_disk()
    if not running:
        check_memory()
        check_ports(cluster)


def check_system() -> None:
    """Linux, Debian, root, network and mount namespaces, overlay mounts."""
    if platform.system() != "Linux" or _os_id() not in SYSTEMS:
        raise PlatformError(
            f"the embedded cluster runs on Debian 12, this is {_os_id() or platform.system()}",
            why="its packages are installed by apt, and its images share their base with it",
            fix="use a Debian 12 machine, or `make up CONTEXT=name` with a cluster that you have",
        )
    if os.geteuid() != 0:
        raise PlatformError(
            "the embedded cluster needs root",
            why="it makes namespaces, mounts and control groups",
            fix="run the command as root, or `make up CONTEXT=name` with a cluster that you have",
        )
    if "overlay" not in Path("/proc/filesystems").read_text():
        raise PlatformError("the kernel has no overlay file system", fix="run `modprobe overlay`")


def check_disk() -> None:
    """Free space for state, images and volumes."""
    state_folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(state_folder()).free / 1e9
    if free < DISK_GB:
        raise PlatformError(
            f"too little disk: {free:.1f} GB free at {state_folder()}, {DISK_GB} GB needed",
            fix="free some space, or set XDG_STATE_HOME to a larger disk",
        )


def check_memory() -> None:
    """Available memory for control plane, platform and services."""
    available = psutil.virtual_memory().available / 1e9
    if available < MEMORY_GB:
        raise PlatformError(
            f"too little memory: {available:.1f} GB available, {MEMORY_GB} GB needed",
            fix="end some programs, or use a larger machine",
        )


def check_ports(cluster: Cluster) -> None:
    """Every published port is free."""
    taken = network.taken_ports(cluster)
    if taken:
        raise PlatformError(
            f"in use on 127.0.0.1: port {', '.join(map(str, taken))}",
            why="the cluster publishes the shop, Argo CD, Prometheus, Git and the registry there",
            fix="end the program that listens there (`ss -ltnp`), or choose other ports:"
            " make up UP_OPTIONS='--port-offset 10000'",
        )


def _os_id() -> str:
    try:
        lines = Path("/etc/os-release").read_text().splitlines()
    except OSError:
        return ""
    return next((line.removeprefix("ID=").strip('"') for line in lines if line.startswith("ID=")), "")
