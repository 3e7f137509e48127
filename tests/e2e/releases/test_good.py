"""Good versions take over without a request lost."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.e2e.live import Clone, Live
from tests.e2e.releases.release import Release, set_harmless, show, since
from tests.e2e.releases.traffic import Summary, phase, visitors
from tests.e2e.releases.versions import SERVICES

SLOWER = 1.2  # times p99 before
REQUESTS = 33_400  # of each service's release, so that it is 100,000 over the three
RATE, BUSY = 4, 12  # visits a second: while p99 is compared, and for the rest


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


@pytest.mark.long
@pytest.mark.parametrize("service", SERVICES)
def test_a_hundred_thousand_requests_over_the_set(live: Live, staging: Clone, tmp_path: Path, service: str) -> None:
    """A third of them here: before, during and after the release of one service."""
    release = Release(live, service)
    former = release.stable()
    before = phase(live, tmp_path / "before", rate=RATE, seconds=120)

    with visitors(live, tmp_path / "during", rate=RATE, seconds=900) as traffic:
        start = time.monotonic()
        set_harmless(staging, release)
        new = release.begins(former)
        release.ends_promoted(new)
        show(f"a good release of {service}", promoted=since(start))
    during = traffic.summary
    missing = max(0, REQUESTS - before.requests - during.requests)
    seconds = max(30, int(1.1 * missing / (before.rate * BUSY / RATE)))
    after = phase(live, tmp_path / "after", rate=BUSY, seconds=min(seconds, 1500))

    show(service, p99_before=before.p99, p99_during=during.p99, p99_after=after.p99)
    for summary in (before, during, after):
        _nobody_lost(summary, service)
    assert before.requests + during.requests + after.requests >= REQUESTS
    assert during.p99 <= SLOWER * before.p99


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
