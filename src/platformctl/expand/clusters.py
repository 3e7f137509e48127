"""clusters/<fleet>/<cluster>.yaml: all that describes a cluster."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from platformctl import manifests
from platformctl.errors import PlatformError
from platformctl.manifests import LARGEST_FILE, FieldPath, dotted, items, load_placed, mapping
from platformctl.repo import cache_folder, write_whole

_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_REVISION = re.compile(r"refs/heads/main|[0-9a-f]{40}")
_SERVER = re.compile(r"https://[a-z0-9.-]+(:[0-9]+)?")
_SENTENCE = re.compile(r"\S.*")
_TEMPLATE = re.compile(r"\{\{|\}\}")
LARGE = 4_000  # bytes; parsing YAML takes about a second for a million of them, reading JSON a hundredth

Values = Mapping[str, Any]
_Check = Callable[[object, str], None]


@dataclass(frozen=True)
class Cluster:
    """A cluster file: its path in the repository, its checked values, and the line of each entry of its lists."""

    file: str
    values: Values
    lines: Mapping[str, list[int | None]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What the cluster is called."""
        return str(self.values["cluster"])

    def entries(self) -> Mapping[str, list[tuple[Values, int | None]]]:
        """The entries of all lists with their lines, by their names."""
        found: dict[str, list[tuple[Values, int | None]]] = {}
        for key, lines in self.lines.items():
            for entry, line in zip(self.values[key], lines, strict=True):
                found.setdefault(entry["name"], []).append((entry, line))
        return found


def read(path: Path, shown: str) -> Cluster:
    """A cluster file; every key must be known, every value of its form, and none a template."""
    values, lines = _parsed(path, shown)
    _CLUSTER(values, shown)
    cluster = Cluster(shown, mapping(values), lines)
    if cluster.name != path.stem:
        problem = f"cluster is {cluster.name}, but the file is named {path.stem}"
        raise PlatformError(f"{shown}: {problem}", fix="give both the same name")
    return cluster


def _parsed(path: Path, shown: str) -> tuple[object, Mapping[str, list[int | None]]]:
    """Values and lines; those of a large file are kept by its content."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise PlatformError(f"{shown} is larger than {LARGEST_FILE // 1024**2} MiB")
        large = size > LARGE
        name = hashlib.sha256(path.read_bytes()).hexdigest() if large else ""
    except OSError as error:
        raise PlatformError(f"{shown} cannot be read", why=str(error)) from error
    kept = cache_folder() / "clusters" / _parser() / f"{name}.json"
    if large and kept.is_file():
        values, lines = json.loads(kept.read_bytes())
        return values, lines
    values, line_of = load_placed(path, shown)
    _refuse_templates(values, line_of, shown)
    lines = {
        key: [line_of((key, index)) for index in range(len(value))]
        for key, value in mapping(values).items()
        if isinstance(value, list)
    }
    if large:
        write_whole(kept, json.dumps([values, lines]).encode())
    return values, lines


@cache
def _parser() -> str:
    """Changes when what is kept would."""
    sources = inspect.getsource(manifests) + inspect.getsource(_parsed) + inspect.getsource(_refuse_templates)
    return hashlib.sha256(sources.encode()).hexdigest()[:12]


def _refuse_templates(values: object, line_of: Callable[[FieldPath], int | None], shown: str) -> None:
    """A value that is put into a set's template must not be one itself: it could be filled a second time."""
    for path, word in _words(values, ()):
        if _TEMPLATE.search(word):
            raise PlatformError(
                f"{shown}:{line_of(path)}: {dotted(path)} contains a template: {word!r}",
                why="ApplicationSets fill their templates with what cluster files say",
                fix="write the value itself, without {{ and }}",
            )


def _words(value: object, path: FieldPath) -> Iterator[tuple[FieldPath, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield (*path, key), str(key)
            yield from _words(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(items(value)):
            yield from _words(each, (*path, index))
    elif isinstance(value, str):
        yield path, value


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
