"""What a check says about an object, and what one run of the gate amounts to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: only an error stops a change."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, order=True)
class ObjectRef:
    """An object by what names it in a cluster."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


@dataclass(frozen=True)
class Finding:
    """One broken rule on one object; `clusters` are all those that would get it."""

    rule: str
    topic: str
    severity: Severity
    object: ObjectRef
    path: str
    file: str
    line: int | None
    message: str
    remediation: str
    engine: str
    clusters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Summary:
    """The inventory of a run: what was expected, and what was really judged."""

    applications: int
    rendered: int
    objects: int
    schema_checked: int
    policy_checked: int
    skipped: int
    errors: int
    warnings: int
    waived: int
    seconds: float

    def gaps(self) -> list[str]:
        """What was left unjudged, one line each; a run with a gap is never a pass."""
        gaps = []
        if not self.objects:
            gaps.append("nothing was judged: no object at all")
        if self.rendered != self.applications:
            gaps.append(f"{self.applications - self.rendered} of {self.applications} Applications not rendered")
        for name, count in (("a schema", self.schema_checked), ("the policy", self.policy_checked)):
            if count != self.objects:
                gaps.append(f"{self.objects - count} of {self.objects} objects not checked against {name}")
        if self.skipped:
            gaps.append(f"{self.skipped} documents could not be read")
        return gaps


@dataclass(frozen=True)
class Excused:
    """A finding that an exception takes away: why, who answers for it, and until which day."""

    finding: Finding
    reason: str
    owner: str
    expires: str


@dataclass(frozen=True)
class Report:
    """Everything a run of the gate has to say."""

    findings: tuple[Finding, ...]
    summary: Summary
    excused: tuple[Excused, ...] = ()

    @property
    def exit_code(self) -> int:
        """2 when something went unjudged, 1 for an error, 0 otherwise."""
        if self.summary.gaps():
            return 2
        return 1 if self.summary.errors else 0


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Say once what several engines or clusters found alike, in a stable order."""
    found: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.rule, finding.object, finding.path, finding.file, finding.line)
        earlier = found.get(key)
        if earlier is None:
            found[key] = finding
            continue
        engines = sorted({*earlier.engine.split("+"), *finding.engine.split("+")})
        clusters = sorted({*earlier.clusters, *finding.clusters})
        found[key] = replace(earlier, engine="+".join(engines), clusters=tuple(clusters))
    return tuple(sorted(found.values(), key=lambda f: (f.rule, f.object, f.file, f.line or 0, f.path, f.message)))
