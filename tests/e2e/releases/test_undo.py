"""Aborted releases taken back in Git on a real cluster: what merges itself, what waits for somebody, and only once."""

from __future__ import annotations

import io
import json
import re
import subprocess
import time
import urllib.request
import uuid
import zipfile
from typing import Any
from urllib.parse import urlsplit

import pytest

from platformctl.cluster import secrets
from platformctl.cluster.gitea import OWNER, REPOSITORY, UNDOER, Gitea
from tests.e2e.live import ROOT, Clone, Live, eventually, platformctl
from tests.e2e.releases.visitors import visiting

SETTINGS = "overlays/staging/frontend/differences/settings.env"
BASE = "base/frontend/kustomization.yaml"
PIN = "clusters/local/production.yaml"
BLOCKED = "policy/blocked.yaml"
FAULT = "TECHCOMMERCE_FAULT_ERROR_RATE=0.5"


def rollout(live: Live, environment: str = "staging") -> dict[str, Any]:
    """The frontend's Rollout."""
    return live.objects("rollouts.argoproj.io", "-n", environment, "frontend")[0]


def is_promoted(live: Live, environment: str = "staging") -> bool:
    """Whether everybody is served by what Git wants."""
    status = rollout(live, environment)["status"]
    return bool(status.get("phase") == "Healthy" and status["stableRS"] == status["currentPodHash"])


def is_aborted(live: Live, environment: str = "staging") -> bool:
    """Whether the new version was given up."""
    return rollout(live, environment)["status"].get("abort") is True


def abort(live: Live, environment: str) -> None:
    """What an operator's `abort` does to the Rollout."""
    patch = json.dumps({"status": {"abort": True}})
    words = ("patch", "rollouts.argoproj.io", "frontend", "-n", environment, "--subresource=status", "--type=merge")
    live.kubectl(*words, "-p", patch)
    eventually("aborted", lambda: is_aborted(live, environment), seconds=60)


def restart(live: Live) -> None:
    """Another process of the undo."""
    live.kubectl("rollout", "restart", "deployment/release-undo", "-n", "release-undo")
    live.kubectl("rollout", "status", "deployment/release-undo", "-n", "release-undo", "--timeout=120s", timeout=130)


@pytest.fixture
def git(live: Live) -> Gitea:
    """The Git server, as its administrator."""
    password = secrets.ensure(live.cluster.folder)["git"]
    return Gitea(f"http://127.0.0.1:{live.cluster.port('git')}", "platform-bot", password)


def pulls(git: Gitea, environment: str) -> list[dict[str, Any]]:
    """The pull requests of undos there, newest first."""
    found = git.call("GET", f"/repos/{OWNER}/{REPOSITORY}/pulls?state=all&limit=50")
    return [each for each in found if each["head"]["label"].startswith(f"undo/frontend-{environment}-")]


@pytest.fixture(autouse=True)
def _settled(live: Live) -> None:
    """Every test begins with healthy versions."""
    for environment in ("staging", "production"):
        eventually("settled", lambda name=environment: is_promoted(live, name), seconds=300)


def attached(live: Live, asset: dict[str, Any]) -> str:
    """The page in the archive that is attached to a pull request; its address is the cluster's, and open to anybody."""
    path = urlsplit(asset["browser_download_url"]).path
    with urllib.request.urlopen(f"http://127.0.0.1:{live.cluster.port('git')}{path}", timeout=10) as answer:
        archive = zipfile.ZipFile(io.BytesIO(answer.read()))
    return archive.read(archive.namelist()[0]).decode()


def renamed(clone: Clone, *lines: str) -> str:
    """Push a version of the frontend in staging that differs in its settings; the commit."""
    path = clone.folder / SETTINGS
    name = f"TECHCOMMERCE_SHOP_NAME=Shop {uuid.uuid4().hex[:8]}"
    kept = [name if line.startswith("TECHCOMMERCE_SHOP_NAME=") else line for line in path.read_text().splitlines()]
    path.write_text("\n".join([*kept, *lines]) + "\n")
    return clone.push("Another version of the frontend in staging")


