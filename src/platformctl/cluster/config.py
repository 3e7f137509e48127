"""What distinguishes one embedded cluster from another; everything else is the same in all of them."""

from __future__ import annotations

import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.repo import cache_folder, state_folder

DEFAULT_NAME = "techcommerce"
NAME = re.compile(r"[a-z][a-z0-9-]{0,19}")
# inside a cluster's mount namespace its state folder is here, so paths are short and the same everywhere
STATE = Path("/var/lib/techcommerce")
POD_NETWORK = "10.244.0.0/16"
SERVICE_NETWORK = "10.96.0.0/16"
API_SERVICE = "10.96.0.1"
GIT_HOST = "git.techcommerce.internal"
REGISTRY_HOST = "registry.techcommerce.internal"
GIT_PORT, REGISTRY_PORT, API_PORT = 3001, 5001, 6443
# port on 127.0.0.1 -> port on the node address, with the name people know it by
PUBLISHED = {
    "shop": (8080, 30080),
    "argo-cd": (8443, 30443),
    "prometheus": (9090, 30090),
    "git": (3001, GIT_PORT),
    "registry": (5001, REGISTRY_PORT),
}


@dataclass(frozen=True)
class Cluster:
    """One embedded cluster; `network` is the third number of its /30 between host and node."""

    name: str
    network: int
    port_offset: int = 0

    @property
    def folder(self) -> Path:
        """The state folder as the host sees it."""
        return state_folder() / self.name

    @property
    def gateway(self) -> str:
        """The host's end of the link."""
        return f"10.87.{self.network}.1"

    @property
    def node_address(self) -> str:
        """The node's end of the link: API server, DNS, registry, Git and NodePorts are here."""
        return f"10.87.{self.network}.2"

    @property
    def interface(self) -> str:
        """The host's interface of the link."""
        return f"tc{self.network}"

    @property
    def namespace(self) -> str:
        """The network namespace's and the control group's name."""
        return self.name if self.name.startswith(DEFAULT_NAME) else f"{DEFAULT_NAME}-{self.name}"

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return self.folder / "kubeconfig"

    @property
    def registry_store(self) -> Path:
        """Where images are kept: shared by all clusters of a user, filled by `platformctl images`."""
        return cache_folder() / "registry"

    def port(self, name: str) -> int:
        """The port on 127.0.0.1 of something that people open."""
        return PUBLISHED[name][0] + self.port_offset

    def save(self) -> None:
        """Write the description that later commands read."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / "cluster.json").write_text(json.dumps(dataclasses.asdict(self), indent=2) + "\n")


def find(name: str) -> Cluster | None:
    """The cluster of that name if there is one; a description that cannot be read counts as none."""
    check_name(name)
    try:
        saved = json.loads((state_folder() / name / "cluster.json").read_text())
        return Cluster(name=name, network=int(saved["network"]), port_offset=int(saved["port_offset"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remains(name: str) -> Cluster | None:
    """The cluster of that name, or what an interrupted command or a damaged description left of it."""
    known = find(name)
    if known is not None:
        return known
    nameless = Cluster(name=name, network=0)
    left = nameless.folder.exists() or Path("/run/netns", nameless.namespace).exists()
    return nameless if left else None


def check_name(name: str) -> None:
    """An error when a name does not fit everywhere it is used."""
    if not NAME.fullmatch(name):
        raise PlatformError(
            f"{name!r} cannot name a cluster",
            why="the name is used for folders, a network namespace and a control group",
            fix="use at most 20 lower-case letters, digits and hyphens, a letter first",
        )


def describe(name: str, port_offset: int, used_networks: set[int]) -> Cluster:
    """The description of a new cluster, with the first free network."""
    check_name(name)
    free = next((number for number in range(1, 255) if number not in used_networks), None)
    if free is None:
        raise PlatformError("every network 10.87.1.0 to 10.87.254.0 is in use", fix="remove some interfaces")
    return Cluster(name=name, network=free, port_offset=port_offset)
