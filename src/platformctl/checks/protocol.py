"""What a check is: its rule, the kinds of objects that it looks at, and how it finds what breaks the rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from platformctl.blocked import Blocked
from platformctl.checks import limits as bounds
from platformctl.checks.outside import Outside
from platformctl.checks.registries import Registries
from platformctl.manifests import FieldPath, Manifest

T = TypeVar("T")
NO_REGISTRIES = Registries()
EVERY: frozenset[str] = frozenset()  # a check of every kind of object


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


@dataclass(frozen=True)
class Fleet:
    """What one Argo CD manages: its Applications, generated ones too, its projects, and what each set makes."""

    applications: Mapping[str, Manifest] = field(default_factory=dict)
    projects: Mapping[str, Manifest] = field(default_factory=dict)
    made: Mapping[str, int] = field(default_factory=dict)  # Applications by ApplicationSet, where that is known


class World:
    """All objects of a judged object's cluster, for rules that relate two of them.

    `whole` says that nothing else is there: what Git deploys to a cluster, unlike some files that somebody gave.
    `outside` is what exists there although Git does not describe it, `limits` and `registries` are
    those of policy/limits.yaml and policy/registries.yaml, `blocked` the versions of policy/blocked.yaml.
    `fleet` is what the Argo CD knows that deploys them; among loose files it is what those say themselves.
    """

    def __init__(
        self,
        manifests: Iterable[Manifest],
        *,
        whole: bool = False,
        outside: tuple[Outside, ...] = (),
        limits: bounds.Limits = bounds.NONE,
        registries: Registries = NO_REGISTRIES,
        blocked: tuple[Blocked, ...] = (),
        fleet: Fleet | None = None,
    ) -> None:
        self.whole = whole
        self.outside = outside
        self.limits = limits
        self.registries = registries
        self.blocked = blocked
        self.manifests = tuple(manifests)
        self._by_kind: dict[str, list[Manifest]] = defaultdict(list)
        self._by_name: dict[tuple[str, str, str], Manifest] = {}
        self._derived: dict[Callable[[World], object], object] = {}
        for manifest in self.manifests:
            self._by_kind[manifest.kind].append(manifest)
            self._by_name[manifest.kind, manifest.namespace, manifest.name] = manifest
        self.fleet = fleet or Fleet(
            applications={each.name: each for each in self.of("Application")},
            projects={each.name: each for each in self.of("AppProject")},
        )

    def find(self, kind: str, namespace: str, name: str) -> Manifest | None:
        """The object of that name, when Git describes it."""
        return self._by_name.get((kind, namespace, name))

    def of(self, *kinds: str) -> Iterator[Manifest]:
        """All objects of some kinds."""
        for kind in kinds:
            yield from self._by_kind.get(kind, ())

    def describes(self, *kinds: str) -> bool:
        """Whether an object of these kinds that is not here does not exist: among loose files it may be elsewhere."""
        return self.whole or any(kind in self._by_kind for kind in kinds)

    def derived(self, make: Callable[[World], T]) -> T:
        """What `make` makes of this world, made once: the place for the indexes of a group of rules."""
        if make not in self._derived:
            self._derived[make] = make(self)
        return cast("T", self._derived[make])


Judge = Callable[[Manifest, World], Iterator[Violation]]


@dataclass(frozen=True)
class Check:
    """What finds the faults of one rule, in objects of these kinds (`EVERY`: of all)."""

    rule: str
    kinds: frozenset[str]
    judge: Judge


def by_rule(*checks: Check) -> Mapping[str, Check]:
    """Checks by the id of their rule; two of one id are a bug."""
    named = {check.rule: check for check in checks}
    assert len(named) == len(checks), sorted(check.rule for check in checks)  # noqa: S101
    return named