def test_a_bad_release_takes_itself_back_and_may_not_come_again(live: Live, clone: Clone, git: Gitea) -> None:
    """Errors, abort, revert merged, healthy again, without anybody; the gate refuses the same version afterwards."""
    before, known = (clone.folder / SETTINGS).read_text(), len(pulls(git, "staging"))
    with visiting(live, "staging"):
        began = time.monotonic()
        commit = renamed(clone, FAULT)
        bad = (clone.folder / SETTINGS).read_text()
        eventually("aborted", lambda: is_aborted(live), seconds=300)
        aborted = time.monotonic()
        eventually("merged", lambda: pulls(git, "staging")[0]["merged"] and len(pulls(git, "staging")) == known + 1)
        merged = time.monotonic()
        eventually("healthy again", lambda: is_promoted(live), seconds=300)
        healthy = time.monotonic()
    print(
        f"push to abort {aborted - began:.1f} s, abort to revert {merged - aborted:.1f} s, "
        f"revert to healthy {healthy - merged:.1f} s"
    )

    pull = pulls(git, "staging")[0]
    assert pull["user"]["login"] == UNDOER
    assert [label["name"] for label in pull["labels"]] == ["undo"]
    assert commit in pull["body"]
    assert "**Failed**" in pull["body"]
    [asset] = git.call("GET", f"/repos/{OWNER}/{REPOSITORY}/issues/{pull['number']}/assets")
    report = attached(live, asset)
    assert "Aborted at" in report
    assert "No measurements" not in report
    clone.git("pull", "-q", "--rebase", "origin", "main")
    assert (clone.folder / SETTINGS).read_text() == before
    assert commit in (clone.folder / BLOCKED).read_text()

    restart(live)
    assert len(pulls(git, "staging")) == known + 1

    (clone.folder / SETTINGS).write_text(bad)
    clone.git("commit", "-q", "-am", "The same again")
    checked = subprocess.run(
        [str(ROOT / ".venv/bin/platformctl"), "check", "--format", "json"],
        cwd=clone.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    found = [each for each in json.loads(checked.stdout)["findings"] if each["rule"] == "version-blocked"]
    assert checked.returncode == 1
    assert [(each["object"]["kind"], each["object"]["name"]) for each in found] == [("Rollout", "frontend")]
    assert BLOCKED in found[0]["message"]


def test_an_operators_abort_waits_for_them(live: Live, clone: Clone, git: Gitea) -> None:
    """It is opened and not merged; the command says the same; merged by hand the frontend is well again."""
    known = len(pulls(git, "staging"))
    with visiting(live, "staging"):
        renamed(clone)
        eventually("under way", lambda: not is_promoted(live), seconds=120)
        abort(live, "staging")
        eventually("opened", lambda: len(pulls(git, "staging")) == known + 1)
        restart(live)
        said = platformctl(
            "release", "undo", "frontend", "--environment", "staging", "--name", live.cluster.name
        ).stdout

        (pull,) = pulls(git, "staging")[: -known or None]
        assert not pull["merged"]
        assert (
            f"frontend in staging: opened somebody has to merge it http://127.0.0.1:{live.cluster.port('git')}" in said
        )
        git.call("POST", f"/repos/{OWNER}/{REPOSITORY}/pulls/{pull['number']}/merge", {"Do": "merge"})
        eventually("healthy again", lambda: is_promoted(live), seconds=300)


def test_productions_pin_goes_back_when_somebody_merges(live: Live, clone: Clone, git: Gitea) -> None:
    """The pull request moves one pin to the commit that ran before."""
    healthy = live.application("frontend-production")["spec"]["source"]["targetRevision"]
    clone.edit(BASE, "TECHCOMMERCE_LOG_LEVEL=info", "TECHCOMMERCE_LOG_LEVEL=debug")
    commit = clone.push("Say more everywhere")
    path = clone.folder / PIN
    path.write_text(re.sub(r"(name: frontend, revision: )\"?[0-9a-f]{40}\"?", rf'\g<1>"{commit}"', path.read_text()))
    clone.push("Move the frontend's pin in production")
    known = len(pulls(git, "production"))
    with visiting(live, "production"):
        eventually("under way", lambda: not is_promoted(live, "production"), seconds=120)
        abort(live, "production")
        eventually("opened", lambda: len(pulls(git, "production")) == known + 1)
        pull = pulls(git, "production")[0]
        assert not pull["merged"]
        git.call("POST", f"/repos/{OWNER}/{REPOSITORY}/pulls/{pull['number']}/merge", {"Do": "merge"})
        eventually("healthy again", lambda: is_promoted(live, "production"), seconds=300)

    clone.git("pull", "-q", "--rebase", "origin", "main")
    assert f'name: frontend, revision: "{healthy}"' in path.read_text()
    assert live.application("frontend-production")["spec"]["source"]["targetRevision"] == healthy


def test_nothing_is_left_over(live: Live) -> None:
    """The service runs, looks, and knows of no release that it could not take back."""
    metrics = live.kubectl("get", "--raw", "/api/v1/namespaces/release-undo/services/release-undo:8080/proxy/metrics")

    assert "techcommerce_undo_oldest_seconds 0.0" in metrics
    looked = re.search(r"^techcommerce_undo_last_look_timestamp_seconds (\S+)", metrics, re.MULTILINE)
    assert looked
    assert time.time() - float(looked[1]) < 300
