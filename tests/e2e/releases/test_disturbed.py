"""What happens to a release in which something else happens."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.live import Clone, Live, eventually, platformctl
from tests.e2e.releases.release import Release, set_harmless, show, since
from tests.e2e.releases.traffic import visitors
from tests.e2e.releases.versions import SERVICES

pytestmark = pytest.mark.long
SERVICE = "frontend"
WEIGHT = 20  # percent, the first that its canary gets
PROMETHEUS_STARTED = 'max(process_start_time_seconds{namespace="monitoring",service="prometheus"})'  # as analyses ask


@pytest.fixture
def release(live: Live) -> Release:
    """The frontend's."""
    return Release(live, SERVICE)


def _begun(staging: Clone, release: Release) -> str:
    """A good version that has its first share of the requests; its hash."""
    former = release.stable()
    set_harmless(staging, release)
    new = release.begins(former)
    release.reaches(WEIGHT)
    return new


def test_a_sync_leaves_the_weights(live: Live, staging: Clone, release: Release, tmp_path: Path) -> None:
    """Git says 100 to 0 all the time; a sync in the middle of a canary must not."""
    with visitors(live, tmp_path / "traffic") as traffic:
        new = _begun(staging, release)
        name = f"{SERVICE}-{release.environment}"
        options = live.application(name)["spec"]["syncPolicy"]["syncOptions"]
        sync = {"operation": {"initiatedBy": {"username": "test"}, "sync": {"syncOptions": options}}}
        before = live.application(name)["status"]["operationState"]["startedAt"]
        live.kubectl("patch", "applications.argoproj.io", "-n", "argocd", name, "--type=merge", "-p", json.dumps(sync))

        def synced() -> bool:
            state = live.application(name)["status"]["operationState"]
            return bool(state["startedAt"] != before and state["phase"] == "Succeeded")

        eventually("a sync in the middle of the canary", synced)
        assert release.canary_weight() >= WEIGHT
        release.ends_promoted(new)

    assert traffic.summary.failed == 0


def test_a_restart_of_the_controller_is_borne(live: Live, staging: Clone, release: Release, tmp_path: Path) -> None:
    """All it knows stands in the cluster: the release goes on where it was."""
    with visitors(live, tmp_path / "traffic") as traffic:
        new = _begun(staging, release)
        live.kubectl(
            "delete", "pod", "-n", "argo-rollouts", "-l", "app.kubernetes.io/name=argo-rollouts", "--wait=false"
        )
        release.ends_promoted(new)

    assert traffic.summary.failed == 0


@pytest.fixture
def seen_by_the_next_prometheus(live: Live, staging: Clone, release: Release) -> Iterator[Clone]:
    """Pods that the Prometheus of later tests saw start: a way back to older ones would be left to a person, too."""
    yield staging
    live.kubectl("wait", "pod", "-n", "monitoring", "-l", "prometheus=prometheus", "--for=condition=Ready")
    shop = f"app.kubernetes.io/name in ({','.join(SERVICES)})"
    live.kubectl("delete", "pod", "-n", release.environment, "-l", shop)
    # a release that began while they are replaced would be judged by answers of a shop that is not there
    shops = [Release(live, service, release.environment) for service in SERVICES]
    eventually("new pods", lambda: all(each.status()["phase"] == "Healthy" for each in shops), 120)
    # it answers with the last that it knows of a pod for five minutes; no answer is not yet one
    seen = f'min(version:started:min{{namespace="{release.environment}"}}) > {PROMETHEUS_STARTED}'
    eventually("a Prometheus that saw every pod start", lambda: live.samples(seen), 400)


@pytest.mark.usefixtures("seen_by_the_next_prometheus")
def test_without_prometheus_a_person_decides(live: Live, staging: Clone, release: Release, tmp_path: Path) -> None:
    """Who did not see the canary says neither yes nor no: the release waits, and goes on when somebody says so."""
    former = release.stable()
    with visitors(live, tmp_path / "traffic"):
        new = _begun(staging, release)
        live.kubectl("delete", "pod", "-n", "monitoring", "-l", "prometheus=prometheus", "--wait=false")
        release.pauses("InconclusiveAnalysisRun")

        assert release.stable() == former
        assert release.metrics(new, "Failed") == set()
        assert release.canary_weight() == WEIGHT
        platformctl(
            "release", "promote", SERVICE, "--environment", release.environment, "--name", live.cluster.name, "--full"
        )
        release.ends_promoted(new)


def test_an_operators_abort_ends_it(live: Live, staging: Clone, release: Release, tmp_path: Path) -> None:
    """All requests go to the former version at once, and Git is left to the operator."""
    former = release.stable()
    with visitors(live, tmp_path / "traffic") as traffic:
        new = _begun(staging, release)
        platformctl("release", "abort", SERVICE, "--environment", release.environment, "--name", live.cluster.name)
        release.ends_aborted(new)
        release.reaches(0)

    assert release.stable() == former
    assert traffic.summary.failed == 0


def test_a_canary_without_pods_costs_no_more_than_its_share(
    live: Live, staging: Clone, release: Release, tmp_path: Path
) -> None:
    """Its only pod is killed: nobody but those who are sent to it notices, and it is promoted when another is there."""
    with visitors(live, tmp_path / "traffic") as traffic:
        new = _begun(staging, release)
        (killed,) = release.pods(new)
        start = time.monotonic()
        pods = ("pod", "-n", release.environment, "-l", release.selector(new))
        live.kubectl("delete", *pods, "--grace-period=0", "--force", "--wait=false")
        eventually("another pod of the canary", lambda: release.pods(new).keys() - {killed})
        live.kubectl("wait", *pods, "--for=condition=Ready", "--timeout=120s")
        without = since(start)
        release.ends_promoted(new)

    bound = traffic.summary.share(WEIGHT, without)
    show("a canary without pods", without=without, failed=traffic.summary.failed, bound=bound)
    assert traffic.summary.failed <= bound
