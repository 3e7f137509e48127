"""One undo against a real Git server: what is pushed, opened and merged, and that it is so once."""

from __future__ import annotations

import datetime
import io
import threading
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from platformctl import blocked
from platformctl.cluster.gitea import OWNER, REPOSITORY
from platformctl.errors import PlatformError
from platformctl.undo import act
from platformctl.undo.act import Outcome, Result
from platformctl.undo.clone import Clone
from platformctl.undo.facts import all_aborted
from platformctl.undo.forge import Thread
from platformctl.undo.hosts import Credential, forge
from platformctl.undo.outdated import close_outdated
from platformctl.undo.policy import Action
from platformctl.undo.rest import ForgeError
from platformctl.undo.revert import Mark

from . import objects
from .conftest import Story
from .git_server import CLUSTER, POLICY, kustomization

FILE = "base/frontend/kustomization.yaml"
PIN = "clusters/local/production.yaml"
STRANGER, PASSWORD = "stranger", "a-stranger-of-tests"


class DiedError(Exception):
    """The process ended here."""


def dying(story: Story, at: str) -> None:
    """An undo whose process ends just before a call to the Git host."""

    class Dying:
        def __init__(self, way: Any) -> None:
            self.way = way

        def __getattr__(self, name: str) -> Any:
            if name == at:
                raise DiedError(at)
            return getattr(self.way, name)

    undo = story.undoer()
    (found,) = all_aborted(story.api)
    with pytest.raises(DiedError):
        replace(undo, forge=Dying(undo.forge))(found)


def protected(story: Story) -> None:
    """main takes only what the check `gate` has passed."""
    wanted = {"rule_name": "main", "enable_status_check": True, "status_check_contexts": ["gate"]}
    story.origin.api("POST", "/branch_protections", wanted)


def status(story: Story, state: str) -> None:
    """What a check says about the newest commit of the only pull request."""
    (pull,) = story.origin.pulls()
    story.origin.api("POST", f"/statuses/{pull['head']['sha']}", {"context": "gate", "state": state})


def only_pull(story: Story) -> dict[str, Any]:
    """The one pull request that there is, and no issue."""
    (pull,) = story.origin.pulls()
    assert story.origin.issues() == []
    return pull


# -- what is done


def test_a_bad_image_in_staging_is_taken_back_on_main(staging: Story) -> None:
    """The pull request is opened, labelled and merged, and main asks for the healthy image again."""
    outcome = staging.undo()

    pull = only_pull(staging)
    assert outcome == Outcome(Result.MERGED, "frontend in staging", "", outcome.link)
    assert outcome.link.endswith(f"/{OWNER}/{REPOSITORY}/issues/{pull['number']}")
    assert pull["merged"] is True
    assert [label["name"] for label in pull["labels"]] == ["undo"]
    assert staging.origin.read(FILE) == kustomization("0.1.0")


def test_the_text_has_the_numbers_the_limits_and_the_commits(staging: Story) -> None:
    """Whoever reads it need not look anywhere else."""
    staging.undo()

    pull = only_pull(staging)
    assert pull["title"] == f"Take frontend in staging back to {staging.healthy[:12]}: an analysis failed"
    assert "| `success-rate` | **Failed** |" in pull["body"]
    assert "0.8021" in pull["body"]
    assert "≥ 0.99" in pull["body"]
    assert f"{staging.bad} `Bump frontend to 0.2.0` by `Person`" in pull["body"]
    assert f"healthy {staging.healthy}" in pull["body"]
    assert "platformctl release report frontend --environment staging" in pull["body"]


def test_the_report_of_the_release_is_attached_once(staging: Story) -> None:
    """A page in an archive; a second look adds nothing."""
    staging.undo()
    staging.undo()

    [asset] = staging.origin.api("GET", f"/issues/{only_pull(staging)['number']}/assets")
    assert asset["name"] == "frontend-staging-2.zip"
    with zipfile.ZipFile(io.BytesIO(staging.origin.download(asset["browser_download_url"]))) as archive:
        [name] = archive.namelist()
        text = archive.read(name).decode()
    assert name == "frontend-staging-2.html"
    assert "Aborted" in text
    assert "success-rate was 0.8021 where ≥ 0.99 is good" in text
    assert staging.healthy[:12] in text
    assert "no Prometheus was asked" in text


