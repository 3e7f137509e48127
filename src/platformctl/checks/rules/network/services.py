"""A Service leads to pods, to a port that they have, and no further than into the cluster."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.podsets import PodSet, PodSets, space
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.services import Released, is_service, pods_of, ports_of, selector_of, targets
from platformctl.manifests import Manifest, items, mapping

_KINDS = frozenset({"Service"})


def _selects(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_service(manifest) or not selector_of(manifest) or world.derived(Released).steers(manifest):
        return
    if pods_of(manifest, world):
        return
    all_pods = world.derived(PodSets)
    elsewhere = [pods for pods in all_pods.elsewhere(selector_of(manifest)) if _is_beside(manifest, pods)]
    if world.whole or all_pods.inside(space(manifest)) or elsewhere:
        hint = f"; {elsewhere[0].shown} stands in {elsewhere[0].namespace}" if elsewhere else ""
        yield Violation(("spec", "selector"), f"no pod of its namespace has these labels{hint}")


def _is_beside(service: Manifest, pods: PodSet) -> bool:
    """Whether the pods are described in the same file, so that nobody can have meant others."""
    return pods.manifest is not None and pods.manifest.file == service.file


def _target(manifest: Manifest, world: World) -> Iterator[Violation]:
    described = [pods for pods in pods_of(manifest, world) if pods.spec] if is_service(manifest) else []
    for index, port in ports_of(manifest) if described else ():
        found = [each for pods in described for each in targets(port, pods)]
        declared = [each for pods in described for each in pods.ports()]
        known = {(each.number, each.protocol) for each in declared}
        if not found or (known and not any((each.number, each.protocol) in known for each in found)):
            wanted = port.get("targetPort", port.get("port"))
            shown = ", ".join(sorted({f"{each.name or each.number}" for each in declared})) or "none"
            yield Violation(("spec", "ports", index), f"its pods have no port {wanted}; they have {shown}")


def _node_port(manifest: Manifest, world: World) -> Iterator[Violation]:
    if _type(manifest) == "NodePort":
        yield Violation(("spec", "type"), "a port of every node leads to it")


def _load_balancer(manifest: Manifest, world: World) -> Iterator[Violation]:
    if _type(manifest) == "LoadBalancer" and not _is_internal(manifest):
        yield Violation(("spec", "type"), "it gets a public address of its own")


def _external(manifest: Manifest, world: World) -> Iterator[Violation]:
    if is_service(manifest) and items(mapping(manifest.content.get("spec")).get("externalIPs")):
        yield Violation(("spec", "externalIPs"), "it draws traffic for addresses that are not the cluster's")


def _type(manifest: Manifest) -> object:
    return mapping(manifest.content.get("spec")).get("type") if is_service(manifest) else None


def _is_internal(manifest: Manifest) -> bool:
    annotations = mapping(mapping(manifest.content.get("metadata")).get("annotations"))
    return any(
        ("load-balancer" in key and ("internal" in key or str(value).lower() == "internal"))
        and str(value).lower() in ("true", "internal", "0.0.0.0/0")
        for key, value in annotations.items()
    )


def _unique(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_service(manifest) or not selector_of(manifest):
        return
    for key in _keys(manifest, world):
        first = world.derived(_First).by_target.get(key)
        if first is not None and first is not manifest:
            yield Violation(("spec", "selector"), f"the Service {first.name} leads to the same port of the same pods")
            return


class _First:
    """The first Service of each selector and port."""

    def __init__(self, world: World) -> None:
        self.by_target: dict[object, Manifest] = {}
        for service in world.of("Service"):
            if is_service(service) and selector_of(service):
                for key in _keys(service, world):
                    self.by_target.setdefault(key, service)


def _keys(service: Manifest, world: World) -> Iterator[object]:
    """What must be unique; nothing for a Service that a Rollout steers. A headless one stands beside another."""
    if world.derived(Released).steers(service):
        return
    headless = mapping(service.content.get("spec")).get("clusterIP") == "None"
    labels = frozenset((str(key), str(value)) for key, value in selector_of(service).items())
    for _, port in ports_of(service):
        yield (service.namespace, headless, labels, str(port.get("targetPort", port.get("port"))))


CHECKS = (
    Check("service-selects-pods", _KINDS, _selects),
    Check("service-target-port", _KINDS, _target),
    Check("service-node-port", _KINDS, _node_port),
    Check("service-load-balancer", _KINDS, _load_balancer),
    Check("service-external-ips", _KINDS, _external),
    Check("service-selector-unique", _KINDS, _unique),
)
