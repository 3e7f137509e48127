"""Where the time of a run goes: named steps, added up."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager


class Profile:
    """Seconds and calls by the name of a step; steps may run side by side, so their sum may exceed the whole."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._lock = threading.Lock()
        self._seconds: dict[str, float] = defaultdict(float)
        self._calls: dict[str, int] = defaultdict(int)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count the time of the block."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - began)

    def add(self, name: str, seconds: float) -> None:
        """Count seconds that were measured elsewhere."""
        with self._lock:
            self._seconds[name] += seconds
            self._calls[name] += 1

    @property
    def whole(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self._began

    def table(self) -> str:
        """The steps, longest first."""
        rows = sorted(self._seconds.items(), key=lambda row: -row[1])
        lines = [f"{seconds:9.3f} s  {self._calls[name]:>7} x  {name}" for name, seconds in rows]
        return "\n".join([f"{self.whole:9.3f} s  {'':>9}  whole run, start of the program excluded", *lines])
