"""What the tests of releases share: the checkout, the command line, and a cluster's API server with chosen objects."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from platformctl.repo import Repo
from tests.releases.servers import ApiServer, kubeconfig, serving

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Cluster:
    """A context `test` that leads to a server of our own; `api.objects` is what it has."""

    api: ApiServer
    kubeconfig: Path

    def run(self, *words: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
        """Run the command line against it."""
        return subprocess.run(
            [str(ROOT / ".venv/bin/platformctl"), *words],
            cwd=cwd, capture_output=True, text=True, timeout=60, check=False,
            env={**os.environ, "KUBECONFIG": str(self.kubeconfig), "COLUMNS": "160", **env},
        )  # fmt: skip


@pytest.fixture(scope="session")
def repo() -> Repo:
    """The checkout that these tests belong to."""
    return Repo.find(ROOT)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster without any object yet."""
    api = ApiServer([])
    with serving(api.reply) as port:
        yield Cluster(api, kubeconfig(tmp_path, port))
