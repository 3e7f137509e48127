"""Commits of the working tree that leave the checkout, its index and its branches untouched."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.process import Command, ToolError, run
from platformctl.repo import Repo

IDENTITY = "techcommerce local <local@techcommerce.example>"


@dataclass(frozen=True)
class Git:
    """git on a checkout; new objects go to `objects`, a folder outside of it."""

    repo: Repo
    objects: Path

    def __call__(
        self,
        *words: str,
        stdin: bytes | None = None,
        timeout: float = 120.0,
        secrets: tuple[str, ...] = (),
        env: Mapping[str, str] | None = None,
    ) -> str:
        """Run git and return its standard output without the line end."""
        environment = {**self._environment(), **(env or {})}
        wanted = Command(("git", *words), self.repo.root, environment, timeout, stdin, secrets)
        return run(wanted).stdout.decode().strip()

    def snapshot(self) -> str:
        """The commit that holds the working tree, uncommitted and untracked files included."""
        head = self.head()
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            if head:
                self("read-tree", head, env=index)
            self("add", "--all", ".", env=index)
            tree = self("write-tree", env=index)
        if head and tree == self("rev-parse", f"{head}^{{tree}}"):
            return head
        return self._commit(tree, head, "Working tree with uncommitted changes")

    def with_files(self, parent: str, changes: Mapping[str, str], message: str) -> str:
        """A commit on `parent` in which the files at these paths have these texts."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self("read-tree", parent, env=index)
            for path, content in changes.items():
                blob = self("hash-object", "-w", "--stdin", stdin=content.encode())
                self("update-index", "--cacheinfo", f"100644,{blob},{path}", env=index)
            tree = self("write-tree", env=index)
        if tree == self("rev-parse", f"{parent}^{{tree}}"):
            return parent
        return self._commit(tree, parent, message)

    def read(self, commit: str, path: str) -> str:
        """A file of a commit."""
        wanted = Command(("git", "show", f"{commit}:{path}"), cwd=self.repo.root, env=self._environment())
        return run(wanted).stdout.decode()

    def head(self) -> str:
        """The commit that is checked out; empty before the first one."""
        try:
            return self("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        except ToolError:
            return ""

    def push(self, url: str, commit: str, *, secret: str) -> None:
        """Make `main` of the repository at `url` this commit."""
        try:
            self("push", "--quiet", "--force", url, f"{commit}:refs/heads/main", timeout=300, secrets=(secret,))
        except ToolError as error:
            if "shallow" in error.output:
                raise PlatformError(
                    "a shallow clone cannot be pushed", fix="run `git fetch --unshallow`: pins need history"
                ) from error
            raise

    def _commit(self, tree: str, parent: str, message: str) -> str:
        # date and author are fixed, so the same content is the same commit and nothing is pushed twice
        date = self("show", "-s", "--format=%cI", parent) if parent else "2026-01-01T00:00:00+00:00"
        name, mail = IDENTITY.rstrip(">").split(" <")
        env = {
            f"GIT_{role}_{field}": value
            for role in ("AUTHOR", "COMMITTER")
            for field, value in (("NAME", name), ("EMAIL", mail), ("DATE", date))
        }
        parents = ("-p", parent) if parent else ()
        return self("commit-tree", tree, *parents, "-m", message, env=env)

    def _environment(self) -> dict[str, str]:
        self.objects.mkdir(parents=True, exist_ok=True)
        common = run(Command(("git", "rev-parse", "--git-common-dir"), cwd=self.repo.root)).stdout.decode().strip()
        alternates = (self.repo.root / common / "objects").resolve()
        return {
            "GIT_OBJECT_DIRECTORY": str(self.objects),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(alternates),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"),
        }
