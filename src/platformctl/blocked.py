"""Versions that a release was aborted with, and that must not come back as they were: policy/blocked.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from platformctl import manifests
from platformctl.errors import PlatformError
from platformctl.manifests import mapping
from platformctl.repo import Repo

FILE = "policy/blocked.yaml"
_TEXTS = ("rollout", "commit", "reason", "since")

# the fields of a pod template in which a version differs from the one before; None for a field that it has not
Version = Mapping[str, str | None]


@dataclass(frozen=True)
class Blocked:
    """One version of a Rollout that its environments refuse.

    `commit` brought it, `reason` is what was measured, `since` the day of the abort (2026-11-26).
    """

    rollout: str
    environments: tuple[str, ...]
    version: Version = field(hash=False)
    commit: str
    reason: str
    since: str
    line: int = field(default=0, compare=False)


def load(repo: Repo) -> tuple[Blocked, ...]:
    """Every entry of a checkout; one that is incomplete is an error, and a checkout without the file blocks nothing."""
    path = repo.root / FILE
    return parse(path.read_text(encoding="utf-8")) if path.is_file() else ()


def parse(text: str) -> tuple[Blocked, ...]:
    """Every entry of the file's text."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        entries = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PlatformError(f"{FILE} is not YAML", why=str(error)) from error
    if not isinstance(entries, list) or not isinstance(node, yaml.SequenceNode):
        raise PlatformError(f"{FILE} is no list", fix="write [] when nothing is blocked")
    return tuple(_entry(entry, child.start_mark.line + 1) for entry, child in zip(entries, node.value, strict=True))


def appended(text: str, entry: Blocked) -> str:
    """The file's text with one more entry, everything else as it was; unchanged when it has that version already."""
    known = parse(text) if text.strip() else ()
    if any((each.rollout, each.environments, each.version) == _identity(entry) for each in known):
        return text
    written = {key: getattr(entry, key) for key in ("rollout", "environments", "version", *_TEXTS[1:])}
    written |= {"environments": list(entry.environments), "version": dict(entry.version)}
    lines = yaml.safe_dump([written], sort_keys=False, width=100_000, allow_unicode=True)
    kept = text if known else "".join(line for line in text.splitlines(keepends=True) if line.strip() != "[]")
    return f"{kept.rstrip()}\n\n{lines}".lstrip("\n")


def differences(healthy: Mapping[str, Any], bad: Mapping[str, Any]) -> dict[str, str | None]:
    """The fields of the `bad` pod template that differ from the `healthy` one; None for one that it has not."""
    before, after = dict(fields(healthy)), dict(fields(bad))
    return {path: after.get(path) for path in sorted({*before, *after}) if before.get(path) != after.get(path)}


def fields(template: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every value of a pod template's spec by its place: `containers[web].image`."""
    yield from _leaves(mapping(template.get("spec")), "")


def _leaves(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from _leaves(each, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list):
        for name, each in _named(value):
            yield from _leaves(each, f"{place}[{name}]")
    elif value is not None:
        yield place, str(value).lower() if isinstance(value, bool) else str(value)


def _named(values: list[Any]) -> Iterable[tuple[str, Any]]:
    """Items by their names, so that one more item does not move the others; by number where they have none."""
    names = [mapping(each).get("name") for each in values]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return zip(map(str, names), values, strict=True)
    return ((str(number), each) for number, each in enumerate(values))


def _identity(entry: Blocked) -> tuple[str, tuple[str, ...], dict[str, str | None]]:
    return entry.rollout, entry.environments, dict(entry.version)


def _entry(entry: object, line: int) -> Blocked:
    where = f"{FILE}:{line}"
    if not isinstance(entry, dict):
        raise PlatformError(f"{where}: an entry has the keys {', '.join(_TEXTS)}, environments, version")
    unknown = sorted(set(entry) - {*_TEXTS, "environments", "version"})
    texts = {key: str(entry.get(key) or "").strip() for key in _TEXTS}
    missing = [key for key, value in texts.items() if not value]
    environments, version = entry.get("environments"), entry.get("version")
    if not environments or not manifests.items(environments) or not all(isinstance(each, str) for each in environments):
        missing.append("environments (a list of names)")
    if not isinstance(version, dict) or not version:
        missing.append("version (field: value)")
    if unknown or missing:
        raise PlatformError(f"{where}: unknown keys: {unknown}, missing or empty: {missing}")
    return Blocked(
        environments=tuple(manifests.items(environments)),
        version={str(path): None if value is None else str(value) for path, value in mapping(version).items()},
        line=line,
        **texts,
    )
