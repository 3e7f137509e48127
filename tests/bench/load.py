"""Load on an HTTP service: as much as it takes (wrk), or at a fixed rate."""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import aiohttp

# what wrk prints for people is rounded; this is one line of JSON with microseconds
REPORT = """
done = function(summary, latency, requests)
  local errors = summary.errors
  local form = 'RESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "bad": %d, "broken": %d}\\n'
  io.write(string.format(form, summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
"""


@dataclass(frozen=True)
class Result:
    """Requests a second, and latencies in milliseconds."""

    per_second: float
    p50: float
    p99: float


def as_much_as_it_takes(url: str, *, seconds: float, connections: int, script: str = "") -> Result:
    """wrk in one thread, each connection sends when it has its answer; every answer has to be a 2xx.

    `script` is Lua for wrk's request().
    """
    assert shutil.which("wrk"), "wrk is missing: apt-get install wrk"
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script + REPORT)
        file.flush()
        words = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout=10s", f"-s{file.name}", url]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.split("RESULT ", 1)[1])
    assert not found["bad"], f"{found['bad']} of {found['requests']} answers of {url} are no success"
    assert not found["broken"], f"{found['broken']} connections to {url} broke"
    rate = found["requests"] / found["microseconds"] * 1e6
    return Result(rate, found["p50"] / 1000, found["p99"] / 1000)


def at_a_rate(base: str, targets: list[str], *, per_second: float, seconds: float) -> Result:
    """One request of `targets` after the other at its time, whether or not those before are answered.

    A latency counts from the time at which a request was due, so that one slow answer shows in all that waited for it.
    """
    return asyncio.run(_at_a_rate(base, targets, per_second, seconds))


async def _at_a_rate(base: str, targets: list[str], per_second: float, seconds: float) -> Result:
    latencies: list[float] = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:

        async def ask(target: str, due: float) -> None:
            async with session.get(base + target) as answer:
                await answer.read()
                assert answer.status == 200, f"{target} answers {answer.status}"
            latencies.append((time.perf_counter() - due) * 1000)

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(int(per_second * seconds)):
                due = began + number / per_second
                await asyncio.sleep(max(0.0, due - time.perf_counter()))
                group.create_task(ask(targets[number % len(targets)], due))
    cuts = statistics.quantiles(latencies, n=100)
    return Result(per_second, cuts[49], cuts[98])


def resident_mib(pid: int) -> float:
    """Memory of a process that is in RAM."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))
