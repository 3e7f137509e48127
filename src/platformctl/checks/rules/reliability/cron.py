"""CronJobs run when they should, and not on top of each other."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import schedule
from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, mapping

_KINDS = frozenset({"CronJob"})
_LEAST_DEADLINE = 10  # the controller looks as often


def _schedule(manifest: Manifest, world: World) -> Iterator[Violation]:
    spec = mapping(manifest.content.get("spec"))
    problem = schedule.problem(spec.get("schedule"))
    if problem:
        yield Violation(("spec", "schedule"), f"{spec.get('schedule')}: {problem}")
    zone = spec.get("timeZone")
    wrong = schedule.zone_problem(zone) if zone is not None else ""
    if wrong:
        yield Violation(("spec", "timeZone"), wrong)


def _deadline(manifest: Manifest, world: World) -> Iterator[Violation]:
    deadline = mapping(manifest.content.get("spec")).get("startingDeadlineSeconds")
    path = ("spec", "startingDeadlineSeconds")
    if deadline is None:
        yield Violation(path, "may start hours late, and after a hundred missed starts never again")
    elif isinstance(deadline, int) and deadline < _LEAST_DEADLINE:
        yield Violation(path, f"is given up {deadline} s late, before the controller has looked at it")


def _concurrency(manifest: Manifest, world: World) -> Iterator[Violation]:
    if mapping(manifest.content.get("spec")).get("concurrencyPolicy", "Allow") == "Allow":
        yield Violation(("spec", "concurrencyPolicy"), "starts again while it still runs")


CHECKS = (
    Check("cron-schedule", _KINDS, own(_schedule)),
    Check("cron-deadline", _KINDS, own(_deadline)),
    Check("cron-concurrency", _KINDS, own(_concurrency)),
)
