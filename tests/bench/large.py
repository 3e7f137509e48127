"""How fast the gate is on a large repository: 1,000 overlays with 20 objects each, written for it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import psutil

from tests.bench import repository
from tests.bench.figures import Figure, figure, line
from tests.bench.gate import check, cold_cache

ROUNDS, CHANGES = 2, 2
SAMPLE_SECONDS = 0.05


def main() -> dict[str, Figure]:
    """The figures by name."""
    with tempfile.TemporaryDirectory(prefix="bench-large-") as name:
        scratch = Path(name)
        root = repository.write(scratch / "repository").root
        cold, rates = [], []
        for number in range(ROUNDS):
            cache = cold_cache(scratch / f"cache-{number}")
            seconds, summary = check(root, cache)
            cold.append(seconds)
            rates.append(summary["objects"] / seconds)
        changed, bases = [], []
        for number in range(CHANGES):
            _append(root / f"overlays/area-{number:02}/service-07/differences/settings.env")
            changed.append(check(root, cache)[0])
        for number in range(CHANGES):
            _shorten_history(root / f"base/service-{number:02}/rollout.yaml")
            bases.append(check(root, cache)[0])
        unchanged = [check(root, cache)[0] for _ in range(CHANGES)]
        peak = _peak(root, cold_cache(scratch / "cache-peak"))
    count = f"{summary['applications']:,} Applications, {summary['objects']:,} objects"
    return {
        f"{count}, nothing kept": figure(cold, "s"),
        "objects a second, nothing kept": figure(rates, "/s"),
        "one file of an overlay changed": figure(changed, "s"),
        "one file of a base changed, for all clusters": figure(bases, "s"),
        "nothing changed": figure(unchanged, "s"),
        "memory of all its processes, nothing kept": figure([peak], "MiB"),
    }


def _append(path: Path) -> None:
    path.write_text(path.read_text() + "TECHCOMMERCE_LOG_LEVEL=debug\n")


def _shorten_history(path: Path) -> None:
    text = path.read_text()
    assert "revisionHistoryLimit: 5" in text
    path.write_text(text.replace("revisionHistoryLimit: 5", "revisionHistoryLimit: 4"))


def _peak(root: Path, cache: Path) -> float:
    """The highest sum of the memory that belongs to the gate and the programs it calls, in MiB; a run of its own."""
    child = subprocess.Popen(
        [sys.executable, "-m", "platformctl", "check"],
        cwd=root, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    highest, ended = 0.0, threading.Event()

    def sample() -> None:
        nonlocal highest
        while not ended.wait(SAMPLE_SECONDS):
            highest = max(highest, sum(map(_resident, _family(child.pid))) / 2**20)

    sampler = threading.Thread(target=sample)
    sampler.start()
    code = child.wait()
    ended.set()
    sampler.join()
    assert code in (0, 1), f"the gate ended with {code}"
    return highest


def _family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _resident(process: psutil.Process) -> int:
    """Bytes of a process; what several share counts in parts."""
    try:
        resident: int = process.memory_full_info().pss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
    return resident


if __name__ == "__main__":
    for measured, found in main().items():
        print(line(measured, found))
