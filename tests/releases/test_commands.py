"""`platformctl release` and `verify` as people call them: kubectl asks a server of ours, everything else is real."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from platformctl.process import command, end, started
from tests.checks.small_platform import commit, commit_id, write_platform
from tests.releases import stories
from tests.releases.conftest import ROOT, Cluster
from tests.releases.objects import Object, owner, uid
from tests.releases.servers import ArgoServer, serving
from tests.releases.test_prometheus import free_port, wait_until_ready

TEST = ("--context", "test")
CLOCK = re.compile(r"^\d\d:\d\d:\d\d ", re.MULTILINE)
TOKEN = "right"


def test_status_has_a_line_for_each_rollout(cluster: Cluster) -> None:
    """Exit code 1, because one of them is not promoted."""
    cluster.api.objects = [*stories.aborted(), *stories.blue_green_promoted()]

    done = cluster.run("release", "status", *TEST)

    assert done.returncode == 1
    head, *rows = [re.split(r"\s{2,}", line) for line in done.stdout.splitlines()]
    assert head == [
        "service", "environment", "strategy", "phase", "step", "weight", "version", "ready", "age", "analysis",
    ]  # fmt: skip
    assert [row[:8] for row in rows] == [
        [
            "frontend", "staging", "canary", "Aborted", "0/5", "0 %",
            "0.4.1 (1f2e3d4c5b6a) → 0.5.0 (a9b8c7d6e5f4)", "2 old, 1 new",
        ],
        ["order-api", "production", "blue-green", "Healthy", "-", "100 %", "0.5.0 (a9b8c7d6e5f4)", "2/2"],
    ]  # fmt: skip
    assert [row[9] for row in rows] == ["Failed", "-"]


def test_status_of_a_quiet_environment_is_0(cluster: Cluster) -> None:
    """The aborted release in another one does not matter."""
    cluster.api.objects = [*stories.aborted(), *stories.blue_green_promoted()]

    done = cluster.run("release", "status", *TEST, "--environment", "production")

    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)


def test_status_of_nothing_is_an_error(cluster: Cluster) -> None:
    """An empty table would look like peace."""
    done = cluster.run("release", "status", *TEST)

    assert done.returncode == 2
    assert "error: there is no Rollout on this cluster" in done.stderr


@pytest.mark.parametrize(("story", "code", "word"), [("promoted", 0, "promoted"), ("aborted", 1, "aborted")])
def test_watch_in_a_pipe_ends_with_the_outcome(cluster: Cluster, story: str, code: int, word: str) -> None:
    """A line for each change, the last words, and the exit code; the release goes on while it is watched."""
    cluster.api.objects = stories.measuring()
    words = [str(ROOT / ".venv/bin/platformctl"), "release", "watch", "frontend", *TEST]
    env = {**os.environ, "KUBECONFIG": str(cluster.kubeconfig)}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=env) as child:
        assert child.stdout is not None
        first = [child.stdout.readline() for _ in range(5)]
        cluster.api.objects = getattr(stories, story)()
        rest, _ = child.communicate(timeout=30)

    assert CLOCK.sub("", "".join(first)).splitlines()[2] == "weight 20 %"
    assert child.returncode == code
    assert f"frontend in staging, revision 7 is {word} after" in rest
    assert "\x1b" not in rest


def test_watch_without_a_release_says_so(cluster: Cluster) -> None:
    """And does not wait for one unless it is told to."""
    cluster.api.objects = stories.promoted()

    done = cluster.run("release", "watch", "frontend", *TEST)
    late = cluster.run("release", "watch", "frontend", *TEST, "--next", "--timeout", "1")

    assert done.returncode == 0
    assert "no release of frontend in staging is under way; --next waits for one" in done.stdout
    assert late.returncode == 3
    assert "frontend in staging did not end within 1 s" in late.stderr


def test_a_service_that_is_not_there_is_an_error(cluster: Cluster) -> None:
    """With the command that lists what there is."""
    cluster.api.objects = stories.promoted()

    done = cluster.run("release", "watch", "basket", *TEST)

    assert done.returncode == 2
    assert "error: there is no Rollout basket in any environment" in done.stderr
    assert "fix: `platformctl release status` lists what there is" in done.stderr


def test_a_report_of_an_aborted_release_is_written(cluster: Cluster, tmp_path: Path) -> None:
    """Without a Prometheus, and without Argo CD on that cluster, it says what is not known."""
    cluster.api.objects = stories.aborted()

    done = cluster.run("release", "report", "frontend", *TEST, "--output", str(tmp_path))

    path = tmp_path / "frontend-staging-7.html"
    assert done.stdout == f"{path}: frontend in staging, revision 7, aborted\n"
    text = path.read_text()
    assert "Aborted at 20 % of the traffic after 1m 11s: errors was 0.1897 where ≤ 0.02 is good" in text
    assert "No measurements: no Prometheus was asked" in text
    assert "Argo CD&#39;s history does not reach back" in text


def test_reports_since_a_time_go_into_a_folder(cluster: Cluster, tmp_path: Path) -> None:
    """One file cannot hold several; without any there is nothing to write."""
    cluster.api.objects = stories.reverted()
    words = ("release", "report", "frontend", *TEST, "--output", str(tmp_path))

    none = cluster.run(*words, "--since", "1m")
    found = cluster.run(*words, "--since", "2026-01-01T00:00:00Z")

    assert none.returncode == 2
    assert "error: frontend in staging was not released since" in none.stderr
    assert (found.returncode, len(found.stdout.splitlines())) == (0, 1)


@pytest.fixture
def argo() -> Iterator[tuple[ArgoServer, str]]:
    """Argo CD's API for a frontend that waits for a person, and its address."""
    server = ArgoServer(stories.waiting()[0], TOKEN)
    with serving(server.reply) as port:
        yield server, f"http://127.0.0.1:{port}"


