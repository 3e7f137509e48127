"""One service as processes: its steps one after the other, its log, and whether it answers."""

from __future__ import annotations

import http.client
import subprocess
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from platformctl import process
from platformctl.dev.services import Service

PROBE_SECONDS = 1.0
TAIL = 15  # lines that are repeated when it died


class Running:
    """A service that can be begun, looked after and ended, again and again; its output goes to `log`."""

    def __init__(self, service: Service, log: Path) -> None:
        self.service = service
        self.ready = False
        self.died: int | None = None
        self._log = log
        self._stack = ExitStack()
        self._step = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._read = 0
        log.write_bytes(b"")

    def begin(self) -> None:
        """Start its first step."""
        self.ready, self.died, self._step = False, None, 0
        self._start()

    def look(self) -> None:
        """Go on to the next step when one has ended; note when it died, and when it answers."""
        code = self._child.poll() if self._child else None
        if code is None:
            self.ready = self.ready or (self._serves() and self._answers())
        elif code == 0 and not self._serves():
            self._step += 1
            self._start()
        elif self.died is None:
            self.died = code

    def tell_to_end(self) -> None:
        """Ask it to end, without waiting."""
        if self._child and self._child.poll() is None:
            self._child.terminate()

    def end(self) -> None:
        """End it and wait for that."""
        self._stack.close()
        self._child = None

    def new_lines(self) -> list[str]:
        """Whole lines that were written since the last call."""
        with self._log.open("rb") as log:
            log.seek(self._read)
            content = log.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._read += len(whole)
        return whole.decode(errors="replace").splitlines()

    def last_lines(self) -> list[str]:
        """The end of the log."""
        return self._log.read_text(errors="replace").splitlines()[-TAIL:]

    def _serves(self) -> bool:
        return self._step == len(self.service.steps) - 1

    def _start(self) -> None:
        self._stack.close()
        output = self._stack.enter_context(self._log.open("ab"))
        self._child = self._stack.enter_context(process.started(self.service.steps[self._step], output))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.service.url}/healthz", timeout=PROBE_SECONDS) as answer:  # noqa: S310
                return bool(answer.status == http.HTTPStatus.OK)
        except (OSError, urllib.error.URLError, http.client.HTTPException):
            return False
