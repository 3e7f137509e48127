"""The newest commit of main in a checkout of its own: what Argo CD follows, whatever lies in a person's checkout."""

from __future__ import annotations

from pathlib import Path

from platformctl.process import Command, run, text
from platformctl.repo import Repo

QUIET = {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C.UTF-8"}


def here(repo: Repo) -> tuple[Repo, str]:
    """The checkout itself, and its commit."""
    return repo, text(Command(("git", "rev-parse", "HEAD"), cwd=repo.root, env=QUIET)).strip()


def newest(repo: Repo, url: str, folder: Path) -> tuple[Repo, str]:
    """A checkout in `folder` at the newest main of `url`, and its commit; only what is new is fetched.

    Objects that the person's checkout has are taken from there.
    """
    if not (folder / ".git").is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _git("clone", "--quiet", "--no-checkout", "--reference-if-able", str(repo.root), url, str(folder))
    _git("fetch", "--quiet", "--force", url, "refs/heads/main:refs/remotes/origin/main", where=folder)
    _git("checkout", "--quiet", "--force", "--detach", "refs/remotes/origin/main", where=folder)
    _git("clean", "--quiet", "-fdx", where=folder)
    return here(Repo(folder))


def _git(*words: str, where: Path | None = None) -> None:
    run(Command(("git", *words), cwd=where, env=QUIET, timeout=300))
