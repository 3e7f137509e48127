"""Releases told from the objects that are left of them."""

from __future__ import annotations

import pytest

from platformctl.errors import PlatformError
from platformctl.releases.facts import Facts, of_objects, short_image
from platformctl.releases.outcomes import Outcome
from platformctl.releases.release import Release, latest, releases
from platformctl.releases.verdict import verdict
from tests.releases import stories
from tests.releases.objects import BEFORE, NEW, OLD, at, event, moment, replica_set, rollout, run


def facts(story: str) -> Facts:
    """The one Rollout of a story."""
    [found] = of_objects(getattr(stories, story)())
    return found


def newest(story: str) -> Release:
    """Its newest release."""
    return latest(facts(story))


@pytest.mark.parametrize(
    ("story", "outcome", "ended", "weights"),
    [
        ("begun", Outcome.RUNNING, None, []),
        ("started", Outcome.WAITING, None, [(6, 20)]),
        ("measuring", Outcome.RUNNING, None, [(6, 20)]),
        ("aborted", Outcome.ABORTED, 71, [(6, 20), (71, 0)]),
        ("reverted", Outcome.ABORTED, 71, [(6, 20), (71, 0)]),
        ("promoted", Outcome.PROMOTED, 140, [(6, 20), (83, 60), (131, 100)]),
        ("waiting", Outcome.WAITING, None, [(6, 20), (83, 60)]),
        ("inconclusive", Outcome.WAITING, None, [(6, 20)]),
        ("blue_green_failed", Outcome.ABORTED, 33, [(0, 0)]),
        ("blue_green_promoted", Outcome.PROMOTED, 40, [(25, 100)]),
    ],
)
def test_every_story_has_its_outcome_times_and_weights(
    story: str, outcome: Outcome, ended: float | None, weights: list[tuple[float, int]]
) -> None:
    """Also after Git took an aborted release back and the Rollout is at a later revision."""
    found = newest(story)

    assert (found.outcome, found.revision, found.new.hash, found.old and found.old.hash) == (outcome, 7, NEW, OLD)
    assert found.started == moment(0)
    assert found.ended == (None if ended is None else moment(ended))
    assert [(each.at, each.percent) for each in found.weights] == [(moment(when), percent) for when, percent in weights]


@pytest.mark.parametrize(
    ("story", "sentence"),
    [
        (
            "aborted",
            "Aborted at 20 % of the traffic after 1m 11s: errors was 0.1897 where ≤ 0.02 is good, bad in 3 of 4 "
            "measurements; 0.4.1 (1f2e3d4c5b6a) kept serving.",
        ),
        ("promoted", "Promoted after 2m 20s: 1 analysis with 10 measurements passed."),
        (
            "blue_green_failed",
            "Aborted at 0 % of the traffic after 33s: smoke failed in 1 of 1 measurement; 0.4.1 (1f2e3d4c5b6a) kept "
            "serving.",
        ),
        ("blue_green_promoted", "Promoted after 40s: every step was passed."),
        ("waiting", "Waiting at 60 % of the traffic: CanaryPauseStep."),
        ("inconclusive", "Waiting at 20 % of the traffic: InconclusiveAnalysisRun."),
    ],
)
def test_a_verdict_is_one_sentence(story: str, sentence: str) -> None:
    """With the number that decided it."""
    assert verdict(newest(story)) == sentence


def test_what_was_served_before_is_the_last_version_that_was_not_aborted() -> None:
    """Revision 6 was given up, so revision 7 replaced revision 5."""
    [found] = of_objects([
        rollout(),
        replica_set(BEFORE, 6, born=-500, replicas=0),
        replica_set(OLD, 5, born=-7200, replicas=0),
        replica_set(NEW, 7),
        event("RolloutUpdated", "Rollout updated to revision 6", -500),
        event("RolloutAborted", "Rollout aborted update to revision 6: it was bad", -400),
        event("RolloutUpdated", "Rollout updated to revision 7", 0),
    ])  # fmt: skip

    latest_, aborted, *_ = releases(found)

    assert (latest_.revision, latest_.old and latest_.old.hash) == (7, OLD)
    assert (aborted.revision, aborted.outcome, aborted.ended) == (6, Outcome.ABORTED, moment(-400))


def test_a_version_that_comes_back_began_with_its_event_not_with_its_replica_set() -> None:
    """Its ReplicaSet is hours old; without the event nobody knows when it came back, and that is said."""
    objects = [
        rollout(revision=8, currentPodHash=OLD, stableRS=OLD),
        replica_set(OLD, 8, born=-7200, history="6"),
        replica_set(BEFORE, 7, born=-300, replicas=0),
    ]

    with pytest.raises(PlatformError, match="nobody knows any more when revision 8 of frontend in staging began"):
        latest(of_objects(objects)[0])
    found = latest(of_objects([*objects, event("RolloutUpdated", "Rollout updated to revision 8", 20)])[0])

    assert (found.started, found.old and found.old.hash) == (moment(20), BEFORE)


