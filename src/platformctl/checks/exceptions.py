"""Where a rule does not hold: policy/exceptions.yaml."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from platformctl.checks.rulebook import Rule, Rulebook
from platformctl.errors import PlatformError
from platformctl.findings import Finding, ObjectRef
from platformctl.repo import Repo

FILE = "policy/exceptions.yaml"
_TEXTS = ("rule", "object", "reason", "owner")


@dataclass(frozen=True)
class Waiver:
    """One rule on one object, excused by somebody until a day."""

    rule: str
    object: str
    reason: str
    owner: str
    expires: datetime.date
    line: int

    def covers(self, finding: Finding) -> bool:
        """Whether it is about this finding."""
        return self.rule == finding.rule and self.object == str(finding.object)


@dataclass(frozen=True)
class Waived:
    """The findings that stay, those about exceptions included, and how many were excused."""

    findings: tuple[Finding, ...]
    count: int


def load(repo: Repo, rulebook: Rulebook) -> tuple[Waiver, ...]:
    """Every exception; one that is incomplete is an error."""
    path = repo.root / FILE
    try:
        node = yaml.compose(path.read_text(), Loader=yaml.SafeLoader)
        entries = yaml.safe_load(path.read_text())
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise PlatformError(f"{FILE} cannot be read", why=str(error)) from error
    if not isinstance(entries, list) or node is None:
        raise PlatformError(f"{FILE} is no list", fix="write [] when there are no exceptions")
    lines = [child.start_mark.line + 1 for child in node.value]
    return tuple(_waiver(entry, line, rulebook) for entry, line in zip(entries, lines, strict=True))


def _waiver(entry: object, line: int, rulebook: Rulebook) -> Waiver:
    where = f"{FILE}:{line}"
    if not isinstance(entry, dict):
        raise PlatformError(f"{where}: an exception has the keys {', '.join(_TEXTS)}, expires")
    unknown = sorted(set(entry) - {*_TEXTS, "expires"})
    missing = [key for key in _TEXTS if not isinstance(entry.get(key), str) or not entry[key].strip()]
    if unknown or missing:
        raise PlatformError(f"{where}: unknown keys: {unknown}, missing or empty: {missing}")
    if type(entry.get("expires")) is not datetime.date:
        raise PlatformError(f"{where}: expires must be a day", fix="write it like 2027-06-30, without quotes")
    if entry["rule"] not in rulebook:
        raise PlatformError(f"{where}: there is no rule {entry['rule']}", fix="the ids are in policy/rules")
    return Waiver(**entry, line=line)


def apply(findings: Iterable[Finding], waivers: Iterable[Waiver], rulebook: Rulebook, today: datetime.date) -> Waived:
    """Take away what is excused; say which exceptions are expired or excuse nothing."""
    waivers = tuple(waivers)
    valid = [waiver for waiver in waivers if waiver.expires >= today]
    kept: list[Finding] = []
    used: set[Waiver] = set()
    count = 0
    for finding in findings:
        covering = [waiver for waiver in valid if waiver.covers(finding)]
        used.update(covering)
        if covering:
            count += 1
        else:
            kept.append(finding)
    for waiver in waivers:
        if waiver not in valid:
            kept.append(_complaint(rulebook["exception-expired"], waiver, f"ended on {waiver.expires}"))
        elif waiver not in used:
            kept.append(_complaint(rulebook["exception-unused"], waiver, "excuses nothing"))
    return Waived(tuple(kept), count)


def _complaint(rule: Rule, waiver: Waiver, problem: str) -> Finding:
    return Finding(
        rule=rule.id,
        topic=rule.topic,
        severity=rule.severity,
        object=ObjectRef("", "Exception", "", waiver.object),
        path="",
        file=FILE,
        line=waiver.line,
        message=f"the exception of {waiver.rule} for {waiver.object} ({waiver.owner}) {problem}",
        remediation=rule.remediation,
        engine="gate",
    )