def test_promote_says_what_it_did_and_what_happens_next(cluster: Cluster, argo: tuple[ArgoServer, str]) -> None:
    """Through Argo CD alone: the kubeconfig is not asked."""
    server, url = argo

    done = cluster.run("release", "promote", "frontend", "--server", url, ARGOCD_AUTH_TOKEN=TOKEN)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "frontend in staging, revision 7: ended the pause",
        "next: it was the last step: it gets all traffic",
        "see:  platformctl release watch frontend --environment staging",
    ]
    assert [each["action"] for each in server.ran] == ["resume"]


@pytest.mark.parametrize(
    ("words", "action"),
    [(("promote", "--full"), "promote-full"), (("abort",), "abort"), (("pause",), "pause"), (("resume",), "resume")],
)
def test_every_action_reaches_argo_cd(
    cluster: Cluster, argo: tuple[ArgoServer, str], words: tuple[str, ...], action: str
) -> None:
    """By the name that it has there."""
    server, url = argo
    verb, *options = words

    done = cluster.run("release", verb, "frontend", *options, "--server", url, "--token", TOKEN)

    assert done.returncode == 0, done.stderr
    assert [each["action"] for each in server.ran] == [action]


def test_what_makes_no_sense_is_refused_and_not_run(cluster: Cluster, argo: tuple[ArgoServer, str]) -> None:
    """With why, and what to do."""
    server, url = argo
    server.rollout = stories.promoted()[0]

    done = cluster.run("release", "promote", "frontend", "--server", url, "--token", TOKEN)

    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "error: frontend in staging cannot be promoted now",
        "  why: there is nothing to promote: revision 7 serves everybody already (Healthy)",
        "  fix: push a new version first; to go back to a former one, revert its commit",
    ]
    assert server.ran == []


def test_a_controller_that_is_about_to_look_is_waited_for(cluster: Cluster, argo: tuple[ArgoServer, str]) -> None:
    """Its status is still about the version before."""
    server, url = argo
    seen = server.rollout
    unseen = copy.deepcopy(seen)
    unseen["metadata"]["generation"] = int(seen["status"]["observedGeneration"]) + 1
    server.rollout, server.upcoming = unseen, [unseen, seen]

    done = cluster.run("release", "abort", "frontend", "--server", url, "--token", TOKEN)

    assert done.returncode == 0, done.stderr
    assert [each["action"] for each in server.ran] == ["abort"]


