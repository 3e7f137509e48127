"""Schemas of Kubernetes' own kinds, from the API description inside its source archive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from platformctl.checks.schemas.convert import DIALECT, Converter

OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
Kind = tuple[str, str, str]  # group, version, kind


class CoreSchemas:
    """Kubernetes' API description, read when the first schema is asked for."""

    def __init__(self, description: Path) -> None:
        self._description = description

    def schema(self, kind: Kind) -> dict[str, Any] | None:
        """The strict schema of a kind; None when Kubernetes has no such kind."""
        name = self._names.get(kind)
        if name is None:
            return None
        group, version, word = kind
        converter = Converter(self._definitions, closed=False)
        root = converter.named(name)
        api_version = f"{group}/{version}" if group else version
        root["properties"] |= {"apiVersion": {"enum": [api_version]}, "kind": {"enum": [word]}}
        root["required"] = sorted({*root.get("required", ()), "apiVersion", "kind"})
        definitions: dict[str, Any] = {}
        while missing := converter.referred - set(definitions):
            definitions |= {each: converter.named(each) for each in missing}
        return {"$schema": DIALECT, **root, "definitions": definitions}

    @cached_property
    def object_meta(self) -> dict[str, Any]:
        """The schema of every object's metadata."""
        return Converter(self._definitions, closed=False).named(OBJECT_META)

    @cached_property
    def _definitions(self) -> Mapping[str, Any]:
        definitions: Mapping[str, Any] = json.loads(self._description.read_bytes())["definitions"]
        return definitions

    @cached_property
    def _names(self) -> Mapping[Kind, str]:
        return {
            (kind["group"], kind["version"], kind["kind"]): name
            for name, definition in self._definitions.items()
            for kind in definition.get("x-kubernetes-group-version-kind", ())
            if "metadata" in definition.get("properties", ())
        }
