"""The exact commands that bring a cluster up, as a script, without running them."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from platformctl.cluster import network
from platformctl.cluster.component import Component, waves
from platformctl.cluster.components import components
from platformctl.cluster.config import STATE, Cluster
from platformctl.cluster.launch import launch_command

LAUNCHER = 0  # stands for the process id of `platformctl up`


def script(cluster: Cluster, programs: Mapping[str, Path], python: str = sys.executable) -> str:
    """Network, launch and every component, wave by wave."""
    lines = ["# network", *(step.shell_line() for step in network.creation(cluster))]
    lines += [
        "",
        "# the supervisor, in its namespaces; it starts the rest",
        launch_command(cluster, LAUNCHER, python).shell_line(),
    ]
    for number, wave in enumerate(waves(components(cluster, programs)), start=1):
        lines += ["", f"# wave {number}"]
        lines += [f"{_line(component)}  # ready: {component.ready.kind} {component.ready.target}" for component in wave]
    return "\n".join(lines) + "\n"


def _line(component: Component) -> str:
    words = component.argv
    if component.network == "host":
        words = ("nsenter", f"--net={STATE}/host-network", "--", *words)
    return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in component.env.items()), shlex.join(words)])
