"""The rules as data: policy/rules/<group>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl import manifests
from platformctl.errors import PlatformError
from platformctl.findings import Finding, ObjectRef, Severity
from platformctl.manifests import FieldPath, Manifest, dotted
from platformctl.repo import Repo

FOLDER = "policy/rules"
_TEXTS = ("id", "topic", "title", "why", "remediation", "severity")
_FLAGS = ("twin", "admission")


@dataclass(frozen=True)
class Rule:
    """What a rule is called, why it is there and what to do when it is broken."""

    id: str
    topic: str
    title: str
    severity: Severity
    why: str
    remediation: str
    group: str  # the file that describes it
    twin: bool = False  # written in Rego as well
    admission: bool = False  # held by the API server as well, as a ValidatingAdmissionPolicy or Pod Security admission
    references: tuple[str, ...] = ()  # what others call it: "checkov CKV_K8S_22", "Pod Security Standards restricted"

    def finding(
        self, manifest: Manifest, path: FieldPath, message: str, engine: str, line: int | None = None
    ) -> Finding:
        """This rule, broken by an object."""
        file, written = manifest.place(path)
        return Finding(
            rule=self.id,
            topic=self.topic,
            severity=self.severity,
            object=ObjectRef(manifest.api_version, manifest.kind, manifest.namespace, manifest.name),
            path=dotted(path),
            file=file,
            line=line or written,
            message=message,
            remediation=self.remediation,
            engine=engine,
            clusters=manifest.clusters,
        )


Rulebook = Mapping[str, Rule]


def load(repo: Repo) -> Rulebook:
    """Every rule by its id."""
    files = sorted((repo.root / FOLDER).glob("*.yaml"))
    rules = [rule for file in files for rule in _group(file, f"{FOLDER}/{file.name}")]
    twice = sorted({rule.id for rule in rules if sum(other.id == rule.id for other in rules) > 1})
    if twice or not rules:
        problem = f"has two rules called {', '.join(twice)}" if twice else "holds no rules"
        raise PlatformError(f"{FOLDER} {problem}", fix="each of its files is a list of rules with ids of their own")
    return {rule.id: rule for rule in rules}


def _group(file: Path, shown: str) -> list[Rule]:
    entries = manifests.load(file, shown)
    if not isinstance(entries, list) or not entries:
        raise PlatformError(f"{shown} holds no rules", fix="it is a list of rules")
    return [_rule(entry, shown, file.stem) for entry in entries]


def _rule(entry: object, shown: str, group: str) -> Rule:
    if not isinstance(entry, dict):
        raise PlatformError(f"{shown} holds something that is no rule: {entry!r}")
    wrong = sorted(set(entry) - {*_TEXTS, *_FLAGS, "references"})
    missing = [key for key in _TEXTS if not isinstance(entry.get(key), str)]
    references = entry.get("references", [])
    if wrong or missing or entry["severity"] not in list(Severity) or not isinstance(references, list):
        detail = f"unknown keys: {wrong}, missing or no text: {missing}, severity: {entry.get('severity')}"
        raise PlatformError(f"{shown}: the rule {entry.get('id')} is incomplete", why=detail)
    texts = {key: entry[key] for key in _TEXTS if key != "severity"}
    return Rule(
        **texts,
        severity=Severity(entry["severity"]),
        group=group,
        twin=entry.get("twin") is True,
        admission=entry.get("admission") is True,
        references=tuple(map(str, references)),
    )
