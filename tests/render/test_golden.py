"""What is deployed, as text: a change of any manifest shows here, rendered; `make update` rewrites these files."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

import pytest

from .conftest import ADD_ONS, FLEETS, LOCAL_ADD_ONS, OVERLAYS, Render, objects

GOLDEN = Path(__file__).parent.parent / "golden"

# a release and a promotion change one line each, without the golden files
VERSION = re.compile(r"(image: ghcr\.io/techcommerce/[a-z-]+):\S+")
DIGEST = re.compile(r"\bclusters-[a-z0-9]{10}\b")


def _compare(name: str, found: str) -> None:
    found = VERSION.sub(r"\1:RELEASED", found)
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found)
    assert found == path.read_text(), f"{path} differs: look at the change, then run `make update`"


@pytest.mark.parametrize("folder", OVERLAYS)
def test_overlay_renders_to_its_golden_file(folder: str, render: Render) -> None:
    """What a cluster in the cloud gets."""
    _compare(f"{folder.removeprefix('overlays/')}.yaml", render(folder))


@pytest.mark.parametrize("folder", OVERLAYS)
def test_local_form_renders_to_its_golden_file(folder: str, render_local: Render) -> None:
    """What the embedded cluster gets."""
    _compare(f"local/{folder.removeprefix('overlays/')}.yaml", render_local(folder))


@pytest.mark.parametrize("folder", FLEETS)
def test_fleet_renders_to_its_golden_file(folder: str, render: Render) -> None:
    """What the root Application of a fleet syncs."""
    documents = render(folder).split("---\n")
    (clusters,) = [each for each in documents if "\nkind: ConfigMap\n" in each]
    documents.remove(clusters)
    _compare(f"{folder}.yaml", DIGEST.sub("clusters-DIGEST", "---\n".join(documents)))


@pytest.mark.parametrize("folder", [*ADD_ONS, *LOCAL_ADD_ONS])
def test_add_on_renders_to_its_inventory(folder: str, render: Render) -> None:
    """Add-ons are megabytes of upstream: their objects by name and the digest of each, not their text."""
    lines = sorted(
        f"{each['kind']}/{each['metadata'].get('namespace', '')}/{each['metadata']['name']} "
        f"{hashlib.sha256(repr(each).encode()).hexdigest()[:12]}"
        for each in objects(render(folder))
    )
    _compare(f"add-ons/{folder.replace('/', '-')}.txt", "\n".join(lines) + "\n")


def test_no_golden_file_is_left_behind() -> None:
    """A removed overlay takes its golden file with it."""
    expected = {
        *(f"{folder.removeprefix('overlays/')}.yaml" for folder in OVERLAYS),
        *(f"local/{folder.removeprefix('overlays/')}.yaml" for folder in OVERLAYS),
        *(f"{folder}.yaml" for folder in FLEETS),
        *(f"add-ons/{folder.replace('/', '-')}.txt" for folder in [*ADD_ONS, *LOCAL_ADD_ONS]),
    }
    found = {
        path.relative_to(GOLDEN).as_posix()
        for folder in ("add-ons", "clusters", "local", "production", "staging")
        for path in (GOLDEN / folder).rglob("*")
        if path.is_file()
    }

    assert found == expected
