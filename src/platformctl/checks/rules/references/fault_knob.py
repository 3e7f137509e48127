"""Failure knobs of our services are off wherever Git deploys them."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text

PREFIX = "TECHCOMMERCE_FAULT_"
CONFIG_MAP = "ConfigMap"


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for name in mapping(manifest.content.get("data")) if manifest.kind == CONFIG_MAP else ():
        if text(name).startswith(PREFIX):
            yield Violation(("data", name), f"turns on the failure knob {name}")
    for container in containers(manifest):
        for index, variable in enumerate(items(container.content.get("env"))):
            name = text(mapping(variable).get("name"))
            if name.startswith(PREFIX):
                yield container.violation(("env", index, "name"), f"has the failure knob {name}")


CHECK = Check("fault-knob", WORKLOADS | {CONFIG_MAP}, _judge)
