"""How long the first `up` ever takes, which builds every program and image."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure, figure, line
from tests.bench.platform import NAME, PORT_OFFSET
from tests.e2e.live import platformctl


def main() -> dict[str, Figure]:
    """`up` with an empty cache: seconds, and the GB that it keeps.

    On a machine without programs the cache that is measured is the user's own, which stays; otherwise it is a folder of
    its own, removed afterwards.
    """
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    if not (home / "techcommerce/bin").exists():
        return _first_up(home)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=Path.home()) as cache:
        try:
            return _first_up(Path(cache))
        finally:
            shutil.rmtree(Path(cache), ignore_errors=True)  # Go's module folders are read-only
            Path(cache).mkdir()


def _first_up(cache: Path) -> dict[str, Figure]:
    """`up` with that cache, which holds no programs: seconds, and the GB that it keeps."""
    began = time.monotonic()
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET, timeout=5400, XDG_CACHE_HOME=str(cache))
    seconds = time.monotonic() - began
    platformctl("down", "--name", NAME, XDG_CACHE_HOME=str(cache))
    kept = int(subprocess.run(["du", "-sk", cache], capture_output=True, text=True, check=True).stdout.split()[0])
    return {"first up ever": figure([seconds], "s") | {"kept_gb": round(kept / 1e6, 2)}}


if __name__ == "__main__":
    for measured, found in main().items():
        print(line(measured, found))
