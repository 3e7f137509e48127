"""What exists on the clusters although Git does not describe it: policy/outside.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import yaml

from platformctl import manifests
from platformctl.errors import PlatformError
from platformctl.repo import Repo

FILE = "policy/outside.yaml"
KINDS = ("ConfigMap", "PersistentVolumeClaim", "Pod", "Secret", "ServiceAccount", "StorageClass")
_TEXTS = ("kind", "name", "by")
_OPTIONAL = ("namespace", "keys", "labels")
_CLUSTER_WIDE = ("StorageClass",)


@dataclass(frozen=True)
class Outside:
    """One object that somebody else makes; pods go by their labels."""

    kind: str
    name: str
    by: str
    line: int
    namespace: str = ""
    keys: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


def load(repo: Repo) -> tuple[Outside, ...]:
    """Every entry; one that is incomplete is an error."""
    path = repo.root / FILE
    entries = manifests.load(path, FILE)
    if not isinstance(entries, list):
        raise PlatformError(f"{FILE} is no list", fix="write [] when Git describes everything")
    node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    lines = [child.start_mark.line + 1 for child in node.value] if isinstance(node, yaml.SequenceNode) else []
    found = tuple(_entry(entry, line) for entry, line in zip(entries, lines, strict=True))
    _once(found)
    return found


def _entry(entry: object, line: int) -> Outside:
    where = f"{FILE}:{line}"
    if not isinstance(entry, dict):
        raise PlatformError(f"{where}: an entry has the keys {', '.join(_TEXTS + _OPTIONAL)}")
    unknown = sorted(set(entry) - {*_TEXTS, *_OPTIONAL})
    missing = [key for key in _TEXTS if not isinstance(entry.get(key), str) or not entry[key].strip()]
    if unknown or missing:
        raise PlatformError(f"{where}: unknown keys: {unknown}, missing or empty: {missing}")
    for problem in _problems(entry):
        raise PlatformError(f"{where}: {problem}")
    return Outside(**{**entry, "keys": tuple(entry.get("keys", ()))}, line=line)


def _problems(entry: Mapping[str, object]) -> list[str]:
    kind, keys, labels = entry["kind"], entry.get("keys", []), entry.get("labels", {})
    problems = []
    if kind not in KINDS:
        problems.append(f"kind is one of {', '.join(KINDS)}")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        problems.append("keys is a list of texts")
    if not isinstance(labels, dict) or not all(isinstance(value, str) for value in labels.values()):
        problems.append("labels is a mapping of texts")
    if (kind == "Pod") != bool(labels):
        problems.append("labels belong to a Pod, and every Pod has some")
    if (kind in _CLUSTER_WIDE) == isinstance(entry.get("namespace"), str):
        problems.append("namespace is needed, except for what has none")
    return problems


def _once(found: tuple[Outside, ...]) -> None:
    seen: dict[str, int] = {}
    for each in found:
        if str(each) in seen:
            raise PlatformError(f"{FILE}:{each.line}: {each} stands on line {seen[str(each)]} already")
        seen[str(each)] = each.line
