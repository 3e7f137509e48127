"""How long a release takes: to its first visitor, to all of them, and, when it is bad, back out of Git."""

from __future__ import annotations

import secrets
import tempfile
import time
from pathlib import Path

from tests.bench.figures import Figure, figure, line
from tests.bench.up import NAME, PORT_OFFSET
from tests.e2e.live import Clone, Live, eventually, platformctl
from tests.e2e.releases.release import Release, git_has, set_settings, since
from tests.e2e.releases.traffic import visitors

SERVICE = "frontend"  # its pages say which version answers
ROUNDS = 3
LONGEST_SECONDS = 300.0
LOOK_SECONDS = 0.1  # between two looks
FAULT = "FAULT_ERROR_RATE"


def main() -> dict[str, Figure]:
    """Good and bad releases to staging, by turns, under four visits a second; the figures by name."""
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET)
    live = Live.named(NAME)
    release = Release(live, SERVICE)
    with tempfile.TemporaryDirectory(prefix="bench-releases-") as folder:
        clone = Clone.of(live, Path(folder) / "clone")
        release.rests(clone, clone.git("rev-parse", "HEAD"))
        with visitors(live, Path(folder) / "traffic", rate=4, seconds=3600):
            rounds = [{**good(release, clone), **bad(release, clone)} for _ in range(ROUNDS)]
    platformctl("down", "--name", NAME)
    return {name: figure([each[name] for each in rounds], "s") for name in rounds[0]}


def good(release: Release, clone: Clone) -> dict[str, float]:
    """Seconds from the commit on."""
    former, name = release.stable(), f"Shop {secrets.token_hex(4)}"
    start = time.monotonic()
    set_settings(clone, release, SHOP_NAME=name)
    eventually(
        "an answer of the new version",
        lambda: name in release.live.page(environment=release.environment),
        LONGEST_SECONDS,
        LOOK_SECONDS,
    )
    first = since(start)
    release.ends_promoted(release.begins(former))
    return {"push to the new version's first request": first, "push to full promotion": since(start)}


def bad(release: Release, clone: Clone) -> dict[str, float]:
    """Seconds from the commit on, for a version that answers a fifth of the requests with errors."""
    former = release.stable()
    start = time.monotonic()
    set_settings(clone, release, SHOP_NAME=f"Shop {secrets.token_hex(4)}", **{FAULT: "0.2"})
    release.ends_aborted(release.begins(former))
    aborted = since(start)
    eventually("the revert", lambda: not git_has(clone, release, FAULT), LONGEST_SECONDS, LOOK_SECONDS)
    reverted = since(start)
    clone.git("reset", "-q", "--hard", "origin/main")
    release.rests(clone, clone.git("rev-parse", "HEAD"))
    return {"push to abort": aborted, "push to revert commit": reverted}


if __name__ == "__main__":
    for measured, found in main().items():
        print(line(measured, found))
