"""One platform for all tests of this folder, beside whatever cluster the machine's user runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.live import Clone, Live, platformctl

NAME, PORT_OFFSET = "test", "20000"


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """The platform of the working tree, brought up by `platformctl up` and removed at the end."""
    platformctl("down", "--name", NAME)
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET)
    yield Live.named(NAME)
    platformctl("down", "--name", NAME)


@pytest.fixture
def clone(live: Live, tmp_path: Path) -> Clone:
    """A fresh clone from the cluster's Git server."""
    return Clone.of(live, tmp_path / "clone")
