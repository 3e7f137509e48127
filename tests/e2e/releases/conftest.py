"""The platform that releases are tried on: one for all tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.live import Clone, Live, platformctl

NAME, PORT_OFFSET = "test", "20000"


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """The platform of the working tree; TECHCOMMERCE_TEST_CLUSTER names one that runs already and is left as it is."""
    running = os.environ.get("TECHCOMMERCE_TEST_CLUSTER")
    if running:
        yield Live.named(running)
        return
    platformctl("down", "--name", NAME)
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET)
    yield Live.named(NAME)
    platformctl("down", "--name", NAME)


@pytest.fixture
def clone(live: Live, tmp_path: Path) -> Clone:
    """A fresh clone from the cluster's Git server."""
    return Clone.of(live, tmp_path / "clone")
