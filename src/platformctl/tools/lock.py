"""One run at a time: the lock is the kernel's, so a killed run never leaves one behind."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformctl.console import Console


@contextmanager
def held(path: Path, console: Console, what: str) -> Iterator[None]:
    """Hold the lock for the block; says that another run does `what` when it has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            console.line(f"  … waiting for another run that {what} (process {file.read().strip() or '?'})")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
