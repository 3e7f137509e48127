"""The platform that releases are tried on: one for all tests of this folder."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.e2e.live import Clone, Live, platformctl
from tests.e2e.releases.release import STABLE_SECONDS, Release
from tests.e2e.releases.traffic import visitors
from tests.e2e.releases.versions import SERVICES


@pytest.fixture
def staging(live: Live, clone: Clone, tmp_path: Path) -> Iterator[Clone]:
    """A clone for pushing versions to staging: nothing is released before, and afterwards all is as it was."""
    before = clone.git("rev-parse", "HEAD")
    releases = [Release(live, service) for service in SERVICES]
    _rest(clone, releases, before)
    yield clone
    clone.git("fetch", "-q", "origin", "main")
    clone.git("reset", "-q", "--hard", "origin/main")
    clone.git("checkout", "-q", before, "--", *(release.settings for release in releases))
    if not clone.git("status", "--porcelain"):
        _rest(clone, releases, clone.git("rev-parse", "HEAD"))
        return
    # what is further back than the rollback window is a release like any other, which needs visitors
    with visitors(live, tmp_path / "afterwards", seconds=int(STABLE_SECONDS)):
        _rest(clone, releases, clone.push("Settings as before the test"))


def _rest(clone: Clone, releases: list[Release], commit: str) -> None:
    for release in releases:
        release.rests(clone, commit)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what a release left to the report of a failed test: its analyses, its pods' last words, its HTML page."""
    report = yield
    live = item.funcargs.get("live") if isinstance(item, pytest.Function) else None
    if not report.failed or live is None:
        return report
    for words in (
        ("get", "analysisruns.argoproj.io", "-A", "-o", "yaml"),
        ("describe", "rollouts.argoproj.io", "-n", "staging"),
        ("logs", "-n", "argo-rollouts", "deploy/argo-rollouts", "--tail=200"),
        ("logs", "-n", "staging", "-l", "app.kubernetes.io/name=smoke", "--tail=50", "--prefix"),
    ):
        try:
            report.sections.append((f"kubectl {' '.join(words)}", live.kubectl(*words)[-12000:]))
        except (subprocess.SubprocessError, OSError) as error:
            report.sections.append((f"kubectl {' '.join(words)}", repr(error)))
    for service in SERVICES:
        page = platformctl(
            "release", "report", service, "--environment", "staging", "--name", live.cluster.name, "--since", "30m",
            "--output", str(item.funcargs.get("tmp_path", tempfile.gettempdir())), check=False,
        )  # fmt: skip
        report.sections.append((f"report of {service}", page.stdout[-2000:] + page.stderr[-2000:]))
    return report
