"""A program of the cluster as a value, and the order in which such values are started."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from platformctl.errors import TOOL_FAILURE, PlatformError


@dataclass(frozen=True)
class Probe:
    """When a component is ready: a URL answers 200, a socket accepts, or a port of 127.0.0.1 is listened on."""

    kind: Literal["http", "unix", "listen"]
    target: str


@dataclass(frozen=True)
class Component:
    """One supervised program; `network` says in which network namespace it runs, `serves` that visitors wait for it."""

    name: str
    argv: tuple[str, ...]
    ready: Probe
    needs: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    network: Literal["cluster", "host"] = "cluster"
    serves: bool = False


def waves(components: Iterable[Component]) -> list[list[Component]]:
    """Groups that can start side by side, each after those it needs; an error names a cycle or an unknown need."""
    left = {component.name: component for component in components}
    unknown = {need for component in left.values() for need in component.needs} - set(left)
    if unknown:
        raise PlatformError(f"components need unknown ones: {', '.join(sorted(unknown))}", exit_code=TOOL_FAILURE)
    groups: list[list[Component]] = []
    while left:
        group = [item for item in left.values() if not set(item.needs) & set(left)]
        if not group:
            raise PlatformError(f"components need each other: {', '.join(sorted(left))}", exit_code=TOOL_FAILURE)
        groups.append(group)
        left = {name: item for name, item in left.items() if item not in group}
    return groups
