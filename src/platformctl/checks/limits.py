"""How much a container may ask for, and which names the platform knows: policy/limits.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from platformctl import manifests
from platformctl.checks import quantities
from platformctl.errors import PlatformError
from platformctl.manifests import mapping
from platformctl.repo import Repo

FILE = "policy/limits.yaml"
EVERYWHERE = "everywhere"
_KEYS = ("containers", "ratios", "priorityClasses")

Amounts = Mapping[str, Decimal]


@dataclass(frozen=True)
class Limits:
    """The bounds of containers by namespace, the largest limit for each unit of request, and known priority classes."""

    containers: Mapping[str, Amounts] = field(default_factory=dict)
    ratios: Amounts = field(default_factory=dict)
    priority_classes: tuple[str, ...] = ()

    def most(self, namespace: str) -> Amounts:
        """The most that one container may have there."""
        return {**self.containers.get(EVERYWHERE, {}), **self.containers.get(namespace, {})}


NONE = Limits()


def load(repo: Repo) -> Limits:
    """The limits of a checkout; one that is no amount is an error."""
    content = manifests.load(repo.root / FILE, FILE)
    classes = mapping(content).get("priorityClasses")
    named = isinstance(classes, list) and all(isinstance(name, str) for name in classes)
    if not isinstance(content, dict) or set(content) != set(_KEYS) or not named:
        raise PlatformError(f"{FILE} has the keys {', '.join(_KEYS)} and no others", fix="add or remove the others")
    return Limits(
        containers={name: _amounts(amounts, f"containers.{name}") for name, amounts in _entries(content, "containers")},
        ratios=_amounts(content["ratios"], "ratios"),
        priority_classes=tuple(content["priorityClasses"]),
    )


def _entries(content: Mapping[str, object], key: str) -> list[tuple[str, object]]:
    value = content[key]
    if not isinstance(value, Mapping):
        raise PlatformError(f"{FILE}: {key} is no mapping")
    return list(value.items())


def _amounts(value: object, where: str) -> Amounts:
    parsed = {resource: quantities.parse(amount) for resource, amount in mapping(value).items()}
    wrong = [resource for resource, amount in parsed.items() if amount is None or amount <= 0]
    if wrong or not parsed:
        raise PlatformError(f"{FILE}: {where} holds no amount for {', '.join(wrong) or 'anything'}")
    return {resource: amount for resource, amount in parsed.items() if amount is not None}
