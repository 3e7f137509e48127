"""The commits that a local platform runs: the working tree, the digests of its images, and production's pins."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.cluster.git import Git
from platformctl.errors import PlatformError
from platformctl.process import Command, run

SERVICES = ("frontend", "product-api", "order-api")
# where the version of each image of ours stands
IMAGES = {
    **{service: f"base/{service}/kustomization.yaml" for service in SERVICES},
    "platformctl": "base/platform/release-undo/kustomization.yaml",
}
PRODUCTION = "clusters/local/production.yaml"
TAG = re.compile(r"^(\s+newTag: )\"?([^\s\"@]+)(@sha256:[0-9a-f]{64})?\"?$", re.MULTILINE)
PIN = re.compile(r"(revision: )\"?[0-9a-f]{40}\"?")


@dataclass(frozen=True)
class Release:
    """`main` is what staging and the platform follow, `pinned` what production runs."""

    main: str
    pinned: str


def make(git: Git, digests: Mapping[str, str]) -> Release:
    """Commit the working tree, then the digests of its images, then production's pins to that commit."""
    tree = git.snapshot()
    pinned = git.with_files(tree, _with_digests(git, tree, digests), "Run the images built from this tree")
    text = git.read(pinned, PRODUCTION)
    moved, count = PIN.subn(rf"\g<1>{pinned}", text)
    if not count:
        raise PlatformError(f"{PRODUCTION} pins nothing", why="no line `revision: <commit id>` in it")
    main = git.with_files(pinned, {PRODUCTION: moved}, f"Pin local production to {pinned[:12]}")
    return Release(main, pinned)


def export(git: Git, commit: str, target: Path) -> None:
    """Unpack the files of a commit into a fresh folder."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    archive = target / "tree.tar"
    git("archive", "--output", str(archive), commit)
    run(Command(("tar", "-xf", str(archive), "-C", str(target))))
    archive.unlink()


def _with_digests(git: Git, commit: str, digests: Mapping[str, str]) -> dict[str, str]:
    changes = {}
    for name, path in IMAGES.items():
        text, count = TAG.subn(rf'\g<1>"\g<2>@{digests[name]}"', git.read(commit, path))
        if count != 1:
            raise PlatformError(f"{path} must have exactly one `newTag:` line, it has {count}")
        changes[path] = text
    return changes