def test_a_promoted_release_had_all_traffic_although_events_are_missing() -> None:
    """Its own client drops the events of a controller that has much to say of one object."""
    dropped = ("Traffic weight updated from 20 to 60", "Traffic weight updated from 60 to 100")
    [found] = of_objects([each for each in stories.promoted() if each.get("message") not in dropped])
    release = latest(found)

    assert release.outcome is Outcome.PROMOTED
    assert [(each.at, each.percent) for each in release.weights] == [(moment(6), 20), (moment(140), 100)]


def test_a_weight_that_no_event_tells_of_is_known_from_the_analysis_that_began_under_it() -> None:
    told = [each for each in stories.promoted() if each.get("reason") != "TrafficWeightUpdated"]
    [found] = of_objects(told)
    release = latest(found)

    [begun] = [run.started for run in release.runs if run.step == 2]
    assert [(each.at, each.percent) for each in release.weights] == [(begun, 20), (moment(140), 100)]


def test_a_promoted_release_stays_one_whatever_its_pods_do_later() -> None:
    """An autoscaler adds pods, a node is drained: the Rollout progresses, the release is over."""
    objects = stories.promoted()
    objects[0]["status"] |= {"phase": "Progressing", "message": "updated replicas are still becoming available"}

    found = latest(of_objects(objects)[0])

    assert (found.outcome, found.ended) == (Outcome.PROMOTED, moment(140))


def test_without_its_events_an_aborted_version_is_known_by_its_failed_analysis() -> None:
    """They live for an hour; AnalysisRuns are kept."""
    objects = [each for each in stories.reverted() if each["kind"] != "Event"]

    found = latest(of_objects(objects)[0])

    assert (found.outcome, found.revision, found.ended) == (Outcome.ABORTED, 7, moment(71))
    assert (found.weights, found.decisions) == ((), ())


def test_a_retry_is_judged_by_its_own_analysis() -> None:
    """The run that failed before stays in the report."""
    again = run(f"{stories.RUN}.1", "Running", [], began=100)
    [found] = of_objects([*stories.aborted(), again])

    assert [each.name for each in found.current_runs()] == [f"{stories.RUN}.1"]
    assert [each.name for each in latest(found).runs] == [stories.RUN, f"{stories.RUN}.1"]


def test_the_first_version_is_no_release() -> None:
    """There was nothing before it."""
    [found] = of_objects([rollout(revision=1), replica_set(NEW, 1)])

    assert releases(found) == ()
    with pytest.raises(PlatformError, match="frontend in staging was never released"):
        latest(found)


def test_an_event_that_was_folded_gives_its_first_and_its_last_time() -> None:
    """Each release moves from 0 to 20: the API server keeps one event for all, and the last time is this release's."""
    objects = [each for each in stories.aborted() if each.get("reason") != "TrafficWeightUpdated"]
    objects.append(event("TrafficWeightUpdated", "Traffic weight updated from 0 to 20", -9000, last=6))

    found = latest(of_objects(objects)[0])

    assert [(each.at, each.percent) for each in found.weights] == [(moment(6), 20)]


def test_a_spec_that_the_controller_has_not_seen_is_not_promoted() -> None:
    """The status is about the version before, however healthy it says that is."""
    content = rollout()
    content["metadata"]["generation"] = 13

    [found] = of_objects([content, replica_set(NEW, 7)])

    assert (found.rollout.promoted, found.rollout.phase) == (False, "Progressing")


def test_a_resumed_rollout_is_progressing_before_its_controller_says_so() -> None:
    """The pause is cleared by whoever resumes it, the phase later."""
    content = rollout(phase="Paused", controllerPause=True, stableRS=OLD, pauseConditions=[])

    assert of_objects([content])[0].rollout.phase == "Progressing"


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        (f"ghcr.io/techcommerce/frontend:0.4.1@sha256:{'ab' * 32}", "0.4.1 (abababababab)"),
        ("registry:5000/frontend:0.4.1", "0.4.1"),
        ("registry:5000/frontend", "frontend"),
        (f"frontend@sha256:{'ab' * 32}", "frontend (abababababab)"),
    ],
)
def test_an_image_is_told_by_tag_and_digest(image: str, shown: str) -> None:
    """A port in the registry's name is no tag."""
    assert short_image(image) == shown


def test_decisions_are_in_the_order_of_time() -> None:
    """Steps, pauses, the analysis and the end."""
    kinds = [(each.at, each.kind, each.bad) for each in newest("aborted").decisions]

    assert kinds == [
        (moment(0), "start", False),
        (moment(6), "step", False),
        (moment(6), "pause", False),
        (moment(36), "resume", False),
        (moment(36), "step", False),
        (moment(71), "analysis", True),
        (moment(71), "abort", True),
    ]
    assert at(71) == "2026-01-15T09:31:11Z"
