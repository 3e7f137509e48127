"""Probes ask the service, not the process list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text

_LOOKS_ELSEWHERE = re.compile(r"\b(jcmd|ls|pgrep|pidof|ps)\b")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for probe in ("livenessProbe", "readinessProbe", "startupProbe"):
            path = (probe, "exec", "command")
            command = items(mapping(mapping(container.content.get(probe)).get("exec")).get("command"))
            found = [match.group() for word in command if (match := _LOOKS_ELSEWHERE.search(text(word)))]
            if found:
                yield container.violation(path, f"is probed with {found[0]}")


CHECK = Check("exec-probe", WORKLOADS, _judge)
