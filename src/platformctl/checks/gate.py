"""The verdict on a set of objects: every engine, the exceptions and the inventory."""

from __future__ import annotations

import datetime
import functools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from platformctl.checks import checkov, exceptions, kubeconform, rego, rulebook
from platformctl.checks.protocol import Check, Hit, World
from platformctl.checks.registry import CHECKS
from platformctl.checks.rulebook import Rulebook
from platformctl.errors import PlatformError
from platformctl.findings import Finding, Report, Severity, Summary, merged
from platformctl.manifests import Manifest, Unreadable
from platformctl.repo import Repo

OWN_RULES = (
    "schema",
    "schema-missing",
    "duplicate-key",
    "unreadable",
    "exception-expired",
    "exception-unused",
    "exception-broad",
    *checkov.OWN_RULES,
)


@dataclass(frozen=True)
class Subject:
    """What is judged: objects, what could not be read, and the Applications they come from."""

    manifests: tuple[Manifest, ...]
    unreadable: tuple[Unreadable, ...] = ()
    applications: int = 0
    rendered: int = 0
    deployed: bool = False  # everything that Git deploys; exceptions are about that, not about loose files


def judge(repo: Repo, subject: Subject, today: datetime.date, clock: Callable[[], float] = time.monotonic) -> Report:
    """Hold every object against every rule."""
    began = clock()
    rules = rulebook.load(repo)
    _same_rules(rules)
    waivers = exceptions.load(repo, rules) if subject.deployed else ()
    owners = _owners(subject)
    contents = [group[0].content for group in owners]
    with ThreadPoolExecutor(3) as pool:  # they only wait for their programs
        from_checkov = pool.submit(checkov.run, repo, rules, contents)
        from_rego = pool.submit(rego.run, repo, rules, contents)
        from_schemas = pool.submit(kubeconform.run, repo, contents)
        found = list(_python(rules, subject))
        rego_hits, rego_seen = from_rego.result()
        schema_hits, schema_seen = from_schemas.result()
        checkov_hits, checkov_seen = from_checkov.result()
    found += [*_owned(rules, owners, rego_hits, rego.ENGINE), *_owned(rules, owners, schema_hits, kubeconform.ENGINE)]
    found = checkov.confirmed([*found, *_owned(rules, owners, checkov_hits, checkov.ENGINE)])
    all_findings = merged([*found, *_unread(rules, subject)])
    waived = exceptions.apply(all_findings, waivers, rules, today)
    severities = [finding.severity for finding in waived.findings]
    summary = Summary(
        applications=subject.applications,
        rendered=subject.rendered,
        objects=len(subject.manifests),
        schema_checked=sum(len(owners[index]) for index in schema_seen),
        policy_checked=len(subject.manifests) if rego_seen == len(checkov_seen) == len(contents) else 0,
        skipped=len(subject.unreadable),
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        waived=waived.count,
        seconds=round(clock() - began, 3),
    )
    return Report(merged(waived.findings), summary, waived.excused)


def _same_rules(rules: Rulebook) -> None:
    described, written = set(rules) - set(OWN_RULES), set(CHECKS)
    if described != written or not set(OWN_RULES) <= set(rules):
        differing = sorted(described ^ written) or sorted(set(OWN_RULES) - set(rules))
        raise PlatformError(
            f"{rulebook.FOLDER} and the checks name different rules",
            why=f"only in one of them: {', '.join(differing)}",
            fix="describe each check in policy/rules/<group>.yaml and list it in checks/rules/<group>/__init__.py",
        )


def _python(rules: Rulebook, subject: Subject) -> Iterator[Finding]:
    worlds = _worlds(subject)
    for manifest in subject.manifests:
        world = worlds[manifest.world]
        for check in checks_of(manifest.kind):
            for violation in check.judge(manifest, world):
                yield rules[check.rule].finding(manifest, violation.path, violation.message, "python")
        for line, key in manifest.duplicates:
            yield rules["duplicate-key"].finding(manifest, (), f"{key} stands twice", "gate", line)


def _owners(subject: Subject) -> list[list[Manifest]]:
    """The manifests grouped by content: what several clusters get alike is held against the rules once."""
    groups: dict[int, list[Manifest]] = {}
    for manifest in subject.manifests:
        groups.setdefault(id(manifest.content), []).append(manifest)
    return list(groups.values())


def _owned(
    rules: Rulebook, owners: Sequence[Sequence[Manifest]], hits: Iterable[Hit], engine: str
) -> Iterator[Finding]:
    for hit in hits:
        for manifest in owners[hit.index]:
            yield rules[hit.rule].finding(manifest, hit.path, hit.message, engine)


@functools.cache
def checks_of(kind: str) -> tuple[Check, ...]:
    """The checks that look at objects of a kind."""
    return tuple(check for check in CHECKS.values() if not check.kinds or kind in check.kinds)


def _worlds(subject: Subject) -> Mapping[str, World]:
    by_world: dict[str, list[Manifest]] = {}
    for manifest in subject.manifests:
        by_world.setdefault(manifest.world, []).append(manifest)
    return {name: World(manifests, whole=subject.deployed) for name, manifests in by_world.items()}


def _unread(rules: Rulebook, subject: Subject) -> Iterator[Finding]:
    rule = rules["unreadable"]
    for document in subject.unreadable:
        nameless = Manifest({}, document.file, document.line)
        yield rule.finding(nameless, (), document.message, "gate", document.line)
