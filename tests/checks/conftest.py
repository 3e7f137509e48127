"""The gate's own checkout, and small ones that a test may break."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platformctl.repo import MARKERS, Repo, cache_folder

from .small_platform import commit, commit_id, write_platform


@dataclass(frozen=True)
class Answer:
    """What a run of the command line left behind."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The report that `--format json` printed."""
        document: dict[str, Any] = json.loads(self.out)
        return document


Run = Callable[..., Answer]


@pytest.fixture(scope="session")
def repo() -> Repo:
    """The checkout that these tests belong to."""
    return Repo.find(Path(__file__).resolve())


@pytest.fixture(scope="session")
def fixtures(repo: Repo) -> Path:
    """The folder with valid and invalid manifests."""
    return repo.root / "tests" / "fixtures"


@pytest.fixture
def checkout(repo: Repo, tmp_path: Path) -> Repo:
    """A checkout with the rules and the pinned tools, and nothing to deploy."""
    root = tmp_path / "checkout"
    for marker in MARKERS:
        (root / marker).mkdir(parents=True)
    for source in ("policy", "requirements", "tools"):
        shutil.copytree(repo.root / source, root / source, dirs_exist_ok=True)
    return Repo(root)


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache folder whose entries lead to the real one; a test may take some away."""
    folder = tmp_path / "cache" / "techcommerce"
    (folder / "bin").mkdir(parents=True)
    for entry in cache_folder().iterdir():
        if entry.name not in ("bin", "verdicts"):
            (folder / entry.name).symlink_to(entry)
    for entry in (cache_folder() / "bin").iterdir():
        (folder / "bin" / entry.name).symlink_to(entry)
    return folder


@pytest.fixture(scope="session")
def platformctl(repo: Repo) -> Run:
    """Runs the command line as a user does."""

    def run(*arguments: str | Path, cwd: Path = repo.root, env: Mapping[str, str] | None = None) -> Answer:
        done = subprocess.run(
            [sys.executable, "-m", "platformctl", *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Answer(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def small_platform(checkout: Repo) -> Repo:
    """One fleet with staging on the working tree and production pinned to the only commit."""
    write_platform(checkout.root)
    for name in ("exceptions", "outside"):
        (checkout.root / "policy" / f"{name}.yaml").write_text("[]\n")
    commit(checkout.root)
    pin = commit_id(checkout.root)
    path = checkout.root / "clusters" / "one" / "production.yaml"
    path.write_text(path.read_text().replace("0" * 40, pin))
    return checkout
