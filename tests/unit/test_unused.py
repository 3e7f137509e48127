"""What the gate keeps does not grow for ever, and what is in use stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from platformctl import unused

NOW = time.time()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with old and new results, and what is no result."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "techcommerce"
    for name, days in (
        ("renders/old.json", 31), ("renders/new.json", 20), ("applications/expand-1/old.json", 40),
        ("trees/old-whole/apps/root.yaml", 31), ("trees/new-whole/apps/root.yaml", 31), ("bin/etcd/etcd", 400),
    ):  # fmt: skip
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kept")
        os.utime(path, (NOW - days * 86_400,) * 2)
    os.utime(folder / "trees/old-whole", (NOW - 31 * 86_400,) * 2)
    os.utime(folder / "trees/new-whole", (NOW - 2 * 86_400,) * 2)
    return folder


def files(cache: Path) -> set[str]:
    """What is there."""
    return {str(path.relative_to(cache)) for path in cache.rglob("*") if path.is_file() and path.name != "unused"}


def test_what_nobody_read_for_a_month_goes(cache: Path) -> None:
    """A tree goes as a whole, however old its files are; programs are no results."""
    assert unused.forget(NOW) == 3
    assert files(cache) == {"renders/new.json", "trees/new-whole/apps/root.yaml", "bin/etcd/etcd"}


def test_it_looks_once_a_day(cache: Path) -> None:
    """The look itself is what costs."""
    unused.forget(NOW)
    old = cache / "renders/older.json"
    old.write_text("kept")
    os.utime(old, (NOW - 50 * 86_400,) * 2)

    assert unused.forget(NOW + 3600) == 0
    assert unused.forget(NOW + 90_000) == 1
    assert not old.exists()


def test_nothing_kept_is_nothing_to_forget(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first run of all."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))

    assert unused.forget(NOW) == 0
