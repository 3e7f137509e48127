"""What may be done to a release: our rules, and whether Argo CD's own agree with them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from platformctl.errors import PlatformError
from platformctl.releases.actions import ACTIONS, check
from platformctl.releases.rollout import Rollout
from platformctl.repo import Repo
from platformctl.tools.programs import program
from tests.releases import stories
from tests.releases.servers import kubeconfig

SCRIPTS = Path(__file__).with_name("argo-cd")
# story -> what makes sense then
SENSIBLE = {
    "started": {"promote", "promote-full", "abort", "pause", "resume"},
    "measuring": {"promote-full", "abort", "pause"},
    "waiting": {"promote", "promote-full", "abort", "pause", "resume"},
    "inconclusive": {"promote", "promote-full", "abort", "pause", "resume"},
    "aborted": {"retry"},
    "blue_green_failed": {"retry"},
    "promoted": set(),
    "reverted": set(),
    "blue_green_promoted": set(),
}
REFUSALS = {
    ("promoted", "promote"): (
        "frontend in staging cannot be promoted now",
        "there is nothing to promote: revision 7 serves everybody already (Healthy)",
        "push a new version first; to go back to a former one, revert its commit",
    ),
    ("promoted", "abort"): (
        "frontend in staging cannot be aborted now",
        "there is nothing to abort: revision 7 serves everybody already (Healthy)",
        "push a new version first; to go back to a former one, revert its commit",
    ),
    ("measuring", "promote"): (
        "frontend in staging cannot be promoted now",
        "it does not wait for anybody: more replicas need to be updated",
        "let it go on (platformctl release watch frontend --environment staging), or skip what is left of it with "
        "--full",
    ),
    ("measuring", "retry"): (
        "frontend in staging cannot be retried now",
        "it was not aborted: it is Progressing",
        "look at it: platformctl release watch frontend --environment staging",
    ),
    ("measuring", "resume"): (
        "frontend in staging cannot be resumed now",
        "it is not paused: more replicas need to be updated",
        "look at it: platformctl release watch frontend --environment staging",
    ),
}


def rollout_of(story: str) -> Rollout:
    """The Rollout of a story."""
    return Rollout(next(each for each in getattr(stories, story)() if each["kind"] == "Rollout"))


def allowed(story: str) -> set[str]:
    """The actions that are not refused."""
    found = set()
    for name, action in ACTIONS.items():
        try:
            check(action, rollout_of(story))
            found.add(name)
        except PlatformError:
            continue
    return found


@pytest.mark.parametrize("story", SENSIBLE)
def test_only_what_makes_sense_is_allowed(story: str) -> None:
    """Nothing at all once everybody is served by what Git wants."""
    assert allowed(story) == SENSIBLE[story]


@pytest.mark.parametrize(("story", "name"), REFUSALS)
def test_a_refusal_says_why_and_what_to_do(story: str, name: str) -> None:
    """In words that can be acted on."""
    with pytest.raises(PlatformError) as refused:
        check(ACTIONS[name], rollout_of(story))

    assert (refused.value.what, refused.value.why, refused.value.fix) == REFUSALS[story, name]


def test_a_change_that_the_controller_has_not_seen_is_refused() -> None:
    """Its status is about another version."""
    content = dict(rollout_of("waiting").content)
    content["metadata"] = {**content["metadata"], "generation": 13}

    with pytest.raises(PlatformError, match="cannot be promoted now") as refused:
        check(ACTIONS["promote"], Rollout(content))

    assert refused.value.fix.startswith("try again in a few seconds; if it lasts, look whether the controller runs")


def test_a_pause_by_hand_is_not_made_twice() -> None:
    """It says how to go on instead."""
    content = dict(rollout_of("measuring").content)
    content["spec"] = {**content["spec"], "paused": True}

    with pytest.raises(PlatformError, match="cannot be paused now") as refused:
        check(ACTIONS["pause"], Rollout(content))

    assert refused.value.fix == "go on with it: platformctl release resume frontend --environment staging"


@pytest.mark.parametrize("story", SENSIBLE)
def test_argo_cd_offers_every_action_that_we_allow(story: str, repo: Repo, tmp_path: Path) -> None:
    """Its own rules, run by its own program at the pinned version, on the same objects."""
    rows = [line.split() for line in argocd(repo, "list-actions", story, tmp_path).splitlines()[1:]]

    offered = {row[0] for row in rows if row[1] == "false"}  # the column says disabled

    assert {row[0] for row in rows} >= {each.argo for each in ACTIONS.values()}
    assert {ACTIONS[name].argo for name in SENSIBLE[story]} <= offered


@pytest.mark.parametrize(
    ("story", "action", "changed"),
    [
        ("waiting", "resume", {"pauseConditions:", "reason: CanaryPauseStep", 'startTime: "2026-01-15T09:31:24Z"'}),
        ("measuring", "pause", {"paused: true"}),
        ("measuring", "abort", {"abort: true"}),
        ("aborted", "retry", {"abort: true"}),
        ("waiting", "promote-full", {"promoteFull: true"}),
    ],
)
def test_argo_cd_changes_what_an_action_says(
    story: str, action: str, changed: set[str], repo: Repo, tmp_path: Path
) -> None:
    """And nothing else of the object is touched."""
    lines = argocd(repo, "run-action", story, tmp_path, action).splitlines()

    assert {line[1:].strip(" -") for line in lines if line.startswith(("<", ">"))} == changed


def test_the_actions_are_those_of_the_pinned_argo_cd(repo: Repo) -> None:
    """They are copies of what its module has built in."""
    [version] = re.findall(r"github.com/argoproj/argo-cd/v3 (v\S+)", (repo.root / "tools/argo-cd/go.mod").read_text())

    assert version in (SCRIPTS / "README.md").read_text()


def argocd(repo: Repo, verb: str, story: str, folder: Path, *more: str) -> str:
    """What Argo CD's program says of a story's Rollout."""
    path, settings = folder / "rollout.yaml", folder / "argocd-cm.yaml"
    path.write_text(yaml.safe_dump(rollout_of(story).content))
    names = sorted({each.argo for each in ACTIONS.values()})
    scripts = {
        "discovery.lua": (SCRIPTS / "discovery.lua").read_text(),
        "definitions": [{"name": name, "action.lua": (SCRIPTS / f"{name}.lua").read_text()} for name in names],
    }
    content = {
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "argocd-cm", "namespace": "argocd"},
        "data": {"resource.customizations.actions.argoproj.io_Rollout": yaml.safe_dump(scripts)},
    }  # fmt: skip
    settings.write_text(yaml.safe_dump(content))
    done = subprocess.run(
        [
            program(repo, "argocd"), "admin", "settings", "resource-overrides", verb, str(path), *more,
            "--argocd-cm-path", str(settings),
        ],
        capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, "KUBECONFIG": str(kubeconfig(folder, 1))},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout
