"""When Python looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def ignored() -> Iterator[None]:
    """Leave it for as long as the block lasts, and what is there then until it is let go of.

    Python looks through everything there is each time that it grew by a quarter, and once more at its end. Of what the
    gate loads, all is needed to the end: on twenty thousand objects that search was a fifth of the time.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.freeze()
            gc.enable()