def test_a_controller_that_does_not_look_is_reported(cluster: Cluster, argo: tuple[ArgoServer, str]) -> None:
    """Nobody knows what the action would meet."""
    server, url = argo
    server.rollout = copy.deepcopy(server.rollout)
    server.rollout["metadata"]["generation"] = int(server.rollout["status"]["observedGeneration"]) + 1

    done = cluster.run("release", "abort", "frontend", "--server", url, "--token", TOKEN)

    assert done.returncode == 2
    assert "its controller has not looked at the newest change yet" in done.stderr
    assert server.ran == []


def test_what_argo_cd_does_not_offer_is_not_run(cluster: Cluster, argo: tuple[ArgoServer, str]) -> None:
    """It may know better: the Rollout changed in between."""
    server, url = argo
    server.disabled = {"resume"}

    done = cluster.run("release", "promote", "frontend", "--server", url, "--token", TOKEN)

    assert done.returncode == 2
    assert "error: Argo CD does not offer resume for frontend in staging now" in done.stderr
    assert server.ran == []


def test_an_environment_has_to_be_chosen_where_there_are_several(
    cluster: Cluster, argo: tuple[ArgoServer, str]
) -> None:
    """Nothing is promoted by chance."""
    server, url = argo
    server.environments = ["staging", "production"]
    words = ("release", "promote", "frontend", "--server", url, "--token", TOKEN)

    unclear = cluster.run(*words)
    nowhere = cluster.run(*words, "--environment", "moon")
    clear = cluster.run(*words, "--environment", "production")

    assert (unclear.returncode, nowhere.returncode, clear.returncode) == (2, 2, 0)
    assert "frontend runs in several places: production/production, staging/staging" in unclear.stderr
    assert "error: Argo CD has no Application of frontend in moon" in nowhere.stderr
    assert [each["name"] for each in server.ran] == ["frontend-production"]


def test_a_server_needs_a_token(cluster: Cluster) -> None:
    """And it never shows one."""
    missing = cluster.run("release", "abort", "frontend", "--server", "127.0.0.1:1", ARGOCD_AUTH_TOKEN="")
    away = cluster.run("release", "abort", "frontend", "--server", "127.0.0.1:1", "--token", "secret-word")

    assert (missing.returncode, away.returncode) == (2, 3)
    assert "error: --server needs --token" in missing.stderr
    assert "error: Argo CD at https://127.0.0.1:1 does not answer" in away.stderr
    assert "secret-word" not in away.stderr


@pytest.fixture
def platform(cluster: Cluster, tmp_path: Path) -> Path:
    """A small platform in Git, whose staging runs as Git demands on the cluster."""
    root = tmp_path / "platform"
    root.mkdir()
    for folder in ("policy", "requirements", "tools"):
        shutil.copytree(ROOT / folder, root / folder)
    write_platform(root)
    commit(root)
    pinned = root / "clusters/one/production.yaml"
    pinned.write_text(pinned.read_text().replace("0" * 40, commit_id(root)))
    cluster.api.objects = running(cluster, root)
    return root


def running(cluster: Cluster, root: Path) -> list[Object]:
    """What a cluster would run of that platform's staging: its own rendering, completed by two pods."""
    done = cluster.run("render", "one/staging:web-staging", cwd=root)
    assert done.returncode == 0, done.stderr
    rendered = [each for each in yaml.safe_load_all(done.stdout) if each]
    [deployment] = [each for each in rendered if each["kind"] == "Deployment"]
    deployment["metadata"] |= {"uid": uid("Deployment", "web", "staging"), "generation": 1}
    deployment["status"] = {"observedGeneration": 1, "replicas": 2, "updatedReplicas": 2}
    labels = {"pod-template-hash": "abc"}
    set_ = {
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": "web-abc", "namespace": "staging", "labels": labels, "uid": uid("ReplicaSet", "web-abc", "staging"),
            "annotations": {"deployment.kubernetes.io/revision": "1"},
            "ownerReferences": [owner("Deployment", "web", "staging")],
        },
    }  # fmt: skip
    pods = [
        {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {
                "name": f"web-abc-{index}", "namespace": "staging", "labels": labels,
                "ownerReferences": [owner("ReplicaSet", "web-abc", "staging")],
            },
            "spec": json.loads(json.dumps(deployment["spec"]["template"]["spec"])),
            "status": {
                "phase": "Running",
                "containerStatuses": [{"name": "web", "imageID": f"docker.io/library/nginx@sha256:{'5d' * 32}"}],
            },
        }
        for index in range(2)
    ]  # fmt: skip
    return [deployment, set_, *pods]


