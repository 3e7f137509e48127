"""What is fuzzed: everything that reads text that somebody else wrote. An expected refusal is no failure."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from platformctl import manifests
from platformctl.checks import exceptions, images, plain, rulebook
from platformctl.errors import PlatformError
from platformctl.expand import clusters
from platformctl.repo import Repo

ROOT = Path(__file__).resolve().parents[2]
RULES = rulebook.load(Repo(ROOT))


def manifest(data: bytes) -> None:
    """A manifest as text: objects, or what is wrong with it."""
    for found in manifests.parse(data.decode(errors="ignore"), "fuzzed"):
        if isinstance(found, manifests.Manifest):
            assert found.content or found.kind == ""


def manifest_file(data: bytes) -> None:
    """A file given to `check`, whatever bytes are in it."""
    _refusing(lambda path: plain.subject([path]), "manifest.yaml", data)


def cluster(data: bytes) -> None:
    """clusters/<fleet>/<cluster>.yaml."""
    _refusing(lambda path: clusters.read(path, "clusters/one/staging.yaml"), "staging.yaml", data)


def exception(data: bytes) -> None:
    """policy/exceptions.yaml."""
    _refusing(lambda path: exceptions.load(Repo(path.parents[1]), RULES), "policy/exceptions.yaml", data)


def rule(data: bytes) -> None:
    """policy/rules/<group>.yaml."""
    _refusing(lambda path: rulebook.load(Repo(path.parents[2])), "policy/rules/group.yaml", data)


def image(data: bytes) -> None:
    """An image reference."""
    text = data.decode(errors="ignore")
    found = images.parse(text)
    if found is not None:
        assert found.repository in text


def _refusing(read: Callable[[Path], object], name: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        with suppress(PlatformError):
            read(path)


def planted(data: bytes) -> None:
    """A fault that a fuzzer has to find, so that a green run means something."""
    if data[:1] == b"-":
        raise ValueError("planted")


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "manifest": manifest,
    "manifest-file": manifest_file,
    "cluster": cluster,
    "exception": exception,
    "rule": rule,
    "image": image,
}
