"""Starts components in their order, starts again what ends, and stops them in reverse."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from platformctl.cluster.component import Component, waves

READY_SECONDS = 90.0
READY_RESTARTS = 5  # one that ended this often before it was ever ready will not get there
POLL_SECONDS = 0.1
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
STEADY_SECONDS = 30.0  # a component that ran this long starts over with the first pause


class Child(Protocol):
    """What the supervisor needs of a process."""

    pid: int

    def poll(self) -> int | None: ...
    def send_signal(self, sig: int) -> None: ...


@dataclass(frozen=True)
class World:
    """What the supervisor does to the world, so that tests can replay histories."""

    spawn: Callable[[Component], Child]
    ready: Callable[[Component, int], bool]
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


@dataclass
class Running:
    """A component with its process, or the time of its next start."""

    component: Component
    child: Child | None = None
    started: float = 0.0
    restarts: int = 0
    pause: float = FIRST_PAUSE
    next_start: float = 0.0
    ready: bool = False


@dataclass
class Supervisor:
    """Keeps the components running until `stop` is called; writes its state to `folder` after each change.

    `after_wave` is called with the names of a wave that is ready, before the next one starts; `renew` once an hour;
    `settle` all the time once everything is ready.
    """

    components: Sequence[Component]
    folder: Path
    world: World
    renew: Callable[[], bool] = lambda: False
    after_wave: Callable[[Collection[str]], None] = lambda _names: None
    settle: Callable[[], None] = lambda: None
    state: str = "starting"
    running: dict[str, Running] = field(default_factory=dict)
    stopping: bool = False

    def run(self) -> int:
        """Start all waves and watch; return 0 after `stop`, 1 when a component did not get ready."""
        for wave in waves(self.components):
            for component in wave:
                self.running[component.name] = Running(component)
            if not self._until_ready([component.name for component in wave]):
                self._end("stopped" if self.stopping else "failed")
                return 0 if self.stopping else 1
            self.after_wave([component.name for component in wave])
        self._set_state("ready")
        next_renewal = self.world.clock() + 3600
        while not self.stopping:
            self._watch()
            if self.world.clock() >= next_renewal:
                next_renewal = self.world.clock() + 3600
                if self.renew():  # components read certificates at their start
                    self._restart_all()
            self.settle()
            self.world.pause(POLL_SECONDS)
        self._end("stopped")
        return 0

    def stop(self) -> None:
        """Ask `run` to stop everything and return."""
        self.stopping = True

    def _until_ready(self, names: list[str]) -> bool:
        deadline = self.world.clock() + READY_SECONDS
        while not all(self.running[name].ready for name in names):
            hopeless = any(self.running[name].restarts > READY_RESTARTS for name in names)
            if self.stopping or hopeless or self.world.clock() > deadline:
                return False
            self._watch()
            self.world.pause(POLL_SECONDS)
        return True

    def _watch(self) -> None:
        changed = [self._look_after(item) for item in self.running.values()]
        if any(changed):
            self._write()

    def _look_after(self, item: Running) -> bool:
        now = self.world.clock()
        if item.child is not None and item.child.poll() is not None:
            item.pause = FIRST_PAUSE if now - item.started > STEADY_SECONDS else min(item.pause * 2, LONGEST_PAUSE)
            item.child, item.ready, item.next_start = None, False, now + item.pause
            item.restarts += 1
            return True
        if item.child is None and now >= item.next_start:
            item.child, item.started = self.world.spawn(item.component), now
            return True
        if item.child is not None and not item.ready and self.world.ready(item.component, item.child.pid):
            item.ready = True
            return True
        return False

    def _restart_all(self) -> None:
        for item in self.running.values():
            if item.child is not None:
                item.child.send_signal(signal.SIGTERM)

    def _end(self, state: str) -> None:
        for wave in reversed(waves([item.component for item in self.running.values()])):
            children = [child for component in wave if (child := self.running[component.name].child)]
            self._stop_children(children)
        self._set_state(state)

    def _stop_children(self, children: list[Child], grace: float = 8.0) -> None:
        for child in children:
            child.send_signal(signal.SIGTERM)
        deadline = self.world.clock() + grace
        while any(child.poll() is None for child in children):
            if self.world.clock() > deadline:
                for child in children:
                    child.send_signal(signal.SIGKILL)
            self.world.pause(0.02)

    def _set_state(self, state: str) -> None:
        self.state = state
        self._write()

    def _write(self) -> None:
        rows = {
            name: {
                "pid": item.child.pid if item.child else None,
                "ready": item.ready,
                "restarts": item.restarts,
            }
            for name, item in self.running.items()
        }
        for name, row in rows.items():
            pid_file = self.folder / "pids" / f"{name}.pid"
            pid_file.parent.mkdir(parents=True, exist_ok=True)
            pid_file.write_text(f"{row['pid'] or ''}\n")
        unfinished = self.folder / "supervisor.json.part"
        unfinished.write_text(json.dumps({"state": self.state, "pid": os.getpid(), "components": rows}, indent=2))
        unfinished.replace(self.folder / "supervisor.json")
