"""Secrets do not come as environment variables."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for index, variable in enumerate(items(container.content.get("env"))):
            if mapping(mapping(variable).get("valueFrom")).get("secretKeyRef") is not None:
                name = text(mapping(variable).get("name"))
                path = ("env", index, "valueFrom", "secretKeyRef")
                yield container.violation(path, f"gets a secret as the environment variable {name}")
        for index, source in enumerate(items(container.content.get("envFrom"))):
            if mapping(source).get("secretRef") is not None:
                yield container.violation(("envFrom", index, "secretRef"), "gets a whole Secret as its environment")


CHECK = Check("secret-env", WORKLOADS, _judge)
