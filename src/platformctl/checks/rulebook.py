"""The rules as data: policy/rules.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from platformctl.errors import PlatformError
from platformctl.findings import Finding, ObjectRef, Severity
from platformctl.manifests import FieldPath, Manifest, dotted
from platformctl.repo import Repo

FILE = "policy/rules.yaml"
_TEXTS = ("id", "topic", "title", "why", "remediation", "severity")


@dataclass(frozen=True)
class Rule:
    """What a rule is called, why it is there and what to do when it is broken."""

    id: str
    topic: str
    title: str
    severity: Severity
    why: str
    remediation: str
    twin: bool = False

    def finding(
        self, manifest: Manifest, path: FieldPath, message: str, engine: str, line: int | None = None
    ) -> Finding:
        """This rule, broken by an object."""
        return Finding(
            rule=self.id,
            topic=self.topic,
            severity=self.severity,
            object=ObjectRef(manifest.api_version, manifest.kind, manifest.namespace, manifest.name),
            path=dotted(path),
            file=manifest.file,
            line=line or manifest.line_of(path),
            message=message,
            remediation=self.remediation,
            engine=engine,
            clusters=manifest.clusters,
        )


Rulebook = Mapping[str, Rule]


def load(repo: Repo) -> Rulebook:
    """Every rule by its id."""
    try:
        entries = yaml.safe_load((repo.root / FILE).read_text())
    except (OSError, yaml.YAMLError) as error:
        raise PlatformError(f"{FILE} cannot be read", why=str(error)) from error
    if not isinstance(entries, list) or not entries:
        raise PlatformError(f"{FILE} holds no rules", fix="it is a list of rules")
    rules = [_rule(entry) for entry in entries]
    if len({rule.id for rule in rules}) != len(rules):
        raise PlatformError(f"{FILE} has two rules of one id")
    return {rule.id: rule for rule in rules}


def _rule(entry: object) -> Rule:
    if not isinstance(entry, dict):
        raise PlatformError(f"{FILE} holds something that is no rule: {entry!r}")
    wrong = sorted(set(entry) - {*_TEXTS, "twin"})
    missing = [key for key in _TEXTS if not isinstance(entry.get(key), str)]
    if wrong or missing or entry["severity"] not in list(Severity):
        detail = f"unknown keys: {wrong}, missing or no text: {missing}, severity: {entry.get('severity')}"
        raise PlatformError(f"{FILE}: the rule {entry.get('id')} is incomplete", why=detail)
    return Rule(**{**entry, "severity": Severity(entry["severity"]), "twin": bool(entry.get("twin"))})
