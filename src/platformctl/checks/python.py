"""The Python rules over worlds: of many objects, as many worlds at a time as there are processors."""

from __future__ import annotations

import functools
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass

from platformctl.checks import usage
from platformctl.checks.protocol import Check, World
from platformctl.checks.registry import CHECKS
from platformctl.checks.rulebook import Rulebook
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.findings import Finding
from platformctl.manifests import Manifest

MANY = 2000  # objects, from which on processes of their own are quicker


@dataclass(frozen=True)
class Judged:
    """What the rules say of a world, the entries of policy/outside.yaml that it needs, and the seconds of each rule."""

    findings: Sequence[Finding]
    needed: tuple[str, ...]
    spent: Mapping[str, float]


@dataclass(frozen=True)
class Case:
    """A world, and the Applications that sets make for it: they are judged, though nobody applies them from Git."""

    world: World
    generated: tuple[Manifest, ...] = ()

    def judge(self, rules: Rulebook) -> Judged:
        """Hold every object against every rule."""
        spent: dict[str, float] = {}
        found = list(self._findings(rules, spent))
        return Judged(found, usage.needed(self.world), spent)

    def _findings(self, rules: Rulebook, spent: dict[str, float]) -> Iterator[Finding]:
        for manifest in (*self.world.manifests, *self.generated):
            for check in checks_of(manifest.kind):
                began = time.perf_counter()
                for violation in check.judge(manifest, self.world):
                    yield rules[check.rule].finding(manifest, violation.path, violation.message, "python")
                spent[check.rule] = spent.get(check.rule, 0.0) + time.perf_counter() - began
            for line, key in manifest.duplicates:
                yield rules["duplicate-key"].finding(manifest, (), f"{key} stands twice", "gate", line)


@contextmanager
def judging(rules: Rulebook, cases: Sequence[Case]) -> Iterator[Callable[[], list[Judged]]]:
    """Begin, and give what waits for the results; to be entered before this process has other threads."""
    if sum(len(case.world.manifests) for case in cases) < MANY:
        yield lambda: [case.judge(rules) for case in cases]
        return
    # a fork has all objects without a copy
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(os.cpu_count(), fork, _inherit, (rules, cases)) as pool:
        largest = sorted(range(len(cases)), key=lambda number: -len(cases[number].world.manifests))
        running = {number: pool.submit(_judge, number) for number in largest}

        def results() -> list[Judged]:
            try:
                return [running[number].result() for number in range(len(cases))]
            except BrokenProcessPool as error:
                raise PlatformError(
                    "a process that runs the Python rules was ended from outside",
                    why="most often there was no memory left",
                    exit_code=TOOL_FAILURE,
                ) from error

        yield results


_inherited: list[tuple[Rulebook, Sequence[Case]]] = []


def _inherit(rules: Rulebook, cases: Sequence[Case]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who waits for the results ends on it
    _inherited.append((rules, cases))


def _judge(number: int) -> Judged:
    rules, cases = _inherited[-1]
    return cases[number].judge(rules)


@functools.cache
def checks_of(kind: str) -> tuple[Check, ...]:
    """The checks that look at objects of a kind."""
    return tuple(check for check in CHECKS.values() if not check.kinds or kind in check.kinds)
