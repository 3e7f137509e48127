"""Generated schemas on disk: made once for a version of Kubernetes or a file of definitions."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from platformctl.checks.protocol import Contents
from platformctl.checks.schemas import convert, core, custom
from platformctl.checks.schemas.core import CoreSchemas, Kind
from platformctl.manifests import Unreadable, read, text
from platformctl.repo import Repo, cache_folder, write_whole
from platformctl.tools.catalogue import load
from platformctl.tools.modules import module_folder

UPSTREAM = "base/platform/*/upstream"
PLACE = "{{.Group}}/{{.ResourceAPIVersion}}/{{.ResourceKind}}.json"  # kubeconform's template


def kind_of(content: Mapping[str, Any]) -> Kind:
    """Group, version and kind of an object."""
    group, _, version = text(content.get("apiVersion")).rpartition("/")
    return (group, version, text(content.get("kind")))


class SchemaStore:
    """Finds or makes the schemas of the kinds in use, and tells kubeconform where they are."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        version = load(repo)["kubernetes"].version
        self._folder = cache_folder() / "schemas" / f"kubernetes-{version}-{_generator()}"
        self._core_schemas: CoreSchemas | None = None

    def locations(self, contents: Contents) -> list[str]:
        """Templates of the folders that hold a schema for every kind that has one at all."""
        folders = self._custom_folders(contents)
        for kind in sorted({kind_of(content) for content in contents}):
            known = any((folder / _place(kind)).is_file() for folder in (self._folder, *folders))
            schema = None if known else self._core.schema(kind)
            if schema is not None:
                write_whole(self._folder / _place(kind), _text(schema))
        return [f"{folder}/{PLACE}" for folder in (self._folder, *folders)]

    def _custom_folders(self, contents: Contents) -> list[Path]:
        """A folder per file of definitions in the repository, and one for those among the objects."""
        paths = sorted(path for path in self._repo.root.glob(f"{UPSTREAM}/**/*") if path.suffix in (".yaml", ".yml"))
        folders = [self._from_file(path) for path in paths]
        definitions = [content for content in contents if custom.is_definition(content)]
        if definitions:
            digest = hashlib.sha256(json.dumps(definitions, sort_keys=True).encode()).hexdigest()[:16]
            folders.append(self._generate(digest, definitions))
        return folders

    def _from_file(self, path: Path) -> Path:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()[:16]
        if b"CustomResourceDefinition" not in content or (self._folder / "custom" / digest).is_dir():
            return self._folder / "custom" / digest
        objects = read(path, str(path))
        found = [each.content for each in objects if not isinstance(each, Unreadable)]
        return self._generate(digest, [content for content in found if custom.is_definition(content)])

    def _generate(self, digest: str, definitions: Iterable[Mapping[str, Any]]) -> Path:
        final = self._folder / "custom" / digest
        if final.is_dir():
            return final
        final.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=final.parent, prefix=".unfinished-"))
        for definition in definitions:
            for kind, schema in custom.schemas(definition, self._core):
                write_whole(unfinished / _place(kind), _text(schema))
        try:
            unfinished.rename(final)
        except OSError:
            if not final.is_dir():  # another run was first: its folder has the same content
                raise
        return final

    @property
    def _core(self) -> CoreSchemas:
        if self._core_schemas is None:
            description = self._folder / "swagger.json"
            if not description.is_file():  # kept, because the module's source is removed after the tools are built
                source = module_folder(self._repo, "kubernetes") / "api" / "openapi-spec" / "swagger.json"
                write_whole(description, source.read_bytes())
            self._core_schemas = CoreSchemas(description)
        return self._core_schemas


def _generator() -> str:
    """Changes when this code does, so that no schema outlives the code that made it."""
    sources = [Path(module.__file__ or "").read_bytes() for module in (convert, core, custom)]
    return hashlib.sha256(b"".join(sources)).hexdigest()[:12]


def _place(kind: Kind) -> str:
    group, version, word = kind
    return f"{group or version}/{version}/{word.lower()}.json"


def _text(schema: Mapping[str, Any]) -> bytes:
    return json.dumps(schema, separators=(",", ":")).encode()
