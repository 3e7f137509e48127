"""What a person may do to a release: when it makes sense, what Argo CD calls it, and what happens next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from platformctl.errors import PlatformError
from platformctl.releases.rollout import Rollout

FULL = "promote-full"


@dataclass(frozen=True)
class Refusal:
    """Why an action makes no sense now, and what to do instead."""

    why: str
    fix: str


@dataclass(frozen=True)
class Action:
    """An action; `argo` is its name in Argo CD, `done` and `then` say what it did and what happens next."""

    name: str
    argo: str
    done: str
    then: Callable[[Rollout], str]
    refuse: Callable[[Rollout], Refusal | None]


def check(action: Action, rollout: Rollout) -> None:
    """An error when the action makes no sense in the state that the Rollout is in."""
    refusal = _unseen(rollout) or action.refuse(rollout)
    if refusal:
        raise PlatformError(
            f"{rollout.name} in {rollout.namespace} cannot be {_participle(action)} now",
            why=refusal.why,
            fix=refusal.fix,
        )


def _participle(action: Action) -> str:
    return {"abort": "aborted", "retry": "retried", "pause": "paused", "resume": "resumed"}.get(action.name, "promoted")


def _command(verb: str, rollout: Rollout) -> str:
    return f"platformctl release {verb} {rollout.name} --environment {rollout.namespace}"


def seen(rollout: Rollout) -> bool:
    """Whether the controller has looked at the newest change."""
    return rollout.observed and rollout.phase != "Unknown"


def _unseen(rollout: Rollout) -> Refusal | None:
    if seen(rollout):
        return None
    return Refusal(
        "its controller has not looked at the newest change yet",
        "try again in a few seconds; if it lasts, look whether the controller runs: kubectl get pods -n argo-rollouts",
    )


def _nothing_new(rollout: Rollout, verb: str) -> Refusal | None:
    if not rollout.promoted:
        return None
    return Refusal(
        f"there is nothing to {verb}: revision {rollout.revision} serves everybody already ({rollout.phase})",
        "push a new version first; to go back to a former one, revert its commit",
    )


def _given_up(rollout: Rollout) -> Refusal | None:
    if not rollout.aborted:
        return None
    return Refusal(
        f"revision {rollout.revision} was aborted: {rollout.message or 'no message'}",
        f"revert it in Git, or let it run again from its first step: {_command('retry', rollout)}",
    )


def _refuse_promote(rollout: Rollout) -> Refusal | None:
    refusal = _nothing_new(rollout, "promote") or _given_up(rollout)
    if refusal or rollout.pauses:
        return refusal
    return Refusal(
        f"it does not wait for anybody: {rollout.message or rollout.phase}",
        f"let it go on ({_command('watch', rollout)}), or skip what is left of it with --full",
    )


def _refuse_full(rollout: Rollout) -> Refusal | None:
    return _nothing_new(rollout, "promote") or _given_up(rollout)


def _refuse_abort(rollout: Rollout) -> Refusal | None:
    refusal = _nothing_new(rollout, "abort")
    if refusal or not rollout.aborted:
        return refusal
    return Refusal(
        f"revision {rollout.revision} is aborted already: {rollout.message or 'no message'}",
        "revert it in Git; the former version serves everybody meanwhile",
    )


def _refuse_retry(rollout: Rollout) -> Refusal | None:
    refusal = _nothing_new(rollout, "retry")
    if refusal or rollout.aborted:
        return refusal
    return Refusal(f"it was not aborted: it is {rollout.phase}", f"look at it: {_command('watch', rollout)}")


def _refuse_pause(rollout: Rollout) -> Refusal | None:
    refusal = _nothing_new(rollout, "pause") or _given_up(rollout)
    if refusal or "Manual" not in rollout.pauses:
        return refusal
    return Refusal("it is paused by hand already", f"go on with it: {_command('resume', rollout)}")


def _refuse_resume(rollout: Rollout) -> Refusal | None:
    refusal = _given_up(rollout)
    if refusal or rollout.pauses:
        return refusal
    return _nothing_new(rollout, "resume") or Refusal(
        f"it is not paused: {rollout.message or rollout.phase}", f"look at it: {_command('watch', rollout)}"
    )


def _after_promote(rollout: Rollout) -> str:
    if rollout.blue_green:
        return "the active Service turns to the new version; its analysis after that can still take it back"
    left = len(rollout.steps) - rollout.step - 1
    return (
        f"it goes on with the next step, {left} are left" if left > 0 else "it was the last step: it gets all traffic"
    )


def _after_abort(rollout: Rollout) -> str:
    return (
        "all traffic is on the former version again within a second; Git still demands the new one until somebody, "
        "or `platformctl release undo`, reverts it"
    )


def _after_retry(rollout: Rollout) -> str:
    return "it starts again from its first step, with new analysis runs"


ACTIONS: Mapping[str, Action] = {
    action.name: action
    for action in (
        Action("promote", "resume", "ended the pause", _after_promote, _refuse_promote),
        Action(
            FULL, FULL, "skipped every step and analysis that was left",
            lambda _: "the new version gets all traffic as soon as its pods are ready; nothing judges it any more",
            _refuse_full,
        ),
        Action("abort", "abort", "gave the new version up", _after_abort, _refuse_abort),
        Action("retry", "retry", "took the abort back", _after_retry, _refuse_retry),
        Action(
            "pause", "pause", "stopped it where it is",
            lambda rollout: f"traffic stays at {rollout.weight} % until it is resumed; its analysis goes on",
            _refuse_pause,
        ),
        Action("resume", "resume", "let it go on", _after_promote, _refuse_resume),
    )
}  # fmt: skip
