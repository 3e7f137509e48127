"""What Argo CD deploys: one overlay at one revision to one namespace of one cluster."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platformctl.errors import PlatformError
from platformctl.manifests import items, mapping, text

# of an Application's source.kustomize; what else it can say needs Helm or another program than the pinned one
OPTIONS = frozenset({
    "commonAnnotations", "commonAnnotationsEnvsubst", "commonLabels", "components", "forceCommonAnnotations",
    "forceCommonLabels", "ignoreMissingComponents", "images", "labelIncludeTemplates", "labelWithoutSelector",
    "namePrefix", "nameSuffix", "namespace", "patches", "replicas",
})  # fmt: skip
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True)
class Application:
    """An Application; `cluster` is <fleet>/<cluster>, or the fleet for what it has once."""

    name: str
    cluster: str
    project: str
    server: str
    namespace: str
    revision: str
    path: str
    options: str  # source.kustomize as canonical JSON, so that an Application can be hashed
    file: str  # what pins it
    line: int | None = field(default=None, compare=False)  # the entry in that file, where it is known
    content: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)  # the whole object
    made_by: str = field(default="", compare=False)  # its ApplicationSet; empty for one that Git spells out

    @property
    def kustomize(self) -> Mapping[str, Any]:
        """What the Application adds to its overlay."""
        return mapping(json.loads(self.options))

    @property
    def components(self) -> tuple[str, ...]:
        """The components that it adds."""
        return tuple(text(each) for each in items(self.kustomize.get("components")))


@dataclass(frozen=True)
class Place:
    """Where an Application comes from: the cluster it is for, and the file and line that say so."""

    cluster: str
    file: str
    line: int | None = None


def from_object(content: Mapping[str, Any], place: Place, repository: str) -> Application:
    """The Application that an object describes; one whose source is more than an overlay of ours is an error."""
    name = text(mapping(content.get("metadata")).get("name"))
    spec = mapping(content.get("spec"))
    source, destination = mapping(spec.get("source")), mapping(spec.get("destination"))
    options = mapping(source.get("kustomize"))
    fields = {
        "project": text(spec.get("project")),
        "server": text(destination.get("server")),
        "namespace": text(destination.get("namespace")),
        "revision": text(source.get("targetRevision")),
        "path": text(source.get("path")),
    }
    wrong = [*(f"{key} is not supported" for key in _beyond(spec)), *(f"no {key}" for key in fields if not fields[key])]
    if text(source.get("repoURL")) != repository:
        wrong.append(f"its source is {source.get('repoURL')}, not this repository ({repository})")
    if wrong:
        where = f"{place.file}:{place.line}" if place.line else place.file
        raise PlatformError(f"{where}: the Application {name} cannot be rendered", why="; ".join(wrong))
    return Application(
        name=name,
        cluster=place.cluster,
        options=_CANONICAL.encode(options),
        file=place.file,
        line=place.line,
        content=content,
        **fields,
    )


def _beyond(spec: Mapping[str, Any]) -> list[str]:
    """What an Application says that rendering an overlay does not do."""
    source = mapping(spec.get("source"))
    return [
        *(f"spec.{key}" for key in ("sources", "sourceHydrator") if key in spec),
        *(f"source.{key}" for key in source if key not in ("repoURL", "targetRevision", "path", "kustomize")),
        *(f"source.kustomize.{key}" for key in mapping(source.get("kustomize")) if key not in OPTIONS),
    ]
