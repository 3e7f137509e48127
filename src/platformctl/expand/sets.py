"""ApplicationSets of the one form that this repository uses: cluster files, alone or times one of their lists.

Whatever else a set says is an error: what is not understood must not be judged as if it were absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from platformctl.errors import PlatformError
from platformctl.expand.application import Application, from_object
from platformctl.expand.clusters import Cluster
from platformctl.manifests import items, mapping, text

_FIELD = re.compile(r"\{\{\s*\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)\s*\}\}")
_LIST = re.compile(r"\{\{\s*\.([A-Za-z0-9_]+)\s*\|\s*toJson\s*\}\}")


def generate(content: Mapping[str, Any], fleet: str, clusters: Sequence[Cluster]) -> list[Application]:
    """The Applications of a set; a set that makes none is an error."""
    name = text(mapping(content.get("metadata")).get("name"))
    where = f"clusters/{fleet}: the ApplicationSet {name}"
    spec = mapping(content.get("spec"))
    if spec.get("goTemplate") is not True or "missingkey=error" not in items(spec.get("goTemplateOptions")):
        raise PlatformError(f"{where} needs goTemplate: true and goTemplateOptions: [missingkey=error]")
    if "templatePatch" in spec or "strategy" in spec:
        raise PlatformError(f"{where} uses templatePatch or strategy, which is not supported")
    generators = items(spec.get("generators"))
    if len(generators) != 1:
        raise PlatformError(f"{where} has {len(generators)} generators", fix="one is supported")
    found = []
    for cluster, values in _values(mapping(generators[0]), clusters, where):
        filled = mapping(_fill(spec.get("template"), values, f"{where}, {cluster.file}"))
        whole = {"apiVersion": content.get("apiVersion"), "kind": "Application", **filled}
        found.append(from_object(whole, f"{fleet}/{cluster.values['cluster']}", cluster.file, name))
    if not found:
        raise PlatformError(f"{where} makes no Application", fix="check its generator's files and lists")
    return found


def _values(
    generator: Mapping[str, Any], clusters: Sequence[Cluster], where: str
) -> Iterator[tuple[Cluster, Mapping[str, Any]]]:
    if set(generator) == {"git"}:
        yield from ((cluster, cluster.values) for cluster in _chosen(generator["git"], clusters, where))
        return
    parts = [mapping(part) for part in items(mapping(generator.get("matrix")).get("generators"))]
    if set(generator) != {"matrix"} or [set(part) for part in parts] != [{"git"}, {"list"}]:
        raise PlatformError(f"{where} has a generator that is not supported", fix="git, or git times list")
    match = _LIST.fullmatch(text(mapping(parts[1]["list"]).get("elementsYaml")))
    if match is None or set(parts[1]["list"]) != {"elementsYaml"}:
        raise PlatformError(f"{where} has a list that is not supported", fix="'{{ .services | toJson }}'")
    for cluster in _chosen(parts[0]["git"], clusters, where):
        if match.group(1) not in cluster.values:
            raise PlatformError(f"{cluster.file}: {match.group(1)} is missing, which {where} reads")
        for element in cluster.values[match.group(1)]:
            yield cluster, {**cluster.values, **element}


def _chosen(git: object, clusters: Sequence[Cluster], where: str) -> list[Cluster]:
    if set(mapping(git)) != {"repoURL", "revision", "files"} or mapping(git)["revision"] != "refs/heads/main":
        raise PlatformError(f"{where} has a git generator that is not supported", fix="files of refs/heads/main")
    patterns = [mapping(each) for each in items(mapping(git)["files"])]
    wanted = [text(each.get("path")) for each in patterns if not each.get("exclude")]
    excluded = [text(each.get("path")) for each in patterns if each.get("exclude")]
    return [
        cluster
        for cluster in clusters
        if any(fnmatchcase(cluster.file, pattern) for pattern in wanted)
        and not any(fnmatchcase(cluster.file, pattern) for pattern in excluded)
    ]


def _fill(template: object, values: Mapping[str, Any], where: str) -> object:
    """A template with the fields of a cluster put in."""
    if isinstance(template, Mapping):
        return {key: _fill(value, values, where) for key, value in template.items()}
    if isinstance(template, list):
        return [_fill(value, values, where) for value in template]
    if not isinstance(template, str):
        return template

    def field(match: re.Match[str]) -> str:
        value: object = values
        for step in match.group(1).split("."):
            value = mapping(value).get(step)
        if not isinstance(value, str):
            raise PlatformError(f"{where}: there is no {match.group(1)}", why=f"the set's template has {template}")
        return value

    filled = _FIELD.sub(field, template)
    if "{{" in _FIELD.sub("", template):
        raise PlatformError(f"{where}: the template {template} is not supported", fix="only {{ .field }} is")
    return filled
