"""What a check is: a module that names its rule and finds what breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from platformctl.manifests import FieldPath, Manifest


@dataclass(frozen=True)
class Violation:
    """One broken place in an object."""

    path: FieldPath
    message: str


@dataclass(frozen=True)
class Hit:
    """What an engine beside Python found in the object of that number."""

    rule: str
    index: int
    path: FieldPath
    message: str


Contents = Sequence[Mapping[str, Any]]  # objects, each different one once


class World:
    """All objects that stand beside the judged one, for rules that relate two of them."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._by_name: dict[tuple[str, str, str], Manifest] = {}
        for manifest in manifests:
            self._by_name[manifest.kind, manifest.namespace, manifest.name] = manifest

    def find(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """The object of that name, when Git describes it."""
        return self._by_name.get((kind, namespace, name))


class Check(Protocol):
    """The shape of every module in `checks.rules`."""

    RULE: str

    def check(self, manifest: Manifest, world: World, /) -> Iterator[Violation]:
        """Everything in one object that breaks the rule."""
