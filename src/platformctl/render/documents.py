"""Rendered text taken apart into objects; large documents, nearly all of them CRDs, are kept parsed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformctl import manifests
from platformctl.errors import PlatformError
from platformctl.manifests import Manifest, Unreadable
from platformctl.render.kept import write_whole
from platformctl.repo import cache_folder

LARGE = 50_000  # characters; parsing YAML takes about a second for a million of them, reading JSON a hundredth


class Documents:
    """Parses each different document once; equal documents become one and the same object."""

    def __init__(self) -> None:
        self._known: dict[str, list[Mapping[str, Any]]] = {}
        self._folder = cache_folder() / "documents" / _parser()

    def objects(self, text: str, shown: str) -> tuple[Manifest, ...]:
        """The objects in what kustomize printed, which separates them by a line of three dashes."""
        parts = [part for part in f"\n{text}".split("\n---\n") if part.strip()]
        return tuple(Manifest(content, shown, None) for part in parts for content in self._contents(part, shown))

    def _contents(self, document: str, shown: str) -> list[Mapping[str, Any]]:
        if document not in self._known:
            large = len(document) > LARGE
            self._known[document] = self._kept(document, shown) if large else _parse(document, shown)
        return self._known[document]

    def _kept(self, document: str, shown: str) -> list[Mapping[str, Any]]:
        path = self._folder / f"{hashlib.sha256(document.encode()).hexdigest()}.json"
        if path.is_file():
            contents: list[Mapping[str, Any]] = json.loads(path.read_bytes())
            return contents
        contents = _parse(document, shown)
        write_whole(path, json.dumps(contents).encode())
        return contents


def _parse(document: str, shown: str) -> list[Mapping[str, Any]]:
    found = manifests.parse(document, shown, lines=False)
    for each in found:
        if isinstance(each, Unreadable):
            raise PlatformError(f"{shown} renders to something unreadable", why=each.message)
    return [each.content for each in found if isinstance(each, Manifest)]


def _parser() -> str:
    """Changes when the parser does."""
    return hashlib.sha256(Path(manifests.__file__).read_bytes()).hexdigest()[:12]
