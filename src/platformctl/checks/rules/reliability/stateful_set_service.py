"""The pods of a StatefulSet have names in DNS."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import labels
from platformctl.manifests import Manifest, mapping, text

_PATH = ("spec", "serviceName")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    name = text(mapping(manifest.content.get("spec")).get("serviceName"))
    service = world.find("Service", manifest.namespace, name)
    if not name:
        yield Violation(_PATH, "has no Service that gives its pods their names")
    elif service is None:
        if world.describes("Service"):
            yield Violation(_PATH, f"names the Service {name}, which does not exist")
    else:
        spec = mapping(service.content.get("spec"))
        selector, own = mapping(spec.get("selector")), labels(manifest)
        if spec.get("clusterIP") != "None":
            yield Violation(_PATH, f"names the Service {name}, which is not headless: its pods have no names")
        elif not selector or any(own.get(key) != value for key, value in selector.items()):
            yield Violation(_PATH, f"names the Service {name}, which selects other pods")


CHECK = Check("stateful-set-service", frozenset({"StatefulSet"}), own(_judge))
