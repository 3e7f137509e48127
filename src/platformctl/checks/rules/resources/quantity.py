"""Amounts are amounts, in units that make sense."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from platformctl.checks import quantities
from platformctl.checks.footprint import BOUNDS
from platformctl.checks.kinds import own
from platformctl.checks.pods import WORKLOADS, containers, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import FieldPath, Manifest, items, mapping

KINDS = WORKLOADS | {"ResourceQuota", "LimitRange", "PersistentVolumeClaim"}
_LIMIT_PARTS = ("default", "defaultRequest", "max", "min")
_MANY_CORES = 256  # more than nodes have: 500 was meant to be 500m
_FEW_BYTES = 1024**2  # 128 was meant to be 128Mi
_BYTES = ("memory", "ephemeral-storage", "storage", "sizeLimit")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for path, written in _written(manifest):
        problem = _problem(str(path[-1]), written)
        if problem:
            yield Violation(path, problem)


def _written(manifest: Manifest) -> Iterator[tuple[FieldPath, object]]:
    """Every amount of an object."""
    spec = mapping(manifest.content.get("spec"))
    if manifest.kind == "ResourceQuota":
        yield from _each(("spec", "hard"), spec.get("hard"))
    elif manifest.kind == "LimitRange":
        for index, item in enumerate(items(spec.get("limits"))):
            for part in _LIMIT_PARTS:
                yield from _each(("spec", "limits", index, part), mapping(item).get(part))
    elif manifest.kind == "PersistentVolumeClaim":
        requests = mapping(spec.get("resources")).get("requests")
        yield from _each(("spec", "resources", "requests"), requests)
    else:
        yield from _of_pod(manifest)


def _of_pod(manifest: Manifest) -> Iterator[tuple[FieldPath, object]]:
    for container in containers(manifest):
        for bound in BOUNDS:
            amounts = mapping(container.content.get("resources")).get(bound)
            yield from _each((*container.path, "resources", bound), amounts)
    pod = pod_of(manifest)
    for index, volume in enumerate(items(pod.spec.get("volumes"))) if pod else ():
        size = mapping(mapping(volume).get("emptyDir")).get("sizeLimit")
        if pod and size is not None:
            yield (*pod.path, "volumes", index, "emptyDir", "sizeLimit"), size


def _each(path: FieldPath, amounts: object) -> Iterator[tuple[FieldPath, object]]:
    for key, value in mapping(amounts).items():
        if value is not None and value != "":
            yield (*path, key), value


def _problem(key: str, written: object) -> str:
    amount = quantities.parse(written)
    if amount is None:
        return f"{written!r} is no amount"
    if amount < 0:
        return f"{written} is less than nothing"
    resource = key.removeprefix("requests.").removeprefix("limits.")
    if resource == "cpu":
        return _problem_of_cores(written, amount)
    return _problem_of_bytes(written, amount) if resource in _BYTES else ""


def _problem_of_cores(written: object, amount: Decimal) -> str:
    if quantities.suffix(written).endswith("i"):
        return f"{written} of cpu counts bytes"
    if amount > _MANY_CORES and quantities.suffix(written) not in ("k", "M"):
        return f"{written} of cpu is {quantities.shown(amount, 'cpu')} cores"
    if 0 < amount < Decimal("0.001"):
        return f"{written} of cpu is less than can be given"
    return ""


def _problem_of_bytes(written: object, amount: Decimal) -> str:
    if quantities.suffix(written) in ("m", "u", "n"):
        return f"{written} is {amount.normalize():f} bytes: m stands for thousandths"
    if 0 < amount < _FEW_BYTES:
        return f"{written} is only {quantities.shown(amount, 'memory')} bytes"
    return ""


CHECK = Check("quantity", KINDS, own(_judge))
