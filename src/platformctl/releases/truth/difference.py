"""What a comparison of Git with the pods found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

WHATS = {
    "image": "the image, by digest",
    "environment": "environment variables and where they come from",
    "settings": "the content of a ConfigMap, or which one is mounted",
    "resources": "requests and limits",
    "security": "security contexts, identity and namespaces of the host",
    "command": "command and arguments",
    "containers": "which containers there are",
    "replicas": "how many pods there are",
    "workload": "whether the workload is there at all",
}


@dataclass(frozen=True, order=True)
class Place:
    """Where: the cluster as <fleet>/<cluster>, the environment (or platform), and the workload's name."""

    cluster: str
    environment: str
    service: str


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that runs otherwise; `what` is a key of WHATS, `pod` the pod or object that it was found at."""

    place: Place
    pod: str
    what: str
    path: str
    wanted: str
    found: str


@dataclass(frozen=True, order=True)
class Progress:
    """A release that is under way: two versions are no difference then."""

    place: Place
    message: str


@dataclass(frozen=True)
class Comparison:
    """The result: what was compared, what differs, and what is only on its way."""

    places: tuple[Place, ...]
    pods: int
    differences: tuple[Difference, ...]
    progress: tuple[Progress, ...]
    commit: str = ""

    @property
    def exit_code(self) -> int:
        """1 when something differs."""
        return 1 if self.differences else 0

    def counted(self) -> dict[tuple[Place, str], int]:
        """How many pods or objects differ, for every place and every WHAT, zeros included."""
        found = {(place, what): set[str]() for place in self.places for what in WHATS}
        for each in self.differences:
            found.setdefault((each.place, each.what), set()).add(each.pod)
        return {key: len(pods) for key, pods in found.items()}


def as_json(result: Comparison) -> dict[str, Any]:
    """The result as plain data."""
    return {
        "commit": result.commit,
        "summary": _counts(result),
        "differences": [{**asdict(each.place), **_rest(each)} for each in result.differences],
        "progress": [{**asdict(each.place), "message": each.message} for each in result.progress],
    }


def as_text(result: Comparison) -> str:
    """The result for people: by cluster, service and pod, with the sums at the end."""
    lines = []
    places = {each.place for each in result.differences} | {each.place for each in result.progress}
    for place in sorted(places):
        lines.append(f"{place.cluster}: {place.service} in {place.environment}")
        lines += [f"  under way: {each.message}" for each in result.progress if each.place == place]
        lines += _by_pod(each for each in result.differences if each.place == place)
    counts = _counts(result)
    lines.append(
        f"{counts['pods']} pods of {counts['workloads']} workloads compared with {result.commit[:12] or 'Git'}: "
        f"{counts['differences']} differences, {counts['progress']} releases under way"
    )
    return "\n".join(lines)


def _by_pod(differences: Iterable[Difference]) -> list[str]:
    lines, last = [], ""
    for each in sorted(differences):
        if each.pod != last:
            lines.append(f"  {each.pod}")
            last = each.pod
        lines.append(f"    {each.what}, {each.path}")
        lines += [f"      Git  {each.wanted}", f"      runs {each.found}"]
    return lines


def _rest(each: Difference) -> dict[str, str]:
    return {"pod": each.pod, "what": each.what, "path": each.path, "wanted": each.wanted, "found": each.found}


def _counts(result: Comparison) -> dict[str, int]:
    return {
        "workloads": len(result.places),
        "pods": result.pods,
        "differences": len(result.differences),
        "progress": len(result.progress),
    }
