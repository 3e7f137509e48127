"""The record of built images, and the check of the store behind it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from platformctl.errors import PlatformError
from platformctl.images import index
from platformctl.images.store import stored_size

REFERENCE = "quay.io/argoproj/argocd:v1"
DIGEST = "sha256:" + "0" * 64


def test_what_is_written_is_read(tmp_path: Path) -> None:
    entries = {"a": index.Entry(REFERENCE, DIGEST, 5, "key")}
    index.write(tmp_path / "deep" / "index.json", entries)
    assert index.read(tmp_path / "deep" / "index.json") == entries
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["index.json"]


def test_no_record_is_an_empty_record(tmp_path: Path) -> None:
    assert index.read(tmp_path / "index.json") == {}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"format": 2, "images": {}}',
        '{"format": 1, "images": []}',
        '{"format": 1, "images": {"a": 1}}',
        '{"format": 1, "images": {"a": {"reference": "x"}}}',
        json.dumps({"format": 1, "images": {"a": {"reference": 1, "digest": DIGEST, "size": 1, "key": "k"}}}),
        json.dumps({"format": 1, "images": {"a": {"reference": "r", "digest": "sha256:1", "size": 1, "key": "k"}}}),
        json.dumps({"format": 1, "images": {"a": {"reference": "r", "digest": DIGEST, "size": "1", "key": "k"}}}),
        "\x80",
    ],
)
def test_a_corrupt_record_is_a_message(tmp_path: Path, content: str) -> None:
    path = tmp_path / "index.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(PlatformError, match="cannot be understood") as caught:
        index.read(path)
    assert "platformctl images" in caught.value.fix


def put(store: Path, content: bytes) -> tuple[str, Path]:
    number = hashlib.sha256(content).hexdigest()
    path = store / "docker/registry/v2/blobs/sha256" / number[:2] / number / "data"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return f"sha256:{number}", path


def link(store: Path, name: str, digest: str) -> Path:
    path = store / "docker/registry/v2/repositories/argoproj/argocd/_manifests" / name / "link"
    path.parent.mkdir(parents=True)
    path.write_text(digest)
    return path


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Path, str, list[Path]]:
    """A store with one image: its folder, the digest, and every file that it is made of."""
    config, config_file = put(tmp_path, b"config")
    layer, layer_file = put(tmp_path, b"layer!")
    manifest = {"config": {"digest": config, "size": 6}, "layers": [{"digest": layer, "size": 6}]}
    digest, manifest_file = put(tmp_path, json.dumps(manifest).encode())
    tag = link(tmp_path, "tags/v1/current", digest)
    revision = link(tmp_path, f"revisions/{digest.replace(':', '/')}", digest)
    return tmp_path, digest, [config_file, layer_file, manifest_file, tag, revision]


def test_a_whole_image_has_a_size(stored: tuple[Path, str, list[Path]]) -> None:
    store, digest, files = stored
    assert stored_size(store, REFERENCE, digest) == files[2].stat().st_size + 12
    assert stored_size(store, REFERENCE, DIGEST) is None
    assert stored_size(store, "quay.io/argoproj/argocd:v2", digest) is None


@pytest.mark.parametrize("part", range(5), ids=["config", "layer", "manifest", "tag", "revision"])
def test_an_image_without_one_of_its_files_is_not_there(stored: tuple[Path, str, list[Path]], part: int) -> None:
    store, digest, files = stored
    files[part].unlink()
    assert stored_size(store, REFERENCE, digest) is None


def test_a_truncated_layer_is_not_there(stored: tuple[Path, str, list[Path]]) -> None:
    store, digest, files = stored
    files[1].write_bytes(b"lay")
    assert stored_size(store, REFERENCE, digest) is None
