"""Kubernetes objects read from YAML or JSON, each with the lines it came from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from platformctl.errors import PlatformError

# these live outside of namespaces, so an Application's destination is not theirs
CLUSTER_WIDE = (
    "APIService", "ClusterAnalysisTemplate", "ClusterRole", "ClusterRoleBinding", "CSIDriver",
    "CustomResourceDefinition", "GatewayClass", "IngressClass", "MutatingWebhookConfiguration", "Namespace",
    "Node", "PersistentVolume", "PriorityClass", "RuntimeClass", "StorageClass", "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
)  # fmt: skip
SUFFIXES = (".yaml", ".yml", ".json")
LARGEST_FILE = 64 * 1024 * 1024
MOST_NODES = 2_000_000  # aliases counted as often as they are used: a small file can stand for billions
DEEPEST = 200
LARGEST_NUMBER = 1.7e308  # that every reader of JSON takes
PREFIX = "tag:yaml.org,2002:"

FieldPath = tuple[str | int, ...]  # where in an object: ("spec", "containers", 0, "image")
Place = tuple[str, int | None]  # a file and a line of it


class _Loader(yaml.CSafeLoader):
    """YAML as Kubernetes reads it: without dates."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != f"{PREFIX}timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
# PyYAML wants a dot in a number with an exponent; for Kubernetes 1e3 is one
_Loader.add_implicit_resolver(f"{PREFIX}float", re.compile(r"^[-+]?[0-9]+[eE][-+]?[0-9]+$"), list("-+0123456789"))


# Kubernetes does not know them either: 22:30 is text
_SEXAGESIMAL = re.compile(r"^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$")


@dataclass(frozen=True)
class Unreadable:
    """A document that cannot be judged: why, and where."""

    file: str
    line: int | None
    message: str


@dataclass(frozen=True)
class Manifest:
    """One object; `clusters` and `application` say who would apply it, when that is known."""

    content: Mapping[str, Any]
    file: str
    line: int | None
    node: yaml.Node | None = field(default=None, repr=False, compare=False)
    duplicates: tuple[tuple[int, str], ...] = ()
    clusters: tuple[str, ...] = ()
    application: str = ""
    destination: str = ""  # the Application's namespace, for an object that names none
    origin: Callable[[FieldPath], Place] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def api_version(self) -> str:
        """Group and version; empty when missing or no text."""
        return text(self.content.get("apiVersion"))

    @cached_property
    def kind(self) -> str:
        """The kind; empty when missing or no text."""
        return text(self.content.get("kind"))

    @cached_property
    def namespace(self) -> str:
        """The namespace it is applied to; empty for an object outside of namespaces."""
        own = text(mapping(self.content.get("metadata")).get("namespace"))
        return own or ("" if self.kind in CLUSTER_WIDE else self.destination)

    @cached_property
    def name(self) -> str:
        """The name, or the beginning of one that the API server completes."""
        metadata = mapping(self.content.get("metadata"))
        return text(metadata.get("name")) or text(metadata.get("generateName"))

    def place(self, path: FieldPath) -> Place:
        """The file and the line that a field was written in."""
        return self.origin(path) if self.origin else (self.file, self.line_of(path))

    def line_of(self, path: FieldPath) -> int | None:
        """The line of a field, or of the nearest field around it that exists."""
        node, line = self.node, self.line
        for step in path:
            node = _child(node, step)
            if node is None:
                break
            line = node.start_mark.line + 1
        return line


def dotted(path: FieldPath) -> str:
    """A path as text: spec.containers[0].image."""
    result = ""
    for step in path:
        result += f"[{step}]" if isinstance(step, int) else f".{step}" if result else step
    return result


