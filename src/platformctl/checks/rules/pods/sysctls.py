"""Pods change only settings of the kernel that are their own."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import pod_context
from platformctl.manifests import Manifest, items, mapping, text

SAFE = frozenset(  # the last two since v1.37
    [
        "kernel.shm_rmid_forced",
        "net.ipv4.ip_local_port_range",
        "net.ipv4.tcp_syncookies",
        "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports",
        "net.ipv4.tcp_keepalive_time",
        "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl",
        "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_wmem",
        "net.ipv4.tcp_slow_start_after_idle",
        "net.ipv4.tcp_notsent_lowat",
    ]
)


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    context = pod_context(pod) if pod else None
    for index, sysctl in enumerate(items(context.content.get("sysctls")) if context else ()):
        name = mapping(sysctl).get("name")
        if context and not (isinstance(name, str) and name in SAFE):
            yield context.violation(("sysctls", index, "name"), f"sets the kernel's {text(name)}")


CHECK = Check("sysctls", WORKLOADS, _judge)
