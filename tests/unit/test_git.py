"""Commits of the working tree, made with real git on a small checkout."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from platformctl.cluster import release
from platformctl.cluster.git import Git
from platformctl.errors import PlatformError
from platformctl.repo import Repo

KUSTOMIZATION = "images:\n  - name: ghcr.io/techcommerce/x\n    newTag: 0.1.0\n"
ZEROS = "0" * 40


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A committed repository with three services and a pinned production."""
    root = tmp_path / "checkout"
    for path in release.IMAGES.values():
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(KUSTOMIZATION)
    (root / "clusters" / "local").mkdir(parents=True)
    (root / release.PRODUCTION).write_text(f"services:\n  - {{name: frontend, revision: {ZEROS}}}\n")
    subprocess.run(["git", "init", "-q", "-b", "main"], cwd=root, check=True)
    commit(root)
    return root


def commit(root: Path) -> None:
    identity = ["-c", "user.name=test", "-c", "user.email=test@techcommerce.example"]
    subprocess.run(["git", "add", "--all"], cwd=root, check=True)
    subprocess.run(["git", *identity, "commit", "-q", "-m", "change"], cwd=root, check=True)


def git(checkout: Path) -> Git:
    return Git(Repo(checkout), checkout.parent / "objects")


def test_a_clean_tree_is_its_commit(checkout: Path) -> None:
    """Nothing to add, so HEAD itself is pushed."""
    assert git(checkout).snapshot() == git(checkout).head()


def test_a_dirty_tree_becomes_a_commit_and_stays_dirty(checkout: Path) -> None:
    """Edited, new and deleted files are in the commit; index, branch and objects of the checkout are as before."""
    (checkout / "new.txt").write_text("new\n")
    (checkout / "base/frontend/kustomization.yaml").unlink()
    before = [sorted((checkout / ".git").rglob("*")), (checkout / ".git/index").read_bytes()]

    found = git(checkout).snapshot()

    files = git(checkout)("ls-tree", "-r", "--name-only", found).splitlines()
    assert "new.txt" in files
    assert "base/frontend/kustomization.yaml" not in files
    assert git(checkout)("rev-parse", f"{found}^") == git(checkout).head()
    assert [sorted((checkout / ".git").rglob("*")), (checkout / ".git/index").read_bytes()] == before


def test_the_same_tree_is_the_same_commit(checkout: Path) -> None:
    """A second `up` pushes nothing, since the commit ids are the same."""
    (checkout / "new.txt").write_text("new\n")

    assert git(checkout).snapshot() == git(checkout).snapshot()


def test_a_repository_without_a_commit_can_be_pushed(tmp_path: Path) -> None:
    """Before the first commit the snapshot is a root commit."""
    subprocess.run(["git", "init", "-q", str(tmp_path / "fresh")], check=True)
    (tmp_path / "fresh" / "a.txt").write_text("a\n")
    fresh = Git(Repo(tmp_path / "fresh"), tmp_path / "objects")

    assert fresh("ls-tree", "--name-only", fresh.snapshot()) == "a.txt"


def test_a_release_holds_digests_and_pins(checkout: Path) -> None:
    """One commit on top carries the digests, and one pins production to it."""
    digests = dict.fromkeys(release.IMAGES, f"sha256:{'a' * 64}")
    made = release.make(git(checkout), digests)

    assert f'newTag: "0.1.0@sha256:{"a" * 64}"' in git(checkout).read(made.pinned, "base/frontend/kustomization.yaml")
    assert f"revision: {made.pinned}" in git(checkout).read(made.main, release.PRODUCTION)
    assert git(checkout)("rev-parse", f"{made.main}~2") == git(checkout).head()
    assert release.make(git(checkout), digests) == made


def test_a_kustomization_without_a_tag_is_refused(checkout: Path) -> None:
    """A digest that finds no place would leave an old image running."""
    (checkout / "base/frontend/kustomization.yaml").write_text("resources: []\n")

    with pytest.raises(PlatformError, match="base/frontend/kustomization.yaml must have exactly one `newTag:`"):
        release.make(git(checkout), dict.fromkeys(release.IMAGES, f"sha256:{'a' * 64}"))