def test_a_report_that_cannot_be_made_keeps_nothing_back(
    staging: Story, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Not even by a bug of ours: the bad version goes, and the log says what is missing."""
    staging.cluster.replica_sets = [
        {**each, "metadata": {**each["metadata"], "ownerReferences": [{**objects.owner("staging"), "uid": "another"}]}}
        for each in staging.cluster.replica_sets
    ]
    assert staging.undo().result is Result.MERGED
    assert "no report of frontend in staging is attached: the cluster knows nothing any more" in caplog.text

    staging.origin.pull_main()
    healthy = staging.origin.git("rev-parse", "HEAD")
    again = staging.origin.commit(
        {"base/frontend/kustomization.yaml": kustomization("0.3.0")}, "Bump frontend to 0.3.0"
    )
    staging.told(began=300, aborted=330)
    staging.delivered([(healthy, 200), (again, 298)])
    staging.versions(objects.template("0.1.0"), objects.template("0.3.0"))
    monkeypatch.setattr(act, "attachment", lambda *_: 1 / 0)
    assert staging.undo().result is Result.MERGED
    assert "a bug in the report of frontend in staging" in caplog.text


def test_the_bad_version_is_blocked_where_the_policy_says(staging: Story) -> None:
    """In the same commit, so that the revert and the block come together."""
    staging.undo()

    (entry,) = blocked.parse(staging.origin.read(blocked.FILE))
    assert entry.environments == ("staging", "production")
    assert entry.version == {"containers[frontend].image": objects.image("0.2.0")}
    assert entry.commit == staging.bad
    assert "0.8021" in entry.reason
    assert staging.origin.read(blocked.FILE).startswith("# kept\n")


def test_productions_pin_goes_back_and_waits_for_somebody(production: Story) -> None:
    """The pull request changes the one pin and nothing else of the file; main stays until somebody merges."""
    outcome = production.undo()

    pull = only_pull(production)
    assert outcome.result is Result.OPENED
    assert pull["merged"] is False
    pinned = CLUSTER.format(name="production", revision=production.bad)
    assert production.origin.read(PIN) == pinned
    production.origin.git("fetch", "--quiet", production.origin.server.push_url, pull["head"]["ref"])
    first, second = pinned.split(f'frontend, revision: "{production.bad}"')
    assert production.origin.git("show", f"FETCH_HEAD:{PIN}") == (
        f'{first}frontend, revision: "{production.healthy}"{second}'.strip()
    )
    assert production.origin.git("diff", "--name-only", "FETCH_HEAD~", "FETCH_HEAD").split() == [PIN, blocked.FILE]


def test_a_bad_setting_is_taken_back_without_touching_the_image(staging: Story) -> None:
    """Settings are a version too, and only they are blocked."""
    staging.origin.git("revert", "--no-edit", "HEAD")
    healthy = staging.origin.git("rev-parse", "HEAD")
    settings = {"overlays/staging/frontend/settings.env": "TECHCOMMERCE_SHOP_NAME=bad\n"}
    bad = staging.origin.commit(settings, "Another name")
    staging.delivered([(healthy, 10), (bad, 98)])
    staging.versions(
        objects.template("0.1.0", "frontend-settings-old"), objects.template("0.1.0", "frontend-settings-bad")
    )

    assert staging.undo().result is Result.MERGED
    assert staging.origin.read("overlays/staging/frontend/settings.env") == "TECHCOMMERCE_SHOP_NAME=staging\n"
    (entry,) = blocked.parse(staging.origin.read(blocked.FILE))
    assert entry.version == {"containers[frontend].envFrom[0].configMapRef.name": "frontend-settings-bad"}


def test_several_commits_since_the_healthy_one_go_back_together(staging: Story) -> None:
    """The second push while the first was judged belongs to the same release."""
    last = staging.origin.commit({"overlays/staging/frontend/settings.env": "A=1\n"}, "And a setting")
    staging.delivered([(staging.healthy, 10), (staging.bad, 98), (last, 115)])

    assert staging.undo().result is Result.MERGED
    assert staging.origin.read(FILE) == kustomization("0.1.0")
    assert staging.origin.read("overlays/staging/frontend/settings.env") == "TECHCOMMERCE_SHOP_NAME=staging\n"
    assert "And a setting" in only_pull(staging)["body"]


def test_other_services_keep_their_commits(staging: Story) -> None:
    """What the release did not render is not its fault."""
    staging.origin.commit({"base/order-api/kustomization.yaml": "resources: []\n"}, "Something else")

    assert staging.undo().result is Result.MERGED
    assert staging.origin.read("base/order-api/kustomization.yaml") == "resources: []\n"


def test_a_shared_folder_is_taken_back_only_with_somebody_who_looks(staging: Story) -> None:
    """Other services render it too, so it is opened and not merged."""
    staging.origin.git("revert", "--no-edit", "HEAD")
    healthy = staging.origin.git("rev-parse", "HEAD")
    bad = staging.origin.commit({"base/components/local/requests.yaml": "cpu: 1m\n"}, "Less for all")
    staging.delivered([(healthy, 10), (bad, 98)])
    staging.versions(objects.template("0.1.0"), objects.template("0.1.0", resources={"requests": {"cpu": "1m"}}))

    assert staging.undo().result is Result.OPENED
    assert "other services render base/components too" in only_pull(staging)["body"]


def test_an_operators_abort_is_opened_and_not_merged(staging: Story) -> None:
    """The policy tells it apart: whoever aborts is about to do something."""
    staging.told(None)

    assert staging.undo().result is Result.OPENED
    assert "somebody aborted it" in only_pull(staging)["title"]


def test_what_the_policy_leaves_alone_is_left_unless_somebody_asks(staging: Story) -> None:
    """By hand it is opened, never merged."""
    staging.told("Experiment 'frontend-1' failed")

    assert staging.undo().result is Result.LEFT
    assert staging.origin.pulls() == []
    assert staging.undo(by_hand=True).result is Result.OPENED


def test_nothing_is_done_in_the_quiet_time(production: Story) -> None:
    """30 seconds after the abort in production, in the policy of these tests."""
    production.present = objects.START + datetime.timedelta(seconds=130 + 29)
    assert production.undo().result is Result.QUIET
    assert production.origin.pulls() == []

    production.present += datetime.timedelta(seconds=1)
    assert production.undo().result is Result.OPENED


def test_a_dry_run_changes_nothing(staging: Story) -> None:
    """It prints the pull request."""
    outcome = staging.undo(dry_run=True)

    assert outcome.result is Result.PLANNED
    assert "Take frontend in staging back" in outcome.detail
    assert staging.origin.pulls() == []
    assert [each["name"] for each in staging.origin.api("GET", "/branches")] == ["main"]


# -- that it is done once


def test_again_and_again_is_once(staging: Story) -> None:
    """Every notification comes to the same pull request."""
    results = [staging.undo().result for _ in range(3)]

    assert results == [Result.MERGED] * 3
    only_pull(staging)
    assert staging.origin.git("rev-list", "--count", "HEAD") == "2"
    staging.origin.pull_main()
    assert staging.origin.git("rev-list", "--count", "--no-merges", "HEAD") == "3"


@pytest.mark.parametrize("step", ["open_pull", "label", "checks", "merge"])
def test_a_restart_between_two_steps_goes_on_there(staging: Story, step: str) -> None:
    """Branch, pull request, label and merge: the next try finds what the last one did."""
    dying(staging, step)

    assert staging.undo().result is Result.MERGED
    pull = only_pull(staging)
    assert [label["name"] for label in pull["labels"]] == ["undo"]
    assert staging.origin.read(FILE) == kustomization("0.1.0")


def test_two_at_once_are_one(staging: Story) -> None:
    """Both saw that there was nothing; one pull request is merged, and the other instance finds it."""
    together = threading.Barrier(2, timeout=30)

    class Together:
        def __init__(self, way: Any) -> None:
            self.way, self.met = way, False

        def threads(self, since: datetime.datetime) -> Sequence[Thread]:
            found: Sequence[Thread] = self.way.threads(since)
            if not self.met:
                self.met = True
                together.wait()
            return found

        def __getattr__(self, name: str) -> Any:
            return getattr(self.way, name)

    def one(_: int) -> Outcome:
        undo = staging.undoer()
        (found,) = all_aborted(staging.api)
        try:
            return replace(undo, forge=Together(undo.forge))(found)
        except ForgeError:  # Gitea answers 500 to the second of two merges at the same moment
            return undo(found)

    with ThreadPoolExecutor(2) as pool:
        results = [outcome.result for outcome in pool.map(one, range(2))]

    assert results == [Result.MERGED] * 2
    assert sum(pull["merged"] for pull in staging.origin.pulls()) == 1
    assert not [pull for pull in staging.origin.pulls() if pull["state"] == "open"]
    assert staging.origin.read(FILE) == kustomization("0.1.0")


def test_a_pull_request_that_somebody_closed_stays_closed(production: Story) -> None:
    """A person decided."""
    production.undo()
    number = only_pull(production)["number"]
    production.origin.api("PATCH", f"/pulls/{number}", {"state": "closed"})

    assert production.undo().result is Result.DECLINED
    only_pull(production)


def test_a_pull_request_that_somebody_merged_is_done(production: Story) -> None:
    """Nothing is opened while the Rollout is still on its way back."""
    production.undo()
    number = only_pull(production)["number"]
    production.origin.api("POST", f"/pulls/{number}/merge", {"Do": "merge"})

    assert production.undo().result is Result.MERGED
    assert f'frontend, revision: "{production.healthy}"' in production.origin.read(PIN)
    only_pull(production)


def test_a_pull_request_whose_text_somebody_rewrote_is_known_by_its_branch(production: Story) -> None:
    """The marker is gone with the text."""
    production.undo()
    number = only_pull(production)["number"]
    production.origin.api("PATCH", f"/pulls/{number}", {"body": "I look into it."})

    assert production.undo().result is Result.OPENED
    only_pull(production)


def test_a_revert_that_somebody_opened_is_theirs(staging: Story) -> None:
    """`git revert` says which commit it reverts."""
    staging.origin.git("switch", "--quiet", "--create", "mine")
    staging.origin.git("revert", "--no-edit", staging.bad)
    staging.origin.push("mine")
    body = staging.origin.git("log", "-1", "--format=%B")
    staging.origin.api("POST", "/pulls", {"head": "mine", "base": "main", "title": "Back", "body": body})

    assert staging.undo().result is Result.BY_HAND
    only_pull(staging)


def test_what_somebody_reverted_on_main_already_is_done(staging: Story) -> None:
    """Main does not ask for the bad version any more."""
    staging.origin.git("revert", "--no-edit", staging.bad)
    staging.origin.push()

    assert staging.undo().result is Result.ALREADY
    assert staging.origin.pulls() == []


def test_a_pin_that_somebody_moved_is_not_touched(production: Story) -> None:
    """Neither to where they moved it, nor back."""
    newer = production.origin.git("rev-parse", "HEAD")
    production.origin.commit({PIN: CLUSTER.format(name="production", revision=newer)}, "Forward")

    assert production.undo().result is Result.ALREADY
    assert production.origin.pulls() == []


def test_a_bad_version_that_is_pushed_again_is_taken_back_again(staging: Story) -> None:
    """Its commit is another one; the entry that blocks it stands there once."""
    staging.undo()
    staging.origin.pull_main()
    again = staging.origin.commit({FILE: kustomization("0.2.0")}, "Bump frontend to 0.2.0 again")
    merged = staging.origin.git("rev-parse", "HEAD~")
    staging.told(began=300, aborted=330)
    staging.delivered([(staging.healthy, 10), (staging.bad, 98), (merged, 200), (again, 298)])

    assert staging.undo().result is Result.MERGED
    assert [pull["merged"] for pull in staging.origin.pulls()] == [True, True]
    assert staging.origin.read(FILE) == kustomization("0.1.0")
    assert len(blocked.parse(staging.origin.read(blocked.FILE))) == 1


# -- that nothing of others is overwritten


def test_a_later_fix_beside_it_stays(staging: Story) -> None:
    """The same file, other lines."""
    mended = kustomization("0.2.0").replace("LEVEL=info", "LEVEL=debug")
    staging.origin.commit({FILE: mended}, "Say more")

    assert staging.undo().result is Result.MERGED
    assert staging.origin.read(FILE) == kustomization("0.1.0").replace("LEVEL=info", "LEVEL=debug")


def test_a_later_fix_of_the_same_line_is_not_overwritten(staging: Story) -> None:
    """There is an issue about it, once, with the file and the numbers, and main stays."""
    staging.origin.commit({FILE: kustomization("0.3.0")}, "Mend it")

    first, second = staging.undo(), staging.undo()

    assert (first.result, second.result) == (Result.STUCK, Result.STUCK)
    (issue,) = staging.origin.issues()
    assert staging.origin.pulls() == []
    assert f"- `{FILE}`" in issue["body"]
    assert "0.8021" in issue["body"]
    assert [label["name"] for label in issue["labels"]] == ["undo"]
    assert staging.origin.read(FILE) == kustomization("0.3.0")
    staging.origin.api("PATCH", f"/issues/{issue['number']}", {"state": "closed"})
    assert staging.undo().result is Result.DECLINED


def test_a_commit_that_is_gone_is_an_issue(staging: Story) -> None:
    """A cut off or overwritten history: nothing is guessed."""
    staging.delivered([("d" * 40, 10), (staging.bad, 98)])

    assert staging.undo().result is Result.STUCK
    (issue,) = staging.origin.issues()
    assert "d" * 40 in issue["body"]
    assert staging.origin.read(FILE) == kustomization("0.2.0")


def test_a_healthy_commit_outside_of_main_still_serves(staging: Story) -> None:
    """`make up` overwrites main; the commit that ran before is asked for by its id."""
    staging.origin.git("checkout", "--quiet", "--orphan", "fresh")
    staging.origin.git("commit", "--quiet", "--message", "Working tree")
    overwritten = staging.origin.push("main", "--force")
    staging.delivered([(staging.healthy, 10), (overwritten, 98)])

    assert staging.undo().result is Result.MERGED
    assert staging.origin.read(FILE) == kustomization("0.1.0")


def test_an_image_that_git_never_had_makes_somebody_look(staging: Story) -> None:
    """The history may be about something else then."""
    staging.versions(objects.template("0.3.0"), objects.template("0.2.0"))

    assert staging.undo().result is Result.OPENED
    assert "Look at this before merging" in only_pull(staging)["body"]


def test_a_frozen_service_makes_somebody_look(production: Story) -> None:
    """The pin may not move by itself, whatever the policy says."""
    frozen = CLUSTER.format(name="production", revision=production.bad).replace(
        '"} # and', '", frozen: "INC-41: until Monday, owner payments"} # and'
    )
    production.origin.commit({PIN: frozen}, "Freeze")
    production.told('ReplicaSet "frontend-7b9f8c5d44" has timed out progressing.')

    assert production.undo().result is Result.OPENED
    assert "INC-41: until Monday" in only_pull(production)["body"]


def test_a_list_of_blocked_versions_that_cannot_be_read_makes_somebody_look(staging: Story) -> None:
    """It is no reason to keep a bad version."""
    staging.origin.commit({blocked.FILE: "- [\n"}, "Broken")

    assert staging.undo().result is Result.OPENED
    assert "nothing was added to policy/blocked.yaml" in only_pull(staging)["body"]


def test_a_revert_of_what_was_promoted_after_all_is_closed(production: Story) -> None:
    """Somebody tried again and it went well: merged now, it would take a good version away."""
    production.undo()
    undo = production.undoer()
    assert list(close_outdated(undo.forge, production.api)) == []  # it is still aborted

    promoted = {"abort": False, "currentPodHash": objects.BAD, "stableRS": objects.BAD}
    production.told(**promoted)
    elsewhere = production.cluster.rollouts[0]["metadata"]["annotations"]
    mark = elsewhere["argocd.argoproj.io/tracking-id"]
    elsewhere["argocd.argoproj.io/tracking-id"] = mark.replace("frontend-production", "frontend-production-us")
    assert list(close_outdated(undo.forge, production.api)) == []  # another cluster's

    production.told(**promoted)
    (said,) = close_outdated(undo.forge, production.api)
    pull = only_pull(production)
    assert said.endswith("is closed: frontend-production was promoted after all")
    assert (pull["state"], pull["merged"], pull["comments"]) == ("closed", False, 1)
    assert list(close_outdated(undo.forge, production.api)) == []


# -- checks and protection


def test_it_is_merged_after_the_required_check_and_not_before(staging: Story) -> None:
    """Main is protected; the host says no until the check has passed."""
    protected(staging)
    assert staging.undo().result is Result.WAITING

    status(staging, "pending")
    assert staging.undo().result is Result.WAITING
    status(staging, "success")
    assert staging.undo().result is Result.MERGED
    only_pull(staging)


def test_a_failed_check_keeps_it_from_merging_even_where_none_is_required(staging: Story) -> None:
    """A red revert would break more."""
    dying(staging, "merge")
    status(staging, "failure")

    outcome = staging.undo()
    assert (outcome.result, outcome.detail) == (Result.WAITING, "its checks: failed")


def test_a_branch_that_somebody_pushed_to_is_merged_by_somebody(staging: Story) -> None:
    """What they added was not what the policy is about."""
    dying(staging, "merge")
    branch = only_pull(staging)["head"]["ref"]
    staging.origin.git("fetch", "--quiet", staging.origin.server.push_url, branch)
    staging.origin.git("checkout", "--quiet", "FETCH_HEAD")
    staging.origin.commit({"more.txt": "more\n"}, "More", branch)

    outcome = staging.undo()
    assert outcome.result is Result.WAITING
    assert "somebody changed its branch" in outcome.detail


def test_a_branch_of_that_name_that_is_not_ours_is_an_error(staging: Story) -> None:
    """It is neither overwritten nor opened."""
    dying(staging, "open_pull")
    (branch,) = [each["name"] for each in staging.origin.api("GET", "/branches") if each["name"] != "main"]
    staging.origin.push(branch, "--force")

    with pytest.raises(PlatformError, match=f"the branch {branch} is not ours"):
        staging.undo()
    assert staging.origin.pulls() == []


def test_a_strangers_marker_counts_for_nothing(staging: Story) -> None:
    """Everybody may open an issue; it must not keep a release from being taken back."""
    dying(staging, "open_pull")
    (branch,) = [each["name"] for each in staging.origin.api("GET", "/branches") if each["name"] != "main"]
    who = {"username": STRANGER, "email": "stranger@techcommerce.example", "password": PASSWORD}
    staging.origin.server.call("POST", "/admin/users", {**who, "must_change_password": False}, ok=(201, 422))
    body = str(Mark(branch.rpartition("-")[2], Action.OPEN, "frontend-staging", objects.BAD))
    forge(staging.origin.url, Credential(STRANGER, PASSWORD)).open_issue("Mine", body)

    assert staging.undo().result is Result.MERGED


# -- trouble


def test_a_git_host_that_is_away_loses_nothing(staging: Story) -> None:
    """The next try does it."""
    away = forge("http://127.0.0.1:9/techcommerce/platform.git", staging.origin.credential)
    (found,) = all_aborted(staging.api)
    with pytest.raises(ForgeError, match="does not answer"):
        staging.undoer(forge=away)(found)

    assert staging.undo().result is Result.MERGED


def test_git_that_fails_in_the_middle_loses_nothing(staging: Story) -> None:
    """No branch, no pull request."""

    @contextmanager
    def broken() -> Any:
        with staging.undoer().clone() as clone:
            yield Clone(clone.folder, "http://127.0.0.1:9/techcommerce/platform.git", clone.credential)

    (found,) = all_aborted(staging.api)
    with pytest.raises(PlatformError, match="git ended with"):
        staging.undoer(clone=broken)(found)

    assert staging.origin.pulls() == []
    assert staging.undo().result is Result.MERGED


def test_a_wrong_credential_is_told_without_showing_it(staging: Story) -> None:
    """Neither token nor header stand in any message."""
    wrong = Credential(staging.origin.credential.user, "a-wrong-token")
    (found,) = all_aborted(staging.api)
    with pytest.raises(PlatformError) as caught:
        staging.undoer(forge=forge(staging.origin.url, wrong))(found)

    assert "401" in str(caught.value)
    assert wrong.token not in str(caught.value)
    assert wrong.basic not in str(caught.value)


def test_a_policy_without_the_environment_is_an_error(staging: Story) -> None:
    """Nothing is done by guess."""
    staging.origin.commit({"policy/undo.yaml": POLICY.replace("staging:\n", "testing:\n")}, "Another policy")

    with pytest.raises(PlatformError, match=r"policy/undo\.yaml has no rules for staging"):
        staging.undo()


def test_another_repository_is_not_written_to(staging: Story) -> None:
    """An Application may come from anywhere; the token is for one repository."""
    (found,) = all_aborted(staging.api)
    undo = staging.undoer(repository="https://github.com/techcommerce/platform.git")

    with pytest.raises(PlatformError, match="is not deployed from https://github.com"):
        undo(found)


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ({"stableRS": ""}, "there is nothing to go back to"),
        ({"stableRS": "gone"}, "has no ReplicaSet of the pod template gone"),
    ],
)
def test_a_release_without_a_healthy_version_is_an_error(staging: Story, status: dict[str, str], message: str) -> None:
    """The first version ever has to be mended forward."""
    staging.told(**status)

    with pytest.raises(PlatformError, match=message):
        staging.undo()


def test_an_application_of_something_else_is_an_error(staging: Story) -> None:
    """A Rollout that says it belongs to another service's Application."""
    staging.cluster.applications[1]["metadata"]["labels"]["service"] = "order-api"

    with pytest.raises(PlatformError, match="frontend-staging deploys order-api in staging, not frontend in staging"):
        staging.undo()


def test_the_results_are_those_that_the_documentation_names() -> None:
    """docs/how-to/undo.md has a line for each."""
    from .conftest import REPO

    text = (REPO.root / "docs/how-to/undo.md").read_text()
    assert [result for result in act.Result if f"`{result}`" not in text] == []
