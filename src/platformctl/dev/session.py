"""All services together, until somebody ends them: start, log, reload."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from platformctl.console import Console
from platformctl.dev.log_lines import readable
from platformctl.dev.running import Running
from platformctl.dev.services import Service
from platformctl.dev.sources import Sources
from platformctl.errors import TOOL_FAILURE, PlatformError

TICK_SECONDS = 0.05
LOOK_SECONDS = 0.5  # between two looks at the sources


class Session:
    """Runs `services` with their logs below `folder`; `all_ready` is called once, with the seconds it took."""

    def __init__(
        self, services: Iterable[Service], folder: Path, console: Console, all_ready: Callable[[float], None]
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._running = [Running(service, folder / f"{service.name}.log") for service in services]
        self._sources = Sources({source for each in self._running for source in each.service.sources})
        self._console = console
        self._all_ready = all_ready
        self._began = time.monotonic()
        self._told = False  # whether all_ready was called
        self._reloading: dict[str, float] = {}  # when each began that is not ready yet
        self._reported: set[str] = set()  # those whose death was told

    def run(self) -> None:
        """Look after the services until an interruption; PlatformError when one dies before all were ready once."""
        try:
            for each in self._running:
                each.begin()
            looked = time.monotonic()
            while True:
                self._look_after_all()
                if time.monotonic() - looked >= LOOK_SECONDS:
                    self._reload(self._sources.changed())
                    looked = time.monotonic()
                time.sleep(TICK_SECONDS)
        finally:
            for each in self._running:
                each.tell_to_end()
            for each in self._running:
                each.end()
                self._print_log(each)

    def _look_after_all(self) -> None:
        for each in self._running:
            each.look()
            self._print_log(each)
            if each.died is not None:
                self._report(each)
            elif each.ready and each.service.name in self._reloading:
                seconds = time.monotonic() - self._reloading.pop(each.service.name)
                self._console.line(f"{each.service.name} is ready again ({seconds:.1f} s)")
        if not self._told and all(each.ready for each in self._running):
            self._told = True
            self._all_ready(time.monotonic() - self._began)

    def _report(self, each: Running) -> None:
        name = each.service.name
        if not self._told:
            tail = "\n".join(readable(name, line) for line in each.last_lines())
            raise PlatformError(
                f"{name} ended with {each.died}", why=f"its last lines:\n{tail}", exit_code=TOOL_FAILURE
            )
        if name not in self._reported:
            self._reported.add(name)
            self._console.line(f"{name} ended with {each.died}, see above; it starts again when a file changes")

    def _reload(self, changed: set[Path]) -> None:
        for each in self._running:
            files = sorted(path for path in changed for source in each.service.sources if path.is_relative_to(source))
            if not files:
                continue
            self._console.line(f"{each.service.name} starts again: {files[0].name} has changed")
            each.end()
            self._reported.discard(each.service.name)
            self._reloading[each.service.name] = time.monotonic()
            each.begin()

    def _print_log(self, each: Running) -> None:
        for line in each.new_lines():
            self._console.line(readable(each.service.name, line))
