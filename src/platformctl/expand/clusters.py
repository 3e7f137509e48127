"""clusters/<fleet>/<cluster>.yaml: all that describes a cluster."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformctl.errors import PlatformError
from platformctl.manifests import load, mapping

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_REVISION = re.compile(r"refs/heads/main|[0-9a-f]{40}")
_SERVER = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?")
_SENTENCE = re.compile(r"\S.*")

Values = Mapping[str, Any]
_Check = Callable[[object, str], None]


@dataclass(frozen=True)
class Cluster:
    """A cluster file: its path in the repository and its checked values."""

    file: str
    values: Values


def read(path: Path, shown: str) -> Cluster:
    """A cluster file; every key must be known and every value of its form."""
    values = load(path, shown)
    _CLUSTER(values, shown)
    cluster = Cluster(shown, mapping(values))
    if cluster.values["cluster"] != path.stem:
        problem = f"cluster is {cluster.values['cluster']}, but the file is named {path.stem}"
        raise PlatformError(f"{shown}: {problem}", fix="give both the same name")
    return cluster


def _matching(pattern: re.Pattern[str], form: str) -> _Check:
    def check(value: object, where: str) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise PlatformError(f"{where} is {value!r}", fix=f"it must be {form}")

    return check


def _keys(required: Mapping[str, _Check], optional: Mapping[str, _Check] | None = None) -> _Check:
    known = {**required, **(optional or {})}

    def check(value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise PlatformError(f"{where} is no mapping", fix=f"its keys are {', '.join(known)}")
        unknown, missing = sorted(set(value) - set(known)), sorted(set(required) - set(value))
        if unknown:
            fix = f"the keys are {', '.join(known)}"
            raise PlatformError(f"{where}: unknown key {', '.join(unknown)}", fix=fix)
        if missing:
            raise PlatformError(f"{where}: {', '.join(missing)} is missing")
        for key, each in value.items():
            known[key](each, f"{where}: {key}")

    return check


def _named(entry: _Check) -> _Check:
    """A list of entries with different names."""

    def check(value: object, where: str) -> None:
        if not isinstance(value, list):
            raise PlatformError(f"{where} is no list")
        for number, each in enumerate(value):
            entry(each, f"{where}[{number}]")
        names = [each["name"] for each in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise PlatformError(f"{where} names {', '.join(twice)} twice")

    return check


_name = _matching(_NAME, "a DNS label: lower case letters, digits and dashes")
_revision = _matching(_REVISION, "refs/heads/main or a full commit id, in quotes")
_frozen = _matching(_SENTENCE, "the reason and the owner, as text")
_service = _keys({"name": _name, "revision": _revision}, {"frozen": _frozen})
_add_on = _keys({"name": _name, "namespace": _name, "revision": _revision}, {"frozen": _frozen})
_CLUSTER = _keys(
    {
        "cluster": _name,
        "environment": _name,
        "server": _matching(_SERVER, "the address of an API server, https://…"),
        "services": _named(_service),
    },
    {
        "region": _name,
        "platform": _keys({"revision": _revision}, {"frozen": _frozen}),
        "addOns": _named(_add_on),
    },
)
