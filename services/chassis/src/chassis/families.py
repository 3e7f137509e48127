"""Metrics that several objects of one application share."""

from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

M = TypeVar("M", bound=MetricWrapperBase)
_families: WeakKeyDictionary[CollectorRegistry, dict[str, Any]] = WeakKeyDictionary()


def family(
    registry: CollectorRegistry, kind: type[M], name: str, documentation: str, labels: tuple[str, ...], **options: Any
) -> M:
    """The metric `name` of `registry`, made when it is asked for first: two caches count in one metric."""
    made: dict[str, M] = _families.setdefault(registry, {})
    if name not in made:
        made[name] = kind(name, documentation, labels, registry=registry, **options)
    return made[name]
