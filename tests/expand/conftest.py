"""A repository that holds the files which the sets read, and the program that expands them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from platformctl.expand.generated import Generated, generate
from platformctl.repo import Repo
from platformctl.tools.programs import program

from .cases import HERE, Object, described


@dataclass(frozen=True)
class Tree:
    """A Git repository with one commit."""

    root: Path
    commit: str

    def git(self, *words: str) -> str:
        """What Git prints."""
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            ["git", "-C", self.root, "-c", "user.name=test", "-c", "user.email=test@example.com", *words],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def write(self, name: str, content: str) -> None:
        """Write a file without committing it."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


Expand = Callable[..., list[Generated]]


@pytest.fixture(scope="session")
def expand_program() -> Path:
    """The program as `platformctl tools` builds it."""
    return program(Repo.find(HERE), "expand")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The files at the place that they have in this repository."""
    root = tmp_path / "checkout"
    shutil.copytree(HERE / "tree", root / "tests" / "expand" / "tree")
    new = Tree(root, "")
    new.git("init", "--quiet", "--initial-branch=main")
    new.git("add", "--all")
    new.git("commit", "--quiet", "--message=first")
    return Tree(root, new.git("rev-parse", "HEAD"))


@pytest.fixture
def expand(expand_program: Path, tree: Tree) -> Expand:
    """Expands sets on the tree."""

    def run(*sets: Object, cache: Path | None = None, whole: bool = False) -> list[Generated]:
        return generate(expand_program, tree.root, [described(sets)], cache, whole=whole)

    return run
