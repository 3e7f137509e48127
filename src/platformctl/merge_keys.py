"""What kustomize has to know of a Rollout, made from what its module and Kubernetes say of themselves.

Without a schema, a strategic-merge patch replaces whole lists of a custom kind, containers included. The schema made
here holds nothing but the lists that patches merge, with the keys they are merged by; the transformer configuration
says where names, labels, annotations and numbers of replicas stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from platformctl.manifests import items, mapping, text

FOLDER = PurePosixPath("base/components/rollout")
SCHEMA, TRANSFORMERS = FOLDER / "schema.yaml", FOLDER / "transformers.yaml"
# in the module of argo-rollouts, and in that of Kubernetes
UPSTREAM_SCHEMA = "docs/features/kustomize/rollout_cr_schema.json"
UPSTREAM_TRANSFORMERS = "docs/features/kustomize/rollout-transform-kustomize-v5.yaml"
DESCRIPTION = "api/openapi-spec/swagger.json"

GROUP = "argoproj.io"
ROLLOUT = "io.argoproj.v1alpha1.Rollout"
POD = "io.k8s.api.core.v1.PodSpec"
STRATEGY = "x-kubernetes-patch-strategy"
MERGE = (STRATEGY, "x-kubernetes-patch-merge-key", "x-kubernetes-list-map-keys")
# what the parts of upstream's configuration that are about Rollouts name, less other routers' kinds and variables,
# which kustomize is giving up
PARTS = ("nameReference", "commonLabels", "templateLabels", "commonAnnotations", "replicas")
FOREIGN = ("Deployment", "DestinationRule", "Ingress", "Mapping", "VirtualService")

Schema = Mapping[str, Any]


def component(rollouts: Path, kubernetes: Path, origin: str) -> dict[PurePosixPath, str]:
    """The files of the Component by their path in the repository, from the unpacked modules of both.

    `origin` is the module@version of argo-rollouts, for their first lines.
    """
    own = json.loads((rollouts / UPSTREAM_SCHEMA).read_bytes())
    description = json.loads((kubernetes / DESCRIPTION).read_bytes())
    configuration = yaml.safe_load((rollouts / UPSTREAM_TRANSFORMERS).read_text(encoding="utf-8"))
    return {
        SCHEMA: schema(
            own, description, f"{UPSTREAM_SCHEMA} of {origin}, with the merge keys of Kubernetes' own kinds"
        ),
        TRANSFORMERS: transformers(configuration, f"{UPSTREAM_TRANSFORMERS} of {origin}"),
    }


def schema(upstream: Schema, description: Schema, origin: str) -> str:
    """The schema file; `origin` is for its first line.

    Around the pod template the keys are those of the Rollout's own `upstream` schema. Inside they are those of
    Kubernetes' `description`: upstream's lacks the keys of env, ports and volumeMounts, and a patch would lose them.
    """
    around = _Merged({}).of(mapping(mapping(upstream["definitions"])[ROLLOUT]), without=("template",))
    inside = _Merged(mapping(description["definitions"]))
    pod = inside.of({"$ref": f"#/definitions/{POD}"})
    template = {"type": "object", "properties": {"spec": pod}}
    around["properties"]["spec"]["properties"]["template"] = template
    rollout = {"x-kubernetes-group-version-kind": [{"group": GROUP, "version": "v1alpha1", "kind": "Rollout"}]}
    return _file(origin, {"definitions": {ROLLOUT: rollout | around, **inside.found}})


class _Merged:
    """Reduces schemas to the lists that are merged; those with a name are kept under it in `found`."""

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions
        self.found: dict[str, dict[str, Any]] = {}

    def of(self, described: Schema, without: tuple[str, ...] = ("ephemeralContainers", "metadata")) -> dict[str, Any]:
        """The part of a schema that leads to merged lists; empty when there is none below."""
        if reference := text(described.get("$ref")):
            return self._named(reference.rpartition("/")[2])
        if described.get("type") == "array":
            return self._list(described)
        fields = {
            name: found
            for name, child in mapping(described.get("properties")).items()
            if name not in without and (found := self.of(mapping(child), without))
        }
        return {"type": "object", "properties": fields} if fields else {}

    def _named(self, name: str) -> dict[str, Any]:
        # under a name of our own, or it would stand for Kubernetes' definition in other kinds, too
        own = f"{ROLLOUT}.{name.rpartition('.')[2]}"
        if own not in self.found and (found := self.of(mapping(self._definitions.get(name)))):
            self.found[own] = found
        return {"$ref": f"#/definitions/{own}"} if own in self.found else {}

    def _list(self, described: Schema) -> dict[str, Any]:
        if "merge" not in text(described.get(STRATEGY)).split(","):
            return {}  # a patch replaces it as a whole
        keys = {key: described[key] for key in MERGE if key in described}
        return {"type": "array", **keys, "items": self.of(mapping(described.get("items"))) or {"type": "object"}}


def transformers(upstream: Schema, origin: str) -> str:
    """The transformer configuration, of upstream's the part that is about Rollouts; `origin` is for its first line."""
    references = [each for each in map(_reference, items(upstream["nameReference"])) if each]
    others = {part: list(_of_rollouts(items(upstream.get(part)))) for part in PARTS[1:]}
    return _file(origin, {"nameReference": references, **others})


def _reference(entry: object) -> Schema:
    target = mapping(entry)
    fields = [each for each in items(target.get("fieldSpecs")) if target.get("kind") not in FOREIGN]
    # the only one of another kind: what an autoscaler scales
    kept = [*_of_rollouts(fields), *(each for each in fields if target.get("kind") == "Rollout")]
    return {**target, "fieldSpecs": kept} if kept else {}


def _of_rollouts(fields: list[Any]) -> Iterator[Schema]:
    yield from ({"group": GROUP, **mapping(each)} for each in fields if mapping(each).get("kind") == "Rollout")


def _file(origin: str, content: Schema) -> str:
    header = f"# generated from {origin}; do not edit, `make update` remakes it\n"
    return header + yaml.dump(dict(content), Dumper=_Dumper, sort_keys=False, width=160, default_flow_style=None)


class _Dumper(yaml.SafeDumper):
    """Writes equal parts out instead of referring to the first of them."""

    def ignore_aliases(self, data: object) -> bool:
        return True
