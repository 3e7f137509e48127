"""SELinux keeps the labels that the container runtime gives."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import contexts
from platformctl.manifests import Manifest, mapping

TYPES = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for context in contexts(manifest):
        options = mapping(context.content.get("seLinuxOptions"))
        for field, allowed in (("type", TYPES), ("user", ("",)), ("role", ("",))):
            value = options.get(field)
            if value is not None and value not in allowed:
                yield context.violation(("seLinuxOptions", field), f"sets the SELinux {field}")


CHECK = Check("selinux", WORKLOADS, _judge)
