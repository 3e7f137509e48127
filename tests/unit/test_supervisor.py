"""The supervisor, replayed on histories of starts and ends with a clock of our own."""

from __future__ import annotations

import itertools
import json
import signal
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from platformctl.cluster.component import Component, Probe, waves
from platformctl.cluster.supervisor import Supervisor, World
from platformctl.errors import PlatformError


def component(name: str, *needs: str) -> Component:
    return Component(name, ("run", name), Probe("http", "http://127.0.0.1/"), needs=needs)


@dataclass
class FakeChild:
    """A process that ends when told, or when the history says so."""

    pid: int
    name: str
    history: list[str]
    stubborn: bool = False
    code: int | None = None

    def poll(self) -> int | None:
        return self.code

    def send_signal(self, sig: int) -> None:
        self.history.append(f"{signal.Signals(sig).name} {self.name}")
        if not self.stubborn or sig == signal.SIGKILL:
            self.code = -sig


@dataclass
class History:
    """A world without processes: time passes only in `pause`, where `events` happen."""

    lines: list[str] = field(default_factory=list)
    children: list[FakeChild] = field(default_factory=list)
    now: float = 0.0
    unready: set[str] = field(default_factory=set)
    events: dict[float, Callable[[], None]] = field(default_factory=dict)

    def spawn(self, wanted: Component) -> FakeChild:
        self.lines.append(f"start {wanted.name}")
        self.children.append(FakeChild(1000 + len(self.children), wanted.name, self.lines))
        return self.children[-1]

    def pause(self, seconds: float) -> None:
        self.now += seconds
        for moment in [moment for moment in self.events if moment <= self.now]:
            self.events.pop(moment)()

    def world(self) -> World:
        return World(self.spawn, lambda item, _pid: item.name not in self.unready, lambda: self.now, self.pause)


def test_starts_in_waves_and_stops_in_reverse(tmp_path: Path) -> None:
    """What is needed starts first and stops last."""
    history = History()
    supervisor = Supervisor([component("api", "db"), component("db")], tmp_path, history.world())
    history.events = {5.0: supervisor.stop}

    assert supervisor.run() == 0

    assert history.lines == ["start db", "start api", "SIGTERM api", "SIGTERM db"]
    assert json.loads((tmp_path / "supervisor.json").read_text())["state"] == "stopped"


def test_a_wave_is_followed_by_its_hook_before_the_next_starts(tmp_path: Path) -> None:
    """What the next wave needs can be made in between, such as its roles."""
    history = History()

    def after_wave(names: Collection[str]) -> None:
        history.lines.append(f"after {' '.join(names)}")

    components = [component("api", "db"), component("db")]
    supervisor = Supervisor(components, tmp_path, history.world(), after_wave=after_wave)
    history.events = {1.0: supervisor.stop}

    supervisor.run()

    assert history.lines[:4] == ["start db", "after db", "start api", "after api"]


def test_starts_again_what_ends_and_waits_longer_each_time(tmp_path: Path) -> None:
    """A component that keeps ending is started again after a growing pause."""
    history = History()
    supervisor = Supervisor([component("db")], tmp_path, history.world())
    starts: list[float] = []

    def spawn(wanted: Component) -> FakeChild:
        starts.append(history.now)
        child = History.spawn(history, wanted)
        if len(starts) < 5:
            child.code = 1
        return child

    supervisor.world = World(spawn, lambda _item, _pid: True, lambda: history.now, history.pause)
    history.events = {60.0: supervisor.stop}

    supervisor.run()

    pauses = [later - earlier for earlier, later in itertools.pairwise(starts)]
    assert len(starts) == 5
    assert pauses == sorted(pauses)
    assert pauses[-1] > 2 * pauses[0]


def test_one_that_is_never_ready_fails_the_start(tmp_path: Path) -> None:
    """The rest is stopped, the state says failed, and the exit code is 1."""
    history = History(unready={"api"})
    supervisor = Supervisor([component("api", "db"), component("db")], tmp_path, history.world())

    assert supervisor.run() == 1

    state = json.loads((tmp_path / "supervisor.json").read_text())
    assert state["state"] == "failed"
    assert state["components"]["api"]["ready"] is False
    assert history.lines[-2:] == ["SIGTERM api", "SIGTERM db"]


def test_one_that_keeps_ending_fails_the_start_early(tmp_path: Path) -> None:
    """Nobody waits a minute and a half for a program that ends at once."""
    history = History(unready={"db"})

    def spawn(wanted: Component) -> FakeChild:
        child = History.spawn(history, wanted)
        child.code = 1
        return child

    world = World(spawn, lambda _item, _pid: False, lambda: history.now, history.pause)

    assert Supervisor([component("db")], tmp_path, world).run() == 1
    assert history.now < 30


def test_kills_what_does_not_end(tmp_path: Path) -> None:
    """SIGKILL follows when SIGTERM was not enough."""
    history = History()
    supervisor = Supervisor([component("db")], tmp_path, history.world())

    def stop() -> None:
        history.children[0].stubborn = True
        supervisor.stop()

    history.events = {1.0: stop}

    supervisor.run()

    assert history.lines[-1] == "SIGKILL db"


def test_renewed_certificates_restart_every_component(tmp_path: Path) -> None:
    """Components read certificates at their start, so a renewal restarts them."""
    history = History()
    renewals = iter([True, False])
    supervisor = Supervisor([component("db")], tmp_path, history.world(), renew=lambda: next(renewals))
    history.events = {2 * 3600 + 600.0: supervisor.stop}

    supervisor.run()

    assert history.lines == ["start db", "SIGTERM db", "start db", "SIGTERM db"]


def test_waves_refuse_a_cycle() -> None:
    """Components that need each other are an error, not an endless loop."""
    with pytest.raises(PlatformError, match="need each other: a, b"):
        waves([component("a", "b"), component("b", "a")])


def test_waves_refuse_an_unknown_need() -> None:
    """A need that nothing satisfies is an error."""
    with pytest.raises(PlatformError, match="unknown ones: nowhere"):
        waves([component("a", "nowhere")])
