"""Reports of releases, a file each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.releases.commits import Change
from platformctl.releases.facts import Facts
from platformctl.releases.measured import measure
from platformctl.releases.page import page
from platformctl.releases.prometheus import Prometheus
from platformctl.releases.release import Release, latest, releases


@dataclass(frozen=True)
class Written:
    """A report that was written."""

    release: Release
    path: Path


def chosen(facts: Facts, since: datetime.datetime | None) -> tuple[Release, ...]:
    """The newest release, or all that began after a moment, newest first; an error when there is none."""
    if since is None:
        return (latest(facts),)
    found = tuple(each for each in releases(facts) if each.started >= since)
    if not found:
        rollout = facts.rollout
        raise PlatformError(
            f"{rollout.name} in {rollout.namespace} was not released since {since:%Y-%m-%d %H:%M:%S UTC}",
            why=f"its newest release began {latest(facts).started:%Y-%m-%d %H:%M:%S UTC}",
            fix="choose an earlier --since, or leave it away for the newest one",
        )
    return found


def name_of(release: Release) -> str:
    """The file name of a report: frontend-staging-12.html."""
    return f"{release.service}-{release.environment}-{release.revision}.html"


def write(
    facts: Facts,
    wanted: Iterable[Release],
    prometheus: Prometheus | None,
    change: Callable[[Release], Change],
    present: datetime.datetime,
    output: Path,
) -> Iterator[Written]:
    """Write a page for each release: to `output` when that names a file, else into that folder."""
    for release in wanted:
        text = page(release, facts, measure(prometheus, release, present), change(release), present)
        path = output if output.suffix == ".html" else output / name_of(release)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise PlatformError(f"the report cannot be written to {path}", why=str(error)) from error
        yield Written(release, path)
