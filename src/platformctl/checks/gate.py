"""The verdict on a set of objects: every engine, the exceptions and the inventory.

What one API server gets is a world. A world whose objects, rules and programs are those of an earlier run keeps its
verdict; in the others each engine looks only at objects that it has not seen before.
"""

from __future__ import annotations

import datetime
import functools
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from platformctl import blocked
from platformctl.checks import (
    checkov,
    exceptions,
    fingerprint,
    kubeconform,
    limits,
    outside,
    python,
    registries,
    rego,
    rulebook,
    usage,
)
from platformctl.checks.protocol import Contents, Hit, World
from platformctl.checks.registry import CHECKS
from platformctl.checks.rulebook import Rulebook
from platformctl.checks.subject import Subject
from platformctl.checks.verdicts import Verdict, Verdicts
from platformctl.errors import PlatformError
from platformctl.findings import Finding, Report, Severity, Summary, merged
from platformctl.manifests import Manifest
from platformctl.profile import Profile
from platformctl.repo import Repo

OWN_RULES = (
    "application-missing",
    "schema",
    "schema-missing",
    "duplicate-key",
    "unreadable",
    "exception-expired",
    "exception-unused",
    "outside-unused",
    "exception-broad",
    *checkov.OWN_RULES,
)
_POLICY_ENGINES = (rego.ENGINE, checkov.ENGINE)


def judge(repo: Repo, subject: Subject, today: datetime.date, profile: Profile | None = None) -> Report:
    """Hold every object against every rule."""
    profile = profile or Profile()
    rules = rulebook.load(repo)
    _same_rules(rules)
    rego.rules_on_disk(repo, rules)
    waivers = exceptions.load(repo, rules) if subject.deployed else ()
    beside = outside.load(repo) if subject.deployed else ()
    world = functools.partial(
        World,
        whole=subject.deployed,
        outside=beside,
        limits=limits.load(repo),
        registries=registries.load(repo),
        blocked=blocked.load(repo),
    )
    verdicts = _verdicts(repo, rules, subject, world, profile)
    with profile.step("exceptions"):
        found = [finding for verdict in verdicts for finding in verdict.findings]
        needed = {entry for verdict in verdicts for entry in verdict.needed}
        unused = usage.unused(rules, beside, needed)
        found += [*_unread(rules, subject), *_complained(rules, subject), *unused]
        waived = exceptions.apply(merged(found), waivers, rules, today)
    severities = [finding.severity for finding in waived.findings]
    summary = Summary(
        applications=subject.applications,
        rendered=subject.rendered,
        objects=sum(verdict.objects for verdict in verdicts),
        schema_checked=sum(verdict.schema_checked for verdict in verdicts),
        policy_checked=sum(verdict.policy_checked for verdict in verdicts),
        skipped=len(subject.unreadable),
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        waived=waived.count,
        seconds=round(profile.whole, 3),
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


def _verdicts(
    repo: Repo, rules: Rulebook, subject: Subject, world: Callable[..., World], profile: Profile
) -> list[Verdict]:
    with profile.step("kept verdicts"):
        store = Verdicts(fingerprint.of(repo))
    with closing(store):
        with profile.step("kept verdicts"):
            known = store.of_worlds(part.key for part in subject.parts if part.key)
        new = [part for part in subject.parts if part.key not in known]
        with profile.step("objects"):
            worlds = [world(part.load(), fleet=part.fleet()) for part in new]
        generated = [tuple(part.generated()) for part in new]
        made = _judged(repo, rules, worlds, generated, store, profile) if new else []
        store.keep_worlds({part.key: verdict for part, verdict in zip(new, made, strict=True) if part.key})
    return [*known.values(), *made]


def _judged(
    repo: Repo,
    rules: Rulebook,
    worlds: Sequence[World],
    generated: Sequence[tuple[Manifest, ...]],
    store: Verdicts,
    profile: Profile,
) -> list[Verdict]:
    with profile.step("objects"):
        digests = _digests(worlds)
    contents = {digests[id(manifest.content)]: manifest.content for world in worlds for manifest in world.manifests}
    cases = [python.Case(world, more) for world, more in zip(worlds, generated, strict=True)]
    with python.judging(rules, cases) as judged, ThreadPoolExecutor(3) as pool:  # threads only wait for their programs
        engines = {
            engine: pool.submit(_examined, engine, run, contents, store, profile)
            for engine, run in (
                (checkov.ENGINE, functools.partial(checkov.run, repo, rules)),
                (rego.ENGINE, functools.partial(rego.run, repo, rules)),
                (kubeconform.ENGINE, functools.partial(kubeconform.run, repo)),
            )
        }
        with profile.step("Python rules"):
            found = judged()
        examined = {engine: future.result() for engine, future in engines.items()}
    for each in found:
        for rule, seconds in each.spent.items():
            profile.add(f"rule {rule}", seconds)
    return [_verdict(rules, world, each, examined, digests) for world, each in zip(worlds, found, strict=True)]


def _digests(worlds: Iterable[World]) -> Mapping[int, str]:
    """The digest of each object's content, by the identity of that content: equal ones are often one and the same."""
    digests: dict[int, str] = {}
    for world in worlds:
        for manifest in world.manifests:
            if id(manifest.content) not in digests:
                text = json.dumps(manifest.content, sort_keys=True, default=str)
                digests[id(manifest.content)] = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return digests


Run = Callable[[Contents], tuple[list[Hit], set[int]]]


def _examined(
    engine: str, run: Run, contents: Mapping[str, Mapping[str, object]], store: Verdicts, profile: Profile
) -> Mapping[str, Sequence[Hit]]:
    """What an engine finds, by the digest of the object; an object that it did not look at is missing."""
    known = store.of_objects(engine, contents)
    new = [digest for digest in contents if digest not in known]
    found = {digest: [Hit(rule, 0, path, message) for rule, path, message in hits] for digest, hits in known.items()}
    if new:
        with profile.step(engine):
            hits, seen = run([contents[digest] for digest in new])
        fresh: dict[str, list[Hit]] = {new[index]: [] for index in sorted(seen)}
        for hit in hits:
            fresh.setdefault(new[hit.index], []).append(hit)
        found |= fresh
        looked_at = {new[index] for index in seen}
        kept = {digest: [(hit.rule, hit.path, hit.message) for hit in fresh[digest]] for digest in looked_at}
        store.keep_objects(engine, kept)
        unseen = [digest for digest in fresh if digest not in looked_at]
        found |= {digest: [*fresh[digest], _UNSEEN] for digest in unseen}
    return found


_UNSEEN = Hit("", -1, (), "")  # marks an object that has findings of an engine which could not examine it


def _verdict(
    rules: Rulebook,
    world: World,
    judged: python.Judged,
    examined: Mapping[str, Mapping[str, Sequence[Hit]]],
    digests: Mapping[int, str],
) -> Verdict:
    findings = list(judged.findings)
    counts = dict.fromkeys(examined, 0)
    for manifest in world.manifests:
        digest = digests[id(manifest.content)]
        for engine, by_digest in examined.items():
            hits = by_digest.get(digest)
            counts[engine] += hits is not None and _UNSEEN not in hits
            findings += [
                rules[hit.rule].finding(manifest, hit.path, hit.message, engine)
                for hit in hits or ()
                if hit is not _UNSEEN
            ]
    return Verdict(
        findings=merged(_once(rules, checkov.confirmed(findings))),
        objects=len(world.manifests),
        schema_checked=counts[kubeconform.ENGINE],
        policy_checked=min(counts[engine] for engine in _POLICY_ENGINES),
        needed=judged.needed,
    )


# what these groups say about a field, its schema need not say again in its own words
_SAID_BETTER = ("api", "argo")


def _once(rules: Rulebook, findings: Sequence[Finding]) -> Iterator[Finding]:
    """The findings without those of the schema that a rule explains: same object and place, or an API that is gone."""
    said = {
        (finding.object, finding.file, "kind" if finding.rule == "removed-api" else finding.path)
        for finding in findings
        if rules[finding.rule].group in _SAID_BETTER
    }
    for finding in findings:
        if rules[finding.rule].topic != "schema" or (finding.object, finding.file, finding.path) not in said:
            yield finding


def _unread(rules: Rulebook, subject: Subject) -> Iterator[Finding]:
    rule = rules["unreadable"]
    for document in subject.unreadable:
        nameless = Manifest({}, document.file, document.line)
        yield rule.finding(nameless, (), document.message, "gate", document.line)


def _complained(rules: Rulebook, subject: Subject) -> Iterator[Finding]:
    for each in subject.complaints:
        nameless = Manifest({}, each.file, None, clusters=each.clusters)
        yield rules[each.rule].finding(nameless, (), each.message, "gate")
