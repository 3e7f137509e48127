"""The commits of a release: from Argo CD's history, and what lies between them from Git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from platformctl.cluster.git import Git
from platformctl.releases.commits import between, synced
from platformctl.repo import Repo
from tests.releases.objects import Object, at, moment

A, B, C = ("a" * 40, "b" * 40, "c" * 40)


def application(history: list[tuple[str, float]], running: tuple[str, float] | None = None) -> Object:
    """An Application with its last syncs (commit, seconds), and the one that runs now."""
    status: Object = {
        "history": [
            {"revision": commit, "deployStartedAt": at(start), "deployedAt": at(start + 2)} for commit, start in history
        ]
    }
    if running:
        status["operationState"] = {
            "startedAt": at(running[1]), "operation": {"sync": {"revision": running[0]}}, "phase": "Running",
        }  # fmt: skip
    return {"status": status}


@pytest.mark.parametrize(
    ("history", "running", "found"),
    [
        ([(A, -500), (B, -2)], None, (A, B)),
        ([(A, -500), (B, -2), (C, 60)], None, (A, B)),
        ([(A, -500)], (B, -1), (A, B)),
        ([(A, -500), (B, -2)], (B, -2), (A, B)),
        ([(A, -500), (A, -300), (B, -2)], None, (A, B)),
        ([(B, -2)], None, ("", B)),
        ([(C, 60)], None, ("", "")),
        ([], None, ("", "")),
        ([("refs/heads/main", -2)], None, ("", "")),
    ],
)
def test_the_sync_before_a_release_brought_it(
    history: list[tuple[str, float]], running: tuple[str, float] | None, found: tuple[str, str]
) -> None:
    """Later ones did not, the same commit again is no change, and what is forgotten stays unknown."""
    assert synced(application(history, running), moment(0)) == found


def test_an_application_that_is_not_there_knows_nothing() -> None:
    """Argo CD may run on another cluster."""
    assert synced({}, moment(0)) == ("", "")


@pytest.fixture
def remote(tmp_path: Path) -> tuple[Path, str, str]:
    """A repository with two commits, and their ids."""
    root = tmp_path / "remote"
    root.mkdir()
    _git(root, "init", "-q", "-b", "main")
    commits = []
    for message, content in (("First", "1\n"), ("A cart keeps its items", "1\n2\n3\n")):
        (root / "cart.py").write_text(content)
        _git(root, "add", "--all")
        _git(root, "-c", "user.name=t", "-c", "user.email=t@techcommerce.example", "commit", "-q", "-m", message)
        commits.append(_git(root, "rev-parse", "HEAD"))
    return root, commits[0], commits[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Git:
    """Another repository, which has none of them."""
    root = tmp_path / "checkout"
    root.mkdir()
    _git(root, "init", "-q", "-b", "main")
    return Git(Repo(root), tmp_path / "objects")


def test_what_lies_between_is_fetched_without_touching_the_checkout(
    remote: tuple[Path, str, str], checkout: Git
) -> None:
    """Subjects and the diff stat; neither a branch nor an object of the checkout changes."""
    root, old, new = remote
    before = sorted((checkout.repo.root / ".git").rglob("*"))

    found = between(checkout, old, new, str(root))

    assert found.log == (f"{new[:7]} A cart keeps its items",)
    assert found.stat == ("cart.py | 2 ++", "1 file changed, 2 insertions(+)")
    assert found.unread == ""
    assert sorted((checkout.repo.root / ".git").rglob("*")) == before


def test_a_source_that_is_away_is_told_in_the_report(remote: tuple[Path, str, str], checkout: Git) -> None:
    """The report is about the release; the diff is only a help."""
    _, old, new = remote

    found = between(checkout, old, new, "http://127.0.0.1:1/platform.git")

    assert (found.old, found.new, found.log) == (old, new, ())
    assert found.unread.startswith("git cannot read them: ")


def test_unknown_commits_are_not_asked_for(checkout: Git) -> None:
    """There is nothing to ask."""
    assert between(checkout, "", B).unread == "Argo CD's history does not reach back to both commits"


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()
