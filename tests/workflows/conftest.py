"""The checkout whose CI is tested."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.repo import Repo


@pytest.fixture(scope="session")
def repo() -> Repo:
    """The checkout that these tests belong to."""
    return Repo.find(Path(__file__).resolve())


@pytest.fixture(scope="session")
def workflows(repo: Repo) -> list[Path]:
    """Every workflow file."""
    found = sorted((repo.root / ".github" / "workflows").glob("*.yaml"))
    assert found
    return found
