"""Steps on the terminal: each with its time and result, also where the output is no terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO


class Console:
    """Prints one line a step; `detail` adds a line below the running step."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream or sys.stdout
        self._clock = clock

    def line(self, text: str = "") -> None:
        """Print one line now."""
        print(text, file=self._stream, flush=True)

    def detail(self, text: str) -> None:
        """Print a line that belongs to the running step."""
        self.line(f"      {text}")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Print the step's result and its seconds when the block ends, a failure included."""
        began = self._clock()
        try:
            yield
        except BaseException:
            self.line(f"  ✗ {title} ({self._clock() - began:.1f} s)")
            raise
        self.line(f"  ✓ {title} ({self._clock() - began:.1f} s)")
