"""What the gate judges."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from platformctl.checks.protocol import Fleet
from platformctl.manifests import Manifest, Unreadable


@dataclass(frozen=True)
class Part:
    """What one API server gets; without a `key` that names its content the verdict is not kept.

    `generated` are Applications that sets make: they are judged, though nobody applies them from Git.
    """

    load: Callable[[], Iterable[Manifest]]
    key: str = ""
    fleet: Callable[[], Fleet | None] = lambda: None
    generated: Callable[[], Iterable[Manifest]] = tuple


@dataclass(frozen=True)
class Complaint:
    """What is wrong before there is any object: a rule of the gate's own, the file to change, and why."""

    rule: str
    file: str
    message: str
    clusters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Subject:
    """What is judged: worlds of objects, what could not be read, and the Applications they come from."""

    parts: tuple[Part, ...]
    unreadable: tuple[Unreadable, ...] = ()
    complaints: tuple[Complaint, ...] = ()
    applications: int = 0
    rendered: int = 0
    deployed: bool = False  # everything that Git deploys; exceptions are about that, not about loose files

    @classmethod
    def loose(cls, manifests: Iterable[Manifest], unreadable: Iterable[Unreadable] = ()) -> Subject:
        """Objects with nothing around them."""
        kept = tuple(manifests)
        return cls((Part(lambda: kept),), tuple(unreadable))

    @property
    def manifests(self) -> tuple[Manifest, ...]:
        """The objects of all parts."""
        return tuple(manifest for part in self.parts for manifest in part.load())
