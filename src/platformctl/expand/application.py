"""What Argo CD deploys: one overlay at one revision to one namespace of one cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platformctl.errors import PlatformError
from platformctl.manifests import items, mapping, text


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
    components: tuple[str, ...]
    file: str  # what pins it
    content: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)  # the whole object
    made_by: str = field(default="", compare=False)  # its ApplicationSet; empty for one that Git spells out


def from_object(content: Mapping[str, Any], cluster: str, file: str, made_by: str = "") -> Application:
    """The Application of that content; one whose source is more than an overlay is an error, not a guess."""
    name, spec = text(mapping(content.get("metadata")).get("name")), mapping(content.get("spec"))
    source, destination = mapping(spec.get("source")), mapping(spec.get("destination"))
    options = mapping(source.get("kustomize"))
    beyond = [
        *(f"spec.{key}" for key in ("sources", "sourceHydrator") if key in spec),
        *(f"source.{key}" for key in source if key not in ("repoURL", "targetRevision", "path", "kustomize")),
        *(f"source.kustomize.{key}" for key in options if key != "components"),
    ]
    fields = {
        "project": text(spec.get("project")),
        "server": text(destination.get("server")),
        "namespace": text(destination.get("namespace")),
        "revision": text(source.get("targetRevision")),
        "path": text(source.get("path")),
    }
    missing = [key for key, value in fields.items() if not value]
    if beyond or missing:
        wrong = [*(f"{key} is not supported" for key in beyond), *(f"no {key}" for key in missing)]
        raise PlatformError(f"{file}: the Application {name} cannot be rendered", why="; ".join(wrong))
    components = tuple(text(each) for each in items(options.get("components")))
    return Application(
        name=name, cluster=cluster, components=components, file=file, content=content, made_by=made_by, **fields
    )
