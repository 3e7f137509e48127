"""Where a rule does not hold: policy/exceptions.yaml."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from platformctl import manifests
from platformctl.checks.rulebook import Rule, Rulebook
from platformctl.errors import PlatformError
from platformctl.findings import Excused, Finding, ObjectRef
from platformctl.manifests import text
from platformctl.repo import Repo

FILE = "policy/exceptions.yaml"
MOST_OBJECTS = 10  # that one wildcard may excuse
LONGEST = datetime.timedelta(days=366)
FEWEST_WORDS = 4  # of a reason
_TEXTS = ("reason", "owner")
_KEYS = {"rule", "object", "objects", "expires", *_TEXTS}
_WAIVABLE = (
    "schema",
)  # of the gate's own rules: the others say that something was not judged, or are about exceptions


@dataclass(frozen=True)
class Target:
    """What is excused: one object, or those whose name begins alike."""

    pattern: str
    line: int

    def covers(self, name: str) -> bool:
        """Whether an object of this name (`Kind/namespace/name`) is meant."""
        if self.pattern.endswith("*"):
            return name.startswith(self.pattern[:-1]) and name.count("/") == self.pattern.count("/")
        return name == self.pattern

    @property
    def too_broad(self) -> str:
        """Why it excuses nothing: a wildcard that could mean anything."""
        kind, *_, name = self.pattern.split("/") if "/" in self.pattern else ("", "")
        if not kind:
            return "it names no object: write Kind/namespace/name, or Kind/name outside of namespaces"
        if "*" in self.pattern[:-1] or name == "*":
            return "a wildcard stands at the end of a name that it does not replace as a whole"
        return ""


@dataclass(frozen=True)
class Waiver:
    """One rule on some objects, excused by somebody until a day."""

    rules: tuple[str, ...]
    targets: tuple[Target, ...]
    reason: str
    owner: str
    expires: datetime.date
    line: int

    def problems(self, today: datetime.date) -> Iterator[tuple[int, str]]:
        """What makes it broader than an exception should be, each with its line."""
        if len(self.rules) != 1:
            yield self.line, f"covers {len(self.rules)} rules: write an exception for each"
        if self.expires - today > LONGEST:
            yield self.line, f"lasts until {self.expires}, which is more than a year"
        if len(self.reason.split()) < FEWEST_WORDS:
            yield self.line, f'gives "{self.reason}" as its reason: say in a sentence why the rule does not hold'
        for target in self.targets:
            if target.too_broad:
                yield target.line, f"is for {target.pattern}: {target.too_broad}"


@dataclass(frozen=True)
class Waived:
    """The findings that stay, those about exceptions included, and those that were excused."""

    findings: tuple[Finding, ...]
    excused: tuple[Excused, ...]

    @property
    def count(self) -> int:
        """How many were excused."""
        return len(self.excused)


def load(repo: Repo, rulebook: Rulebook) -> tuple[Waiver, ...]:
    """Every exception; one that is incomplete is an error."""
    path = repo.root / FILE
    entries = manifests.load(path, FILE)
    if not isinstance(entries, list):
        raise PlatformError(f"{FILE} is no list", fix="write [] when there are no exceptions")
    whole = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    nodes = whole.value if whole else []
    return tuple(_waiver(entry, node, rulebook) for entry, node in zip(entries, nodes, strict=True))


def _waiver(entry: object, node: yaml.Node, rulebook: Rulebook) -> Waiver:
    line = _line(node)
    where = f"{FILE}:{line}"
    if not isinstance(entry, dict):
        raise PlatformError(f"{where}: an exception has the keys rule, object, {', '.join(_TEXTS)}, expires")
    unknown = sorted(set(entry) - _KEYS)
    missing = [key for key in _TEXTS if not text(entry.get(key)).strip()]
    missing += [key for key in ("rule",) if not _several(entry.get(key))]
    if not _several(entry.get("object", entry.get("objects"))) or {"object", "objects"} <= set(entry):
        missing.append("object (or a list of them: objects)")
    if unknown or missing:
        raise PlatformError(f"{where}: unknown keys: {unknown}, missing or empty: {missing}")
    rules = _several(entry["rule"])
    for rule in rules:
        _waivable(rule, rulebook, where)
    return Waiver(
        rules, _targets(entry, node), entry["reason"], entry["owner"], _day(entry.get("expires"), where), line
    )


def _several(value: object) -> tuple[str, ...]:
    """The value, or the values of a list, when all of them are texts."""
    values = [text(each) for each in (value if isinstance(value, list) else [value])]
    return tuple(values) if all(each.strip() for each in values) else ()


def _waivable(rule: str, rulebook: Rulebook, where: str) -> None:
    if rule not in rulebook:
        raise PlatformError(f"{where}: there is no rule {rule}", fix="the ids are in policy/rules")
    if rulebook[rule].topic == "unjudged" or (rulebook[rule].group == "gate" and rule not in _WAIVABLE):
        raise PlatformError(
            f"{where}: {rule} cannot be excused",
            why="it says that something could not be judged, or is about exceptions themselves",
        )


def _targets(entry: Mapping[str, object], node: yaml.Node) -> tuple[Target, ...]:
    key = "object" if "object" in entry else "objects"
    places = _nodes(next((value for name, value in node.value if name.value == key), node))
    names = _several(entry[key])
    lines = [_line(place) for place in places] if len(places) == len(names) else []
    return tuple(Target(name, line) for name, line in zip(names, lines or [_line(node)] * len(names), strict=True))


def _nodes(node: yaml.Node) -> list[yaml.Node]:
    return node.value if isinstance(node, yaml.SequenceNode) else [node]


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


def _day(value: object, where: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text(value))
    except ValueError:
        raise PlatformError(f"{where}: expires must be a day", fix="write it like 2027-06-30") from None


@dataclass
class _Use:
    """How often each target was needed."""

    objects: dict[tuple[Waiver, Target], set[str]] = field(default_factory=lambda: defaultdict(set))

    def excuse(self, finding: Finding, waivers: Iterable[Waiver]) -> Waiver | None:
        """The first exception for a finding; all of them count as used."""
        name = str(finding.object)
        found = None
        for waiver in waivers:
            for target in waiver.targets:
                if not target.too_broad and target.covers(name):
                    self.objects[waiver, target].add(name)
                    found = found or waiver
        return found


def apply(findings: Iterable[Finding], waivers: Iterable[Waiver], rulebook: Rulebook, today: datetime.date) -> Waived:
    """Take away what is excused; say which exceptions are expired, excuse nothing, or excuse too much."""
    waivers = tuple(waivers)
    by_rule: dict[str, list[Waiver]] = defaultdict(list)
    for waiver in waivers:
        if waiver.expires >= today and len(waiver.rules) == 1:
            by_rule[waiver.rules[0]].append(waiver)
    use = _Use()
    kept: list[Finding] = []
    excused: list[Excused] = []
    for finding in findings:
        waiver_of = use.excuse(finding, by_rule.get(finding.rule, ()))
        if waiver_of:
            excused.append(Excused(finding, waiver_of.reason, waiver_of.owner, waiver_of.expires.isoformat()))
        else:
            kept.append(finding)
    complaints = (complaint for waiver in waivers for complaint in _complaints(waiver, use, rulebook, today))
    return Waived((*kept, *complaints), tuple(excused))


def _complaints(waiver: Waiver, use: _Use, rulebook: Rulebook, today: datetime.date) -> Iterator[Finding]:
    for line, problem in waiver.problems(today):
        yield _complaint(rulebook["exception-broad"], waiver, line, problem)
    if waiver.expires < today:
        yield _complaint(rulebook["exception-expired"], waiver, waiver.line, f"ended on {waiver.expires}")
        return
    for target in waiver.targets:
        count = len(use.objects[waiver, target])
        if count > MOST_OBJECTS:
            problem = f"excuses {count} objects by {target.pattern}, more than {MOST_OBJECTS}: name them"
            yield _complaint(rulebook["exception-broad"], waiver, target.line, problem)
        elif not count and not target.too_broad and len(waiver.rules) == 1:
            problem = f"excuses nothing: {target.pattern} does not break the rule"
            yield _complaint(rulebook["exception-unused"], waiver, target.line, problem)


def _complaint(rule: Rule, waiver: Waiver, line: int, problem: str) -> Finding:
    rules, targets = ", ".join(waiver.rules), ", ".join(target.pattern for target in waiver.targets)
    return Finding(
        rule=rule.id,
        topic=rule.topic,
        severity=rule.severity,
        object=ObjectRef("", "Exception", "", targets),
        path="",
        file=FILE,
        line=line,
        message=f"the exception of {rules} for {targets} ({waiver.owner}) {problem}",
        remediation=rule.remediation,
        engine="gate",
    )
