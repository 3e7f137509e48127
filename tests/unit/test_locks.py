"""Lock files: everything pinned with hashes, and no word of where it was downloaded from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted([*ROOT.glob("requirements/*.txt"), *ROOT.glob("services/*/requirements.txt")])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_package_is_pinned_with_hashes(lock: Path) -> None:
    """Each requirement is one version, followed by at least one hash."""
    text = re.sub(r"\\\n\s+", " ", lock.read_text())
    requirements = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]

    assert requirements
    wrong = [line for line in requirements if not re.match(r"[a-z0-9.\[\]-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]
    assert wrong == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_lock_names_a_host_or_a_folder(lock: Path) -> None:
    """The index is the machine's setting, not the repository's."""
    assert re.findall(r"https?://|file://|--index-url|--extra-index-url| /", lock.read_text()) == []


def test_there_is_a_lock_for_each_service() -> None:
    """A service without one would be built from whatever is newest."""
    services = {path.parent for path in ROOT.glob("services/*/Dockerfile")}

    assert len(services) == 3
    assert all((service / "requirements.txt") in LOCKS for service in services)
