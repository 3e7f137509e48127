"""A few people in the shop, so that a release has something to be judged by."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.e2e.live import Live

PAUSE = 0.05  # seconds between two requests of one visitor
MOST_SECONDS = 900.0


@dataclass
class Visitors:
    """What became of their requests."""

    statuses: dict[int, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, status: int) -> None:
        """One more answer."""
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1


@contextmanager
def visiting(live: Live, environment: str, people: int = 2) -> Iterator[Visitors]:
    """Visitors for as long as the block runs, and at most a quarter of an hour.

    They never order, so each keeps its cookie and is one visit: thousands would make this version a worse seller than
    the next one when it comes back with the same pods.
    """
    seen, gone = Visitors(), threading.Event()

    def visit() -> None:
        cookie: dict[str, str] = {}
        for _ in range(int(MOST_SECONDS / PAUSE)):
            try:
                answer = live.request("/", environment=environment, **cookie)
            except OSError:
                seen.count(0)
            else:
                seen.count(answer.status)
                if given := answer.headers.get("Set-Cookie"):
                    cookie = {"Cookie": given.partition(";")[0]}
            if gone.wait(PAUSE):
                return

    threads = [threading.Thread(target=visit, daemon=True) for _ in range(people)]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        gone.set()
        for thread in threads:
            thread.join(15)
