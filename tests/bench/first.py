"""How long the first `make up` ever takes, from a clean clone: it fetches and builds everything."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from platformctl.process import command, run
from tests.bench.figures import Figure, figure, line
from tests.bench.up import NAME, PORT_OFFSET
from tests.e2e.live import ROOT

LONGEST_SECONDS = 5400.0


def main() -> dict[str, Figure]:
    """`make up` with an empty cache: seconds, and the GB that it keeps.

    On a machine without programs the cache that is measured is the user's own, which stays; otherwise it is a folder of
    its own, removed afterwards. The packages of this very benchmark are not in it.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.home()) as name:
        scratch = Path(name)
        cache = scratch / "cache" if (home / "techcommerce/bin").exists() else home
        try:
            return _first_up(scratch, cache)
        finally:
            shutil.rmtree(scratch / "cache", ignore_errors=True)  # Go's module folders are read-only


def _first_up(scratch: Path, cache: Path) -> dict[str, Figure]:
    """`make up` in a clone of what is committed here: seconds, and the GB that are kept in caches."""
    clone, packages = scratch / "clone", scratch / "packages"
    run(command("git", "clone", "--quiet", ROOT, clone))
    make = f"make -C {clone} --no-print-directory"
    began = time.monotonic()
    _run(f"{make} up UP_OPTIONS='--name {NAME} --port-offset {PORT_OFFSET}'", cache, packages)
    seconds = time.monotonic() - began
    kept = sum(_size(folder) for folder in (cache / "techcommerce", packages))
    _run(f"{clone}/.venv/bin/platformctl down --name {NAME}", cache, packages)
    return {"first up ever": figure([seconds], "s") | {"kept_gb": round(kept / 1e9, 2)}}


def _run(words: str, cache: Path, packages: Path) -> None:
    """Run a line of a shell, with its output on ours: it takes long."""
    unknown = ("UV", "VIRTUAL_ENV", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")  # what the `make` that runs us has set
    env = {key: value for key, value in os.environ.items() if key not in unknown}
    env |= {"XDG_CACHE_HOME": str(cache), "UV_CACHE_DIR": str(packages)}
    subprocess.run(["bash", "-euc", words], env=env, check=True, timeout=LONGEST_SECONDS)


def _size(folder: Path) -> int:
    """Bytes on disk of a folder, links counted once."""
    done = subprocess.run(["du", "-s", "--block-size=1", folder], capture_output=True, text=True, check=True)
    return int(done.stdout.split()[0])


if __name__ == "__main__":
    for measured, found in main().items():
        print(line(measured, found))
