"""What the tests of releases share."""

from __future__ import annotations

from pathlib import Path

import pytest

from platformctl.repo import Repo


@pytest.fixture(scope="session")
def repo() -> Repo:
    """The checkout that these tests belong to."""
    return Repo.find(Path(__file__).resolve())
