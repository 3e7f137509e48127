"""What lies in the registry's storage folder, read without the registry."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Reference:
    """An upstream image name, taken apart."""

    host: str
    repository: str
    tag: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Take `host/repository:tag` apart; every name in our tables has all three."""
        host, _, rest = text.partition("/")
        repository, _, tag = rest.rpartition(":")
        if not (host and repository and tag):
            raise ValueError(f"not host/repository:tag: {text!r}")
        return cls(host, repository, tag)


def stored_size(store: Path, reference: str, digest: str) -> int | None:
    """The bytes of an image whose tag, manifest and blobs are all there; None when something is missing."""
    parsed = Reference.parse(reference)
    root = store / "docker" / "registry" / "v2"
    manifests = root / "repositories" / parsed.repository / "_manifests"
    try:
        if (manifests / "tags" / parsed.tag / "current" / "link").read_text().strip() != digest:
            return None
        if not (manifests / "revisions" / digest.replace(":", "/") / "link").is_file():
            return None
        manifest_file = _blob(root, digest)
        manifest = json.loads(manifest_file.read_bytes())
        blobs = [manifest["config"], *manifest["layers"]]
        if any(_blob(root, blob["digest"]).stat().st_size != blob["size"] for blob in blobs):
            return None
        return manifest_file.stat().st_size + sum(int(blob["size"]) for blob in blobs)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _blob(root: Path, digest: str) -> Path:
    algorithm, _, number = digest.partition(":")
    return root / "blobs" / algorithm / number[:2] / number / "data"
