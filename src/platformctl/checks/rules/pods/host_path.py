"""No folder of the node is mounted: not at all, least of all writable, a sensitive one, or the runtime's socket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath

from platformctl.checks.pods import WORKLOADS, Pod, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

SENSITIVE = frozenset(
    [
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/home",
        "/lib",
        "/lib64",
        "/proc",
        "/root",
        "/run",
        "/sbin",
        "/sys",
        "/usr",
        "/var/run",
        "/var/lib/cni",
        "/var/lib/containerd",
        "/var/lib/containers",
        "/var/lib/docker",
        "/var/lib/etcd",
        "/var/lib/kubelet",
        "/var/lib/rancher",
        "/var/log",
    ]
)
TOO_MUCH = frozenset({"/", "/var", "/var/lib"})  # they hold sensitive folders
SOCKETS = frozenset({"docker.sock", "dockershim.sock", "cri-dockerd.sock", "containerd.sock", "crio.sock"})
HOMES = frozenset({"/run/docker", "/var/run/docker"})  # of the sockets of containers' helpers


def _folders(pod: Pod | None) -> Iterator[tuple[FieldPath, str, str]]:
    """Where each volume stands that mounts a folder of the node, its name and the folder."""
    for index, volume in enumerate(items(pod.spec.get("volumes")) if pod else ()):
        source = mapping(volume).get("hostPath")
        if pod and source is not None:
            folder = text(mapping(source).get("path"))
            yield (*pod.path, "volumes", index, "hostPath"), text(mapping(volume).get("name")), folder


def _paths(manifest: Manifest) -> Iterator[tuple[FieldPath, str]]:
    """The folders of the node that a workload mounts, or that a volume offers to whoever claims it."""
    if manifest.kind == "PersistentVolume":
        source = mapping(manifest.content.get("spec")).get("hostPath")
        if source is not None:
            yield ("spec", "hostPath", "path"), text(mapping(source).get("path"))
    for path, _, folder in _folders(pod_of(manifest)):
        yield (*path, "path"), folder


def _plain(folder: str) -> str:
    return "/" + normpath(folder).lstrip("/")  # //etc and /etc/ are /etc


def _any(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, _, folder in _folders(pod_of(manifest)):
        yield Violation(path, f"mounts {folder} of the node")


def _sensitive(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, folder in _paths(manifest):
        plain = _plain(folder)
        if plain in TOO_MUCH or any(plain == root or plain.startswith(f"{root}/") for root in SENSITIVE):
            yield Violation(path, f"mounts {plain} of the node, which the node itself depends on")


def _socket(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, folder in _paths(manifest):
        if PurePosixPath(_plain(folder)).name in SOCKETS or _plain(folder) in HOMES:
            yield Violation(path, f"mounts the container runtime's socket {folder}")


def _writable(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    folders = {name: folder for _, name, folder in _folders(pod)}
    for container in pod.containers() if pod and folders else ():
        for index, mount in enumerate(items(container.content.get("volumeMounts"))):
            folder = folders.get(text(mapping(mount).get("name")))
            if folder is not None and mapping(mount).get("readOnly") is not True:
                yield container.violation(("volumeMounts", index, "readOnly"), f"can write to {folder} of the node")


_WITH_VOLUMES = WORKLOADS | {"PersistentVolume"}
CHECKS = (
    Check("host-path", WORKLOADS, _any),
    Check("host-path-sensitive", _WITH_VOLUMES, _sensitive),
    Check("host-path-writable", WORKLOADS, _writable),
    Check("docker-socket", _WITH_VOLUMES, _socket),
)