def mapping(value: object) -> Mapping[str, Any]:
    """The value when it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Any]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """The value when it is text, else nothing."""
    return value if isinstance(value, str) else ""


def read(source: Path, shown: str) -> list[Manifest | Unreadable]:
    """The objects of a file."""
    try:
        if source.stat().st_size > LARGEST_FILE:
            return [Unreadable(shown, None, f"larger than {LARGEST_FILE // 1024**2} MiB")]
        content = source.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [Unreadable(shown, None, f"not UTF-8: byte {error.start}")]
    except OSError as error:
        return [Unreadable(shown, None, error.strerror or str(error))]
    return parse(content, shown)


def load(source: Path, shown: str) -> object:
    """The one document of a file of ours; anything wrong with it is an error that names the line."""
    return load_placed(source, shown)[0]


def load_placed(source: Path, shown: str) -> tuple[object, Callable[[FieldPath], int | None]]:
    """The one document of a file of ours, and what tells the line of each of its fields."""
    duplicates: list[tuple[int, str]] = []
    try:
        node = yaml.compose(source.read_text(encoding="utf-8"), Loader=_Loader)
        value = None if node is None else _value(node, duplicates, _Budget())
    except (OSError, UnicodeDecodeError) as error:
        raise PlatformError(f"{shown} cannot be read", why=str(error)) from error
    except (yaml.YAMLError, RecursionError) as error:
        broken = _unreadable(shown, error)
        raise PlatformError(f"{shown}:{broken.line}: {broken.message}") from error
    for line, key in duplicates:
        raise PlatformError(f"{shown}:{line}: the key {key} stands twice")
    return value, Manifest({}, shown, 1, node).line_of


def parse(content: str, file: str, *, lines: bool = True) -> list[Manifest | Unreadable]:
    """The objects in a text; `lines=False` for rendered text, whose lines nobody can edit."""
    found: list[Manifest | Unreadable] = []
    documents = yaml.compose_all(content, Loader=_Loader)
    while True:
        try:
            node = next(documents, None)
        except (yaml.YAMLError, RecursionError) as error:
            return [*found, _unreadable(file, error)]
        if node is None:
            return found
        found.extend(_objects(node, file, lines))


def _unreadable(file: str, error: Exception) -> Unreadable:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None)
    return Unreadable(file, mark.line + 1 if mark else None, f"not YAML: {problem or 'nested too deep'}")


def _objects(node: yaml.Node, file: str, lines: bool) -> Iterator[Manifest | Unreadable]:
    line = node.start_mark.line + 1
    duplicates: list[tuple[int, str]] = []
    try:
        value = _value(node, duplicates, _Budget())
    except yaml.MarkedYAMLError as error:
        yield _unreadable(file, error)
        return
    if value is None:  # an empty document between two separators
        return
    kept = node if lines else None
    whole = Manifest(mapping(value), file, line if lines else None, kept, tuple(duplicates))
    if not (whole.api_version and whole.kind):
        yield Unreadable(file, line, "not a Kubernetes object: apiVersion and kind are needed")
    elif whole.kind.endswith("List") and isinstance(whole.content.get("items"), list):
        yield from _members(whole)
    else:
        yield whole


def _members(whole: Manifest) -> Iterator[Manifest | Unreadable]:
    for index, content in enumerate(whole.content["items"]):
        node = _child(_child(whole.node, "items"), index)
        line = node.start_mark.line + 1 if node else whole.line
        member = replace(whole, content=mapping(content), node=node, line=line, duplicates=())
        if member.api_version and member.kind:
            yield member
        else:
            yield Unreadable(whole.file, line, "an item of a List needs apiVersion and kind")
    for line, key in whole.duplicates:
        yield Unreadable(whole.file, line, f"the key {key} stands twice in a List")


def _child(node: yaml.Node | None, step: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        child: yaml.Node = node.value[step]
        return child
    return None


class _Budget:
    def __init__(self) -> None:
        self.nodes = 0

    def spend(self, node: yaml.Node, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES or depth > DEEPEST:
            what = "nested too deep" if depth > DEEPEST else "too many values behind its aliases"
            raise yaml.MarkedYAMLError(problem=what, problem_mark=node.start_mark)


def _value(node: yaml.Node, duplicates: list[tuple[int, str]], budget: _Budget, depth: int = 0) -> object:
    budget.spend(node, depth)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, duplicates, budget, depth + 1) for child in node.value]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, duplicates, budget, depth)
    return _scalar(node)


def _mapping(node: yaml.MappingNode, duplicates: list[tuple[int, str]], budget: _Budget, depth: int) -> dict[str, Any]:
    result: dict[str, Any] = {}
    inherited: dict[str, Any] = {}
    for key_node, value_node in node.value:
        value = _value(value_node, duplicates, budget, depth + 1)
        if key_node.tag == f"{PREFIX}merge":
            for part in value if isinstance(value, list) else [value]:
                inherited = {**mapping(part), **inherited}
            continue
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.MarkedYAMLError(problem="a key is no text", problem_mark=key_node.start_mark)
        if key_node.value in result:
            duplicates.append((key_node.start_mark.line + 1, key_node.value))
        result[key_node.value] = value
    return {**inherited, **result}


def _scalar(node: yaml.Node) -> object:
    kind, value = node.tag.removeprefix(PREFIX), node.value
    if kind in ("int", "float") and _SEXAGESIMAL.match(value):
        return value
    if kind not in ("null", "bool", "int", "float"):
        return value
    constructor = yaml.constructor.SafeConstructor()
    try:
        value = getattr(constructor, f"construct_yaml_{kind}")(node)
    except ValueError as error:
        raise yaml.MarkedYAMLError(problem=str(error), problem_mark=node.start_mark) from error
    if isinstance(value, int | float) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:  # NaN is in no range
        raise yaml.MarkedYAMLError(problem="a number that the API cannot hold", problem_mark=node.start_mark)
    return value
