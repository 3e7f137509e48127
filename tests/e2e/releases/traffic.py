"""Visitors of the shop while something happens to it: k6, bounded in time and number, at 127.0.0.1 only."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from platformctl.process import Command, end, started
from platformctl.repo import Repo
from platformctl.tools.programs import program
from tests.e2e.live import ROOT, Live, eventually

SCRIPT = Path(__file__).with_name("visitors.js")
HOSTS = {"staging": "staging.localhost", "production": "shop.localhost"}
MOST_SECONDS = 3600
MOST_VISITS = 60  # a second
PEOPLE = 60  # at once
LAST_ANSWERS = 30.0  # seconds that k6 gets for them
CHANCE = 3.0  # standard deviations of what a share of the requests may come to


@dataclass(frozen=True)
class Summary:
    """What a phase of traffic came to; `p99` is in milliseconds, `wrong` counts answers whose body was not right."""

    requests: int
    failed: int
    wrong: int
    dropped: int
    visits: int
    orders: int
    seconds: float
    p99: float

    @classmethod
    def of(cls, path: Path) -> Summary:
        """From the file that k6 wrote."""
        found = json.loads(path.read_text())
        p99 = float(found.pop("milliseconds").get("p(99)", 0.0))
        return cls(**{**found, **{key: int(found[key]) for key in found if key != "seconds"}}, p99=p99)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds if self.seconds else 0.0

    def share(self, weight: float, seconds: float) -> float:
        """How many requests a version with that weight, in percent, may have had in some seconds, chance included."""
        most = weight / 100 * self.rate * seconds
        return most + CHANCE * most**0.5


@dataclass
class Traffic:
    """Traffic under way; `summary` is there when it has ended."""

    folder: Path
    _ended: list[Summary] = field(default_factory=list)

    @property
    def summary(self) -> Summary:
        """What it came to."""
        assert self._ended, f"the traffic has not ended; its output is in {self.folder}"
        return self._ended[0]


@contextmanager
def visitors(
    live: Live, folder: Path, environment: str = "staging", *, rate: int = 4, seconds: int = 600
) -> Iterator[Traffic]:
    """Visitors while the block lasts, `seconds` at most; `rate` is visits a second, of some six requests each."""
    assert 0 < seconds <= MOST_SECONDS
    assert 0 < rate <= MOST_VISITS
    folder.mkdir(parents=True, exist_ok=True)
    settings = {
        "BASE": f"http://127.0.0.1:{live.cluster.port('shop')}",
        "HOST": HOSTS[environment],
        "RATE": str(rate),
        "SECONDS": str(seconds),
        "PEOPLE": str(PEOPLE),
        "SUMMARY": str(folder / "summary.json"),
    }
    k6 = program(Repo(ROOT), "k6")
    argv = (str(k6), "run", "--quiet", "--no-usage-report", "--address", "", str(SCRIPT))
    traffic = Traffic(folder)
    with (folder / "k6.log").open("wb") as log, started(Command(argv, env=settings), log) as child:
        yield traffic
        child.send_signal(2)  # it writes its summary, as at the end of its time
        try:
            child.wait(LAST_ANSWERS)
        except subprocess.TimeoutExpired:
            end(child)
    traffic._ended.append(Summary.of(folder / "summary.json"))


def phase(live: Live, folder: Path, environment: str = "staging", *, rate: int = 4, seconds: int = 30) -> Summary:
    """Visitors for some seconds, and what came of them."""
    with visitors(live, folder, environment, rate=rate, seconds=seconds) as traffic:
        eventually("the summary of k6", (folder / "summary.json").is_file, seconds=seconds + LAST_ANSWERS)
    return traffic.summary
