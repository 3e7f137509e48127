"""Which objects a label selector selects."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Generic, TypeVar

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import World
from platformctl.manifests import Manifest, items, mapping, text

Labels = Mapping[str, Any]
T = TypeVar("T")


def matches(selector: Mapping[str, Any], labels: Labels) -> bool:
    """Whether a LabelSelector (matchLabels and matchExpressions) selects these labels; an empty one selects all."""
    wanted = mapping(selector.get("matchLabels"))
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(mapping(expression), labels) for expression in items(selector.get("matchExpressions"))
    )


class Labelled(Generic[T]):
    """Things in namespaces, found by their labels without looking at all of them."""

    def __init__(self, things: Iterable[tuple[str, T]], labels_of: Callable[[T], Labels]) -> None:
        self._labels_of = labels_of
        self._all: dict[str, list[T]] = defaultdict(list)
        self._labelled: dict[tuple[str, str, str], list[T]] = defaultdict(list)
        for namespace, thing in things:
            self._all[namespace].append(thing)
            for key, value in labels_of(thing).items():
                self._labelled[namespace, str(key), str(value)].append(thing)

    def __bool__(self) -> bool:
        return bool(self._all)

    def inside(self, namespace: str) -> list[T]:
        """All of a namespace."""
        return self._all.get(namespace, [])

    def selected(self, namespace: str, selector: Mapping[str, Any]) -> list[T]:
        """Those of a namespace that a LabelSelector selects."""
        wanted = mapping(selector.get("matchLabels"))
        candidates = min(
            (self._labelled.get((namespace, str(key), str(value)), []) for key, value in wanted.items()),
            key=len,
            default=self.inside(namespace),
        )
        return [thing for thing in candidates if matches(selector, self._labels_of(thing))]


def _holds(expression: Mapping[str, Any], labels: Labels) -> bool:
    key, values = text(expression.get("key")), items(expression.get("values"))
    match expression.get("operator"):
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values  # an object without the label is selected, too
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False


def pod_labels(manifest: Manifest) -> Labels:
    """The labels of the pods that a workload makes."""
    pod = pod_of(manifest)
    return mapping(pod.metadata.get("labels")) if pod else {}


def selected(world: World, namespace: str, selector: Mapping[str, Any]) -> list[Manifest]:
    """The workloads of a namespace whose pods a LabelSelector selects."""
    return [
        manifest for manifest in world.derived(_workloads).get(namespace, ()) if matches(selector, pod_labels(manifest))
    ]


def _workloads(world: World) -> Mapping[str, list[Manifest]]:
    found = defaultdict(list)
    for manifest in world.of(*sorted(WORKLOADS)):
        found[manifest.namespace].append(manifest)
    return found
