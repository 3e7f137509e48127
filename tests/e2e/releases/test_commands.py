"""Releases watched, steered and reported on a real cluster, and what runs compared with Git."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from platformctl.cluster import accounts, secrets
from platformctl.errors import PlatformError
from platformctl.releases import places
from platformctl.repo import Repo
from tests.e2e.live import ROOT, Clone, Live, eventually, platformctl
from tests.e2e.releases.release import Release, git_has
from tests.e2e.releases.visitors import visiting

SETTINGS = "overlays/staging/frontend/differences/settings.env"
WHERE = ("frontend", "--environment", "staging")


@contextmanager
def watching(live: Live) -> Iterator[subprocess.Popen[str]]:
    """`release watch` in a pipe; whoever leaves the block early ends it."""
    words = [str(ROOT / ".venv/bin/platformctl"), "release", "watch", *WHERE, "--name", live.cluster.name]
    with subprocess.Popen(
        [*words, "--next", "--timeout", "600"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as child:
        try:
            yield child
        finally:
            child.terminate()


def release(live: Live, verb: str, *more: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """An action on the frontend in staging."""
    return platformctl("release", verb, *WHERE, "--name", live.cluster.name, *more, check=check, timeout=120)


def rollout(live: Live) -> dict[str, Any]:
    """The frontend's Rollout in staging."""
    return live.objects("rollouts.argoproj.io", "-n", "staging", "frontend")[0]


def healthy(live: Live) -> bool:
    """Whether everybody is served by what Git wants."""
    status = rollout(live)["status"]
    return bool(status.get("phase") == "Healthy" and status["stableRS"] == status["currentPodHash"])


def settle(live: Live) -> None:
    """Wait until nothing is under way."""
    eventually("the frontend is healthy", lambda: healthy(live), seconds=300)


def change(clone: Clone, *lines: str) -> str:
    """Push a version that differs in its settings; the commit."""
    path = clone.folder / SETTINGS
    kept = [line for line in path.read_text().splitlines() if not line.startswith("TECHCOMMERCE_FAULT_")]
    name = f"TECHCOMMERCE_SHOP_NAME=Shop {uuid.uuid4().hex[:8]}"
    kept = [name if line.startswith("TECHCOMMERCE_SHOP_NAME=") else line for line in kept]
    path.write_text("\n".join([*kept, *lines]) + "\n")
    return clone.push("Another version of the frontend in staging")


@pytest.fixture(autouse=True)
def _settled(live: Live) -> None:
    settle(live)


def test_status_lists_every_service_and_environment(live: Live) -> None:
    """Six Rollouts, all promoted: exit code 0."""
    done = platformctl("release", "status", "--name", live.cluster.name, "--environment", "staging", timeout=60)

    rows = [line.split() for line in done.stdout.splitlines()[1:]]
    assert [row[:3] for row in rows] == [
        ["frontend", "staging", "canary"], ["order-api", "staging", "blue-green"], ["product-api", "staging", "canary"],
    ]  # fmt: skip


def test_nothing_can_be_promoted_or_aborted_when_nothing_is_released(live: Live) -> None:
    """Refused before Argo CD is asked to do anything."""
    for verb in ("promote", "abort", "retry", "pause", "resume"):
        done = release(live, verb, check=False)

        assert done.returncode == 2, done.stdout + done.stderr
        assert f"there is nothing to {verb}" in done.stderr


def test_a_good_release_is_paused_resumed_watched_and_reported(live: Live, clone: Clone, tmp_path: Path) -> None:
    """The pause holds the weight; the watch ends with 0; the report has weights, samples and commits."""
    with visiting(live, "staging") as seen, watching(live) as watch:
        commit = change(clone)
        eventually("some traffic", lambda: weight(live) > 0, seconds=120)
        paused = release(live, "pause")
        before = weight(live)
        eventually("paused by hand", lambda: rollout(live)["spec"].get("paused") is True)
        # a sync in between must neither end the pause nor move the weight
        live.kubectl(
            "annotate", "application", "-n", "argocd", "frontend-staging", "argocd.argoproj.io/refresh=hard",
            "--overwrite",
        )  # fmt: skip
        eventually("the refresh is done", lambda: refreshed(live), seconds=60)
        held = weight(live)
        resumed = release(live, "resume")
        output, _ = watch.communicate(timeout=600)

    assert "stopped it where it is" in paused.stdout
    assert held == before
    assert "let it go on" in resumed.stdout
    assert watch.returncode == 0, output
    assert "is promoted after" in output
    assert set(seen.statuses) == {200}, seen.statuses
    release(live, "report", "--output", str(tmp_path))
    [path] = tmp_path.glob("frontend-staging-*.html")
    text = path.read_text()
    assert "Promoted after" in text
    assert "No measurements" not in text
    assert "no samples" not in text
    assert f"<code>{commit[:12]}</code>" in text
    assert SETTINGS.rpartition("/")[2] in text


