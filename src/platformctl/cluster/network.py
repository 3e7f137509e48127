"""The network namespace of a cluster and the one link between it and the host."""

from __future__ import annotations

import json
import socket
from pathlib import Path

from platformctl.cluster.config import PUBLISHED, Cluster
from platformctl.process import Command, command, run, text

NAMESPACES = Path("/run/netns")


def creation(cluster: Cluster) -> list[Command]:
    """The commands that make namespace and link; the host forwards nothing, so the cluster reaches only the host."""
    name, inside = cluster.namespace, ("ip", "-n", cluster.namespace)
    return [
        command("ip", "netns", "add", name),
        command("ip", "link", "add", cluster.interface, "type", "veth", "peer", "name", "eth0", "netns", name),
        command("ip", "address", "add", f"{cluster.gateway}/30", "dev", cluster.interface),
        command("ip", "link", "set", cluster.interface, "up"),
        command(*inside, "address", "add", f"{cluster.node_address}/30", "dev", "eth0"),
        command(*inside, "link", "set", "lo", "up"),
        command(*inside, "link", "set", "eth0", "up"),
        command(*inside, "route", "add", "default", "via", cluster.gateway),
        command(*in_network(cluster), "sysctl", "-q", "-w", "net.ipv4.ip_forward=1"),
        command(*in_network(cluster), "sysctl", "-q", "-w", "net.bridge.bridge-nf-call-iptables=1"),
    ]


def in_network(cluster: Cluster) -> tuple[str, ...]:
    """Words before a command that runs in the cluster's network; `ip netns exec` would hide the control groups."""
    return ("nsenter", f"--net={NAMESPACES / cluster.namespace}", "--")


def create(cluster: Cluster) -> None:
    """Make what is not there yet; a half-made network is made anew."""
    if _complete(cluster):
        return
    remove(cluster)
    for step in creation(cluster):
        run(step)


def remove(cluster: Cluster) -> None:
    """Remove namespace and link, whichever is left."""
    run(command("ip", "link", "delete", cluster.interface), ok=(0, 1))
    if (NAMESPACES / cluster.namespace).exists():
        run(command("ip", "netns", "delete", cluster.namespace))


def used_networks() -> set[int]:
    """Third numbers of the 10.87.x.0/30 networks that the host has interfaces in."""
    links = json.loads(text(command("ip", "-json", "-4", "address", "show")))
    addresses = [address["local"] for link in links for address in link.get("addr_info", [])]
    return {int(address.split(".")[2]) for address in addresses if address.startswith("10.87.")}


def taken_ports(cluster: Cluster) -> list[int]:
    """Ports on 127.0.0.1 that the cluster publishes and something else listens on."""
    wanted = [outer + cluster.port_offset for outer, _inner in PUBLISHED.values()]
    return [port for port in wanted if not _can_listen(port)]


def _can_listen(port: int) -> bool:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _complete(cluster: Cluster) -> bool:
    if not (NAMESPACES / cluster.namespace).exists():
        return False
    inside = run(command("ip", "-n", cluster.namespace, "-4", "route", "show", "default"), ok=(0, 1, 255)).stdout
    outside = run(command("ip", "-4", "address", "show", cluster.interface), ok=(0, 1)).stdout
    return cluster.gateway.encode() in inside and cluster.gateway.encode() in outside
