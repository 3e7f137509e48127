"""`up --dry-run` prints the exact commands; `make update` rewrites the golden file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from platformctl.cluster import cgroup
from platformctl.cluster.config import Cluster
from platformctl.cluster.dry_run import script
from platformctl.cluster.programs import NAMES

GOLDEN = Path(__file__).parent.parent / "golden" / "up.sh"


def test_commands_are_those_of_the_golden_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any change of a flag shows in a diff of the golden file."""
    monkeypatch.setenv("XDG_STATE_HOME", "/home/user/.local/state")
    monkeypatch.setenv("XDG_CACHE_HOME", "/home/user/.cache")
    cluster = Cluster("techcommerce", 1)
    programs = {name: Path("/programs", name) for name in NAMES}

    groups = " ".join(map(str, cgroup.supervisor_groups(cluster)))  # the machine's version decides which
    found = script(cluster, programs, python="python").replace(groups, "/control-group")

    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text()
