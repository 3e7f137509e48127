"""Bad versions are stopped by the check that is meant for them, and Git says so afterwards."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.e2e.live import Clone, Live, eventually
from tests.e2e.releases.release import Release, git_has, set_settings, show, since
from tests.e2e.releases.traffic import visitors
from tests.e2e.releases.versions import BAD, Bad

REVERT_SECONDS = 180.0
DETECTION_SECONDS = 420.0  # the deadline for progress is five minutes


@pytest.mark.parametrize(
    "bad", [pytest.param(each, id=each.what, marks=[] if each.short else [pytest.mark.long]) for each in BAD]
)
def test_a_bad_version_is_taken_back(bad: Bad, live: Live, staging: Clone, tmp_path: Path) -> None:
    """Aborted by its own check, with no more failures than its share of the requests, the stable version untouched."""
    release = Release(live, bad.service)
    former = release.stable()
    pods = release.pods(former)

    with visitors(live, tmp_path / "traffic", rate=4, seconds=900) as traffic:
        start = time.monotonic()
        commit = set_settings(staging, release, **bad.settings)
        new = release.begins(former)
        begun = since(start)
        weight = release.ends_aborted(new, DETECTION_SECONDS)
        aborted = since(start)

    summary = traffic.summary
    bound = summary.share(weight, aborted - begun)
    show(
        bad.what, begun=begun, aborted=aborted, failed=summary.failed, wrong=summary.wrong, weight=weight,
        bound=bound, requests=summary.requests, failed_metrics=sorted(release.metrics(new, "Failed")),
    )  # fmt: skip
    assert summary.failed + summary.wrong <= bound
    assert release.metrics(new, "Failed") == ({bad.metric} if bad.metric else set())
    assert release.stable() == former
    assert _same(pods, release.pods(former))

    eventually(
        f"{bad.what} is out of main", lambda: not git_has(staging, release, next(iter(bad.settings))), REVERT_SECONDS
    )
    show(bad.what, reverted=since(start), commit=commit)
    eventually("the former version is Git's, too", lambda: release.is_promoted(former), REVERT_SECONDS)


def _same(before: Mapping[str, int], now: Mapping[str, int]) -> bool:
    """Whether no pod was restarted or replaced: the autoscaler adds some or removes some, and never does both."""
    gone, new = before.keys() - now.keys(), now.keys() - before.keys()
    return not (gone and new) and all(now[uid] == before[uid] for uid in before.keys() & now.keys())
