"""The picture of a release in the terminal: steps, weights, analysis, pods of both versions, events."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from platformctl.releases.analysis import BAD, Metric, Run
from platformctl.releases.facts import Facts, short_image
from platformctl.releases.moments import between, span
from platformctl.releases.release import Release, releases
from platformctl.releases.rollout import Rollout
from platformctl.releases.sparkline import sparkline

EVENTS = 6
ENDLESS = 100  # so many measurements are wanted where an analysis goes on for as long as the release
COLOURS = {
    "Healthy": "green", "Successful": "green", "Progressing": "cyan", "Running": "cyan", "Paused": "yellow",
    "Inconclusive": "yellow", "Pending": "dim", "Degraded": "red", "Failed": "red", "Error": "red", "Aborted": "red",
}  # fmt: skip


def view(facts: Facts, present: datetime.datetime) -> RenderableType:
    """Everything that is known of the newest release, to be drawn again with every look at the cluster."""
    release = _newest(facts)
    parts: list[RenderableType] = [_head(facts, release, present), _weights(facts.rollout)]
    steps = _steps(facts)
    analysis = _analysis(facts.current_runs())
    parts.append(Columns([Panel(each, title=title, title_align="left", border_style="dim") for title, each in (
        ("steps", steps), ("analysis", analysis)) if each is not None], expand=True))  # fmt: skip
    parts.append(_pods(facts, present))
    parts.append(_events(facts))
    return Group(*parts)


def coloured(word: str) -> Text:
    """A phase in its colour."""
    return Text(word, style=COLOURS.get(word, ""))


def waits_for(rollout: Rollout) -> str:
    """What a paused release waits for, and what to do; empty when it waits for nobody."""
    where = f"{rollout.name} --environment {rollout.namespace}"
    if "Manual" in rollout.pauses:
        return f"paused by hand: platformctl release resume {where}"
    if any(reason.startswith("Inconclusive") for reason in rollout.pauses):
        return f"its analysis has no verdict: look, then platformctl release promote {where} (or abort)"
    if not rollout.pauses:
        return ""
    step = rollout.steps[rollout.step] if rollout.step < len(rollout.steps) else None
    if step is not None and step.shown != "wait for a person":
        return ""  # a pause that ends by itself
    return f"waits for a person: platformctl release promote {where}"


def _newest(facts: Facts) -> Release | None:
    return next(iter(releases(facts)), None)


def _head(facts: Facts, release: Release | None, present: datetime.datetime) -> RenderableType:
    rollout = facts.rollout
    head = Table.grid(expand=True)
    head.add_column(ratio=1)
    head.add_column(justify="right")
    phase = "Aborted" if rollout.aborted else rollout.phase
    age = "" if release is None else between(release.started, release.ended or present)
    title = f"[bold]{escape(rollout.name)}[/] in [bold]{escape(rollout.namespace)}[/], {rollout.strategy}"
    head.add_row(f"{title}, revision {rollout.revision}", coloured(phase) + Text(f"  {age}"))
    new = facts.version(rollout.current)
    old = facts.version(rollout.stable)
    images = [short_image(each.images[0]) for each in (old, new) if each is not None and each.images]
    head.add_row(Text(" → ".join(dict.fromkeys(images)), style="dim"), "")
    note = waits_for(rollout) or rollout.message
    if note:
        head.add_row(Text(note, style="yellow" if waits_for(rollout) else ""), "")
    return head


def _weights(rollout: Rollout) -> RenderableType:
    line = Table.grid(padding=(0, 1))
    line.add_row(
        "traffic to the new version", ProgressBar(total=100, completed=rollout.weight, width=40), f"{rollout.weight} %"
    )
    return line


def _steps(facts: Facts) -> RenderableType | None:
    rollout = facts.rollout
    if not rollout.steps:
        return None
    done = len(rollout.steps) if rollout.promoted else _stopped(facts) if rollout.aborted else rollout.step
    lines = Table.grid(padding=(0, 1))
    for index, step in enumerate(rollout.steps):
        mark, style = _mark(index, done, aborted=rollout.aborted)
        lines.add_row(Text(mark, style=style), Text(step.shown, style="bold" if mark == "▶" else style))
    return lines


def _stopped(facts: Facts) -> int:
    """The step that an aborted release got to: its own count begins again at 0, so a failed analysis has to tell."""
    failed = [run.step for run in facts.current_runs() if run.phase in BAD and run.step is not None]
    return failed[-1] if failed else -1


def _mark(index: int, done: int, *, aborted: bool) -> tuple[str, str]:
    if index < done:
        return "✓", "green"
    if aborted:
        return ("✗", "red") if index == done else (" ", "dim")
    return ("▶", "cyan") if index == done else (" ", "dim")


def _analysis(runs: tuple[Run, ...]) -> RenderableType | None:
    if not runs:
        return None
    table = Table(box=None, padding=(0, 1), show_header=True, header_style="dim")
    for column in ("metric", "last", "limit", "trend", "done", ""):
        table.add_column(column, justify="right" if column in ("last", "done") else "left", no_wrap=column != "")
    for run in runs:
        for metric in run.metrics:
            table.add_row(*_metric(metric))
    return table


def _metric(metric: Metric) -> Iterator[RenderableType]:
    last = metric.measurements[-1] if metric.measurements else None
    yield Text(metric.name)
    yield Text("-" if last is None else last.brief)
    yield Text(str(metric.limit) if metric.limit else "")
    yield Text(sparkline(metric.values, 16))
    endless = metric.wanted is None or metric.wanted >= ENDLESS
    yield Text(str(len(metric.measurements)) if endless else f"{len(metric.measurements)}/{metric.wanted}")
    yield coloured(metric.phase)


def _pods(facts: Facts, present: datetime.datetime) -> RenderableType:
    table = Table(box=None, padding=(0, 1), header_style="dim", title="pods", title_justify="left", title_style="dim")
    for column in ("", "pod", "state", "restarts", "age"):
        table.add_column(column, justify="right" if column in ("restarts", "age") else "left")
    rollout = facts.rollout
    for pod in sorted(facts.pods, key=lambda each: (each.hash == rollout.current, each.name)):
        role = "new" if pod.hash == rollout.current and not rollout.promoted else "old"
        role = "all" if rollout.promoted and pod.hash == rollout.current else role
        style = "green" if pod.ready and not pod.trouble else "red" if pod.trouble else "yellow"
        age = "-" if pod.started is None else span((present - pod.started).total_seconds())
        table.add_row(role, pod.name, Text(pod.shown, style=style), str(pod.restarts), age)
    return table


def _events(facts: Facts) -> RenderableType:
    table = Table(box=None, padding=(0, 1), show_header=False, title="events", title_justify="left", title_style="dim")
    for event in facts.events[-EVENTS:]:
        when = "" if event.last is None else event.last.strftime("%H:%M:%S")
        table.add_row(Text(when, style="dim"), Text(event.message, style="red" if event.warning else ""))
    return table
