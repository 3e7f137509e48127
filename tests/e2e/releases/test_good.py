"""Good versions take over without a request lost."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.e2e.live import Clone, Live, eventually
from tests.e2e.releases.release import Release, set_harmless, show, since
from tests.e2e.releases.traffic import MOST_SECONDS, Summary, phase, visitors
from tests.e2e.releases.versions import SERVICES

SLOWER = 1.2  # times p99 before
REQUESTS = 100_000
# visits a second: while p99 is compared, and while requests are counted, which is all that two cores can do
RATE, BUSY = 3, 6
LEAST_OF_A_VISIT = 6  # requests
BEFORE_SECONDS = 300  # as long as it takes Argo CD to compare every Application once
PACE_FILE = "base/components/local/release.yaml"
PACE = {"delay": "60s", "interval": "30s"}  # production's
UNHURRIED_SECONDS, LOOK_SECONDS = 900.0, 10.0  # whoever looks all the time keeps the machine from serving


def test_all_three_are_released_under_traffic(live: Live, staging: Clone, tmp_path: Path) -> None:
    """Two canaries and a change of colours at once: everybody gets an answer, and nobody waits longer."""
    releases = [Release(live, service) for service in SERVICES]
    former = {release.service: release.stable() for release in releases}

    with visitors(live, tmp_path / "traffic", rate=4, seconds=600) as traffic:
        start = time.monotonic()
        for release in releases:
            set_harmless(staging, release)
        new = {release.service: release.begins(former[release.service]) for release in releases}
        first = since(start)
        for release in releases:
            release.ends_promoted(new[release.service])
        show("three good releases", first_pod=first, promoted=since(start))

    _nobody_lost(traffic.summary, "three good releases")
    for release in releases:
        assert release.metrics(new[release.service], "Failed") == set()
        assert "contract" in release.metrics(new[release.service], "Successful")


@pytest.fixture
def unhurried(live: Live, staging: Clone) -> Iterator[Clone]:
    """The pace of production instead of seconds, so that starting pods is as small a part of a release as there."""
    before = (staging.folder / PACE_FILE).read_text()
    hurried = {key: re.findall(f"example/{key}: (\\S+)", before)[0] for key in PACE}
    _set_pace(live, staging, PACE)
    yield staging
    _set_pace(live, staging, hurried)


def _set_pace(live: Live, clone: Clone, pace: Mapping[str, str]) -> None:
    clone.git("fetch", "-q", "origin", "main")
    clone.git("reset", "-q", "--hard", "origin/main")
    text = (clone.folder / PACE_FILE).read_text()
    for key, value in pace.items():
        text = re.sub(f"example/{key}: .*", f"example/{key}: {value}", text)
    (clone.folder / PACE_FILE).write_text(text)
    if clone.git("status", "--porcelain"):  # an interrupted run may have left it so
        clone.push(f"A pace of {' and '.join(pace.values())}")

    def known() -> bool:
        notes = [Release(live, service).rollout()["metadata"]["annotations"] for service in SERVICES]
        return all(each[f"release.techcommerce.example/{key}"] == pace[key] for each in notes for key in pace)

    eventually("the pace of all releases", known, 120, LOOK_SECONDS)


def _released(clone: Clone, release: Release) -> float:
    """Release a good version; the seconds that it took."""
    former, start = release.stable(), time.monotonic()
    set_harmless(clone, release)
    release.ends_promoted(release.begins(former, pause=LOOK_SECONDS), UNHURRIED_SECONDS, LOOK_SECONDS)
    return since(start)


@pytest.mark.long
def test_nobody_waits_longer(live: Live, unhurried: Clone, tmp_path: Path) -> None:
    """One in a hundred waits hardly longer while each of the three is released than before."""
    before = phase(live, tmp_path / "before", rate=RATE, seconds=BEFORE_SECONDS)
    with visitors(live, tmp_path / "during", rate=RATE, seconds=MOST_SECONDS) as traffic:
        promoted = {service: _released(unhurried, Release(live, service)) for service in SERVICES}
    during = traffic.summary

    show("nobody waits longer", promoted=promoted, p99_before=before.p99, p99_during=during.p99)
    _nobody_lost(before, "before the releases")
    _nobody_lost(during, "during the releases")
    assert during.p99 <= SLOWER * before.p99


@pytest.mark.long
def test_of_a_hundred_thousand_requests_none_is_lost(live: Live, unhurried: Clone, tmp_path: Path) -> None:
    """One release after another, for as long as it takes to ask so often."""
    releases, seconds = [], REQUESTS / (BUSY * LEAST_OF_A_VISIT)
    with visitors(live, tmp_path / "traffic", rate=BUSY, seconds=MOST_SECONDS) as traffic:
        start = time.monotonic()
        for service in itertools.cycle(SERVICES):
            if len(releases) >= len(SERVICES) and since(start) > seconds:
                break
            releases.append((service, _released(unhurried, Release(live, service))))

    show("good releases", promoted=releases)
    _nobody_lost(traffic.summary, "good releases")
    assert traffic.summary.requests >= REQUESTS


def _nobody_lost(summary: Summary, what: str) -> None:
    show(
        what,
        requests=summary.requests,
        failed=summary.failed,
        wrong=summary.wrong,
        p99=summary.p99,
        orders=summary.orders,
    )
    assert summary.requests > 0
    assert summary.orders > 0
    assert (summary.failed, summary.wrong) == (0, 0)