def test_a_bad_release_is_aborted_watched_and_reported(live: Live, clone: Clone, tmp_path: Path) -> None:
    """The watch ends with 1, the report says which check said no, and Git takes it back meanwhile."""
    with visiting(live, "staging"), watching(live) as watch:
        change(clone, "TECHCOMMERCE_FAULT_ERROR_RATE=0.5")
        output, _ = watch.communicate(timeout=600)
        release(live, "report", "--since", "10m", "--output", str(tmp_path))  # the revert may be under way already

    assert watch.returncode == 1, output
    assert "is aborted after" in output
    assert any(
        "Aborted at" in (text := path.read_text()) and "errors was" in text
        for path in tmp_path.glob("frontend-staging-*.html")
    )
    bad = Release(live, "frontend")
    eventually("Git has taken it back", lambda: not git_has(clone, bad, "TECHCOMMERCE_FAULT_"), seconds=180)


def test_a_release_is_aborted_and_retried_by_hand(live: Live, clone: Clone) -> None:
    """An abort is the operator's to take back: nothing reverts it, and the retry goes to its end."""
    with visiting(live, "staging"), watching(live) as watch:
        change(clone)
        eventually("some traffic", lambda: weight(live) > 0, seconds=120)
        aborted = release(live, "abort")
        eventually("no traffic", lambda: weight(live) == 0)
        output, _ = watch.communicate(timeout=120)
        again = release(live, "abort", check=False)
        retried = release(live, "retry")
        eventually("traffic again", lambda: weight(live) > 0, seconds=120)
        promoted = release(live, "promote", "--full")
        settle(live)

    assert watch.returncode == 1, output
    assert "gave the new version up" in aborted.stdout
    assert again.returncode == 2
    assert "is aborted already" in again.stderr
    assert "took the abort back" in retried.stdout
    assert "skipped every step and analysis that was left" in promoted.stdout


def test_verify_agrees_with_git_and_sees_an_edit_by_hand(live: Live) -> None:
    """A ConfigMap whose content was changed under its name, which Argo CD is not asked about."""
    eventually("nothing is under way", lambda: verify(live)["summary"]["progress"] == 0, seconds=600, pause=5)
    before = verify(live)
    name = next(
        each["metadata"]["name"]
        for each in live.objects("configmaps", "-n", "staging")
        if each["metadata"]["name"].startswith("frontend-settings-") and used(live, each["metadata"]["name"])
    )
    live.kubectl("patch", "configmap", "-n", "staging", name, "-p", json.dumps({"data": {"TECHCOMMERCE_EXTRA": "1"}}))
    try:
        found = verify(live)
    finally:
        removal = json.dumps([{"op": "remove", "path": "/data/TECHCOMMERCE_EXTRA"}])
        live.kubectl("patch", "configmap", "-n", "staging", name, "--type=json", "-p", removal)

    assert before["differences"] == []
    assert before["summary"]["pods"] >= 12
    assert [(each["service"], each["what"]) for each in found["differences"]] == [("frontend", "settings")]


def test_verify_writes_metrics(live: Live, tmp_path: Path) -> None:
    """Zeros for every service of both environments."""
    path = tmp_path / "metrics.prom"

    platformctl("verify", "--name", live.cluster.name, "--metrics-file", str(path), check=False, timeout=120)

    text = path.read_text()
    for environment in ("staging", "production"):
        for service in ("frontend", "product-api", "order-api"):
            where = f'cluster="local/{environment}",environment="{environment}",service="{service}"'
            assert f'techcommerce_git_difference{{{where},what="image"}} 0.0' in text


def test_the_account_for_releases_can_do_nothing_else(live: Live) -> None:
    """Argo CD itself refuses a sync with its token."""
    argo = places.argo_cd(Repo(ROOT), live.cluster.name, None, None, None)
    assert argo.token == accounts.token(secrets.ensure(live.cluster.folder))
    [application] = [each for each in argo.applications("frontend") if each.environment == "staging"]

    with pytest.raises(PlatformError, match="Argo CD does not allow POST"):
        argo._call("POST", f"applications/{application.name}/sync", {})
    with pytest.raises(PlatformError, match="Argo CD does not allow POST"):
        argo.run(application, "restart")


def weight(live: Live) -> int:
    """Percent of the traffic that the new version gets, as its router has it."""
    services = live.objects("traefikservices.traefik.io", "-n", "staging", "frontend")[0]["spec"]["weighted"][
        "services"
    ]
    return int(next(each["weight"] for each in services if each["name"] == "frontend-canary"))


def refreshed(live: Live) -> bool:
    """Whether Argo CD has compared again: it removes the annotation that asked for it."""
    return "argocd.argoproj.io/refresh" not in live.application("frontend-staging")["metadata"].get("annotations", {})


def used(live: Live, name: str) -> bool:
    """Whether the pods that run now read that ConfigMap."""
    sources = rollout(live)["spec"]["template"]["spec"]["containers"][0]["envFrom"]
    return any(each.get("configMapRef", {}).get("name") == name for each in sources)


def verify(live: Live) -> dict[str, Any]:
    """The comparison as data."""
    done = platformctl("verify", "--name", live.cluster.name, "--format", "json", check=False, timeout=180)
    assert done.returncode in (0, 1), done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found
