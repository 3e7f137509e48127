"""Long-running programs whose output goes to a log file."""

from __future__ import annotations

import time
from pathlib import Path

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import Command, started, wait

TAIL = 15  # lines of the log that an error repeats


def run_logged(wanted: Command, log: Path, *, what: str, fix: str = "") -> None:
    """Run to the end, output appended to `log`; the error repeats its end and names it."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        output.write(f"$ {wanted.shell_line()}\n".encode())
        output.flush()
        begins = output.tell()
        with started(wanted, output) as child:
            code = wait(child, time.monotonic() + wanted.timeout)
    if code == 0:
        return
    with log.open("rb") as written:
        written.seek(begins)
        lines = written.read().decode(errors="replace").strip().splitlines()
    ended = f"no end after {wanted.timeout:.0f} s" if code is None else f"it ended with {code}"
    hints = [fix, f"the whole output is in {log}"]
    raise PlatformError(
        what,
        why="\n".join([ended, *lines[-TAIL:]]),
        fix="; ".join(hint for hint in hints if hint),
        exit_code=TOOL_FAILURE,
    )