def verify(cluster: Cluster, platform: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Compare the cluster with staging of that platform."""
    return cluster.run("verify", *TEST, "--cluster", "one/staging", *words, cwd=platform)


def test_verify_says_that_all_is_as_git_demands(cluster: Cluster, platform: Path) -> None:
    """By the gate's own expansion and rendering; with the sums, so that nothing compared is not taken for peace."""
    done = verify(cluster, platform)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == (
        f"2 pods of 1 workloads compared with {commit_id(platform)[:12]}: 0 differences, 0 releases under way\n"
    )


def test_verify_reports_what_runs_otherwise(cluster: Cluster, platform: Path, tmp_path: Path) -> None:
    """Exit code 1; the same as JSON, and as a metric in a file."""
    cluster.api.objects[2]["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] = False
    metrics = tmp_path / "metrics.prom"

    done = verify(cluster, platform, "--format", "json", "--metrics-file", str(metrics))

    assert done.returncode == 1, done.stderr
    [found] = json.loads(done.stdout)["differences"]
    assert (found["cluster"], found["service"], found["pod"], found["what"], found["path"]) == (
        "one/staging", "web", "web-abc-0", "security", "containers[web].securityContext",
    )  # fmt: skip
    sample = (
        'techcommerce_git_difference{cluster="one/staging",environment="platform",service="web",what="security"} 1.0'
    )
    assert sample in metrics.read_text().splitlines()


def test_verify_of_another_git_looks_at_its_newest_main(cluster: Cluster, platform: Path, tmp_path: Path) -> None:
    """A push that nobody has synced is a difference: Git demands it, and nothing runs it."""
    deployment = platform / "base/web/deployment.yaml"
    deployment.write_text(deployment.read_text().replace("cpu: 20m", "cpu: 30m"))
    commit(platform)

    done = cluster.run(
        "verify", *TEST, "--cluster", "one/staging", "--git", str(platform), cwd=platform,
        XDG_STATE_HOME=str(tmp_path / "state"),
    )  # fmt: skip

    assert done.returncode == 1, done.stderr
    assert f"compared with {commit_id(platform)[:12]}: 2 differences" in done.stdout
    assert "resources, containers[web].resources" in done.stdout


def test_verify_needs_to_know_which_cluster_it_is(cluster: Cluster, platform: Path) -> None:
    """And knows those that Git has."""
    missing = cluster.run("verify", *TEST, cwd=platform)
    unknown = cluster.run("verify", *TEST, "--cluster", "moon", cwd=platform)

    assert (missing.returncode, unknown.returncode) == (2, 2)
    assert "error: --context needs --cluster" in missing.stderr
    assert "why: it has one/production, one/staging" in unknown.stderr


def test_verify_serves_metrics_until_it_is_ended(cluster: Cluster, platform: Path, tmp_path: Path) -> None:
    """Compared again and again: what was mended is zero with the next round."""
    cluster.api.objects[2]["spec"]["hostNetwork"] = True
    port = free_port()
    words = ("verify", *TEST, "--cluster", "one/staging", "--serve", str(port), "--interval", "1")
    wanted = command(ROOT / ".venv/bin/platformctl", *words, cwd=platform, env={"KUBECONFIG": str(cluster.kubeconfig)})
    log = tmp_path / "log"
    with log.open("wb") as output, started(wanted, output) as child:
        wait_until_ready(f"http://127.0.0.1:{port}/metrics", log)
        bad = _until(port, 'what="security"} 1.0')
        cluster.api.objects = running(cluster, platform)
        good = _until(port, 'what="security"} 0.0')
        end(child)

    assert "techcommerce_git_verify_success 1.0" in bad
    assert "techcommerce_git_compared_pods 2.0" in good


def _until(port: int, words: str) -> str:
    """The metrics as soon as they have these words."""
    deadline = time.monotonic() + 30
    text = ""
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
            text = answer.read().decode()
        if words in text:
            return text
        time.sleep(0.1)
    raise AssertionError(text)
