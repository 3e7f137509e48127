"""All components of a cluster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from platformctl.cluster import control_plane, node, support
from platformctl.cluster.component import Component
from platformctl.cluster.config import Cluster


def components(cluster: Cluster, programs: Mapping[str, Path]) -> list[Component]:
    """Every program that the supervisor keeps running."""
    return [
        *support.components(cluster, programs),
        *control_plane.components(cluster, programs),
        *node.components(cluster, programs),
    ]
