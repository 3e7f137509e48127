"""Puts a report together: plots, tables and the one sentence, in one file without a script and without a link."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import jinja2
from markupsafe import Markup

from platformctl.releases import queries
from platformctl.releases.analysis import Measurement
from platformctl.releases.commits import Change
from platformctl.releases.decisions import Decision
from platformctl.releases.facts import Facts
from platformctl.releases.measured import Measured
from platformctl.releases.moments import between, span
from platformctl.releases.outcomes import Outcome
from platformctl.releases.page import numbers
from platformctl.releases.page.plot import Mark
from platformctl.releases.page.plots import plots
from platformctl.releases.release import Release
from platformctl.releases.verdict import highest, verdict

MOODS = {Outcome.PROMOTED: "good", Outcome.ABORTED: "bad", Outcome.DEGRADED: "bad"}
# what the plots mark: the rest (a step that is done, an analysis that runs) shows in their lines
MARKED = ("start", "pause", "resume", "abort", "retry", "promote", "switch", "skip")


FEW, LAST = 20, 6  # measurements of one metric that are shown at once, and how many of the last where there are more


@dataclass(frozen=True)
class Numbered:
    """A decision with its number on the plots; those that are not marked there have none."""

    number: int | None
    decision: Decision
    mood: str


def page(release: Release, facts: Facts, measured: Measured, change: Change, present: datetime.datetime) -> str:
    """The whole page; it depends on nothing but its arguments."""
    numbered = _numbered(release.decisions)
    marks = [Mark(each.number, each.decision.at, each.mood) for each in numbered if each.number is not None]
    style = files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    return _environment().get_template("page.html").render(
        change=change,
        decisions=numbered,
        facts=facts,
        highest=highest(release),
        measured=measured,
        mood=MOODS.get(release.outcome, "open"),
        offset=lambda at: span((at - release.started).total_seconds()),
        plots=plots(release, measured, marks),
        release=release,
        took=between(release.started, release.ended or present),
        verdict=verdict(release),
        window=queries.WINDOW,
        written=present,
        # this style sheet is all that the page allows itself: no script, no picture, no address
        style=Markup(style),  # noqa: S704 - a file of ours
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )  # fmt: skip


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("platformctl.releases", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"count": numbers.count, "moment": _moment, "telling": telling, "time": _time}
    return environment


def _numbered(decisions: Sequence[Decision]) -> list[Numbered]:
    found: list[Numbered] = []
    number = 0
    for decision in decisions:
        marked = decision.kind in MARKED
        number += marked
        mood = "bad" if decision.bad else "good" if decision.kind == "promote" else "plain"
        found.append(Numbered(number if marked else None, decision, mood))
    return found


def telling(measurements: Sequence[Measurement]) -> Sequence[Measurement]:
    """Those that a reader needs: all while they are few, else the bad ones and the last ones."""
    if len(measurements) <= FEW:
        return measurements
    last = measurements[-LAST:]
    return [*(each for each in measurements[:-LAST] if each.phase != "Successful"), *last]


def _time(at: datetime.datetime | None) -> str:
    return "-" if at is None else at.strftime("%H:%M:%S")


def _moment(at: datetime.datetime | None) -> str:
    return "-" if at is None else at.strftime("%Y-%m-%d %H:%M:%S UTC")
