"""Every rule notices its fault in every overlay: the violation of its fixture, put into what we really deploy.

An invalid fixture is the compliant model with one violation. Where a rule is on workloads, the difference of the two is
made to the rendered Rollouts of each overlay; the faulty objects of the other rules are put beside them.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from platformctl.checks import deployed, plain
from platformctl.checks.pods import WORKLOADS as POD_MAKERS
from platformctl.checks.protocol import World
from platformctl.checks.registry import CHECKS
from platformctl.manifests import Manifest
from platformctl.profile import Profile
from platformctl.repo import Repo

REPO = Repo(Path(__file__).resolve().parents[2])
FIXTURES = REPO.root / "tests/fixtures"
MODEL = FIXTURES / "valid/schema/rollout.yaml"
GONE = object()

Change = tuple[tuple[str | int, ...], Any]  # a field, and its new value


@dataclass(frozen=True)
class Overlay:
    """What one Application applies and everything on the same API server."""

    name: str
    objects: tuple[Manifest, ...]
    around: tuple[Manifest, ...]


@pytest.fixture(scope="module")
def overlays() -> list[Overlay]:
    """The overlays of the services, each environment of each fleet once."""
    found: list[Overlay] = []
    for part in deployed.subject(REPO, Profile()).parts:
        world = tuple(part.load())
        for name in sorted({each.application for each in world}):
            own = tuple(each for each in world if each.application == name)
            if any(each.kind == "Rollout" for each in own):
                found.append(Overlay(f"{own[0].clusters[0]}/{name}", own, world))
    return found


@pytest.mark.parametrize("rule", sorted(CHECKS))
def test_every_overlay_with_the_fault_is_found(rule: str, overlays: list[Overlay]) -> None:
    """100 %: a fault that is not there before is found after it was made, in each overlay."""
    assert overlays
    assert _missed(rule, overlays) == []


def test_a_blind_rule_is_noticed(overlays: list[Overlay], monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that finds nothing misses the fault in every overlay."""
    blind = dict(CHECKS) | {"seccomp": replace(CHECKS["seccomp"], judge=lambda *_: iter(()))}
    monkeypatch.setitem(globals(), "CHECKS", blind)

    assert len(_missed("seccomp", overlays)) == len(overlays)


def _missed(rule: str, overlays: list[Overlay]) -> list[str]:
    missed = []
    for overlay in overlays:
        before = _found(rule, overlay.around)
        if not any(_found(rule, world) - before for world in _mutants(rule, overlay)):
            missed.append(overlay.name)
    return missed


def _found(rule: str, manifests: tuple[Manifest, ...]) -> set[tuple[str, ...]]:
    check, world = CHECKS[rule], World(manifests, whole=True)
    return {
        (each.kind, each.namespace, each.name, *map(str, violation.path), violation.message)
        for each in manifests
        if not check.kinds or each.kind in check.kinds
        for violation in check.judge(each, world)
    }


def _mutants(rule: str, overlay: Overlay) -> Iterator[tuple[Manifest, ...]]:
    """The overlay's world with each fault of the rule: in its own workloads when the rule is on those."""
    workloads = [each for each in overlay.objects if each.kind == "Rollout"]
    for file in sorted((FIXTURES / "invalid" / rule).glob("*.yaml")):
        objects = plain.subject([file]).manifests if file.name != "frame.yaml" else ()
        if not CHECKS[rule].kinds & POD_MAKERS:
            yield (*overlay.around, *(_moved(each, workloads[0]) for each in objects))
            continue
        for faulty in (each for each in objects if each.kind == "Rollout"):
            changes = _difference(_anonymous(plain.subject([MODEL]).manifests[0]), _anonymous(faulty))
            for workload in workloads:
                changed = _changed(workload, changes)
                yield tuple(changed if each is workload else each for each in overlay.around)


def _anonymous(manifest: Manifest) -> Any:
    """What an object says, apart from what it is called."""
    text = json.dumps({key: value for key, value in manifest.content.items() if key != "metadata"})
    return json.loads(text.replace(manifest.name, "NAME").replace(manifest.namespace, "NAME"))


def _moved(each: Manifest, workload: Manifest) -> Manifest:
    """A fixture's object as the overlay's Application would apply it."""
    content = copy.deepcopy(dict(each.content))
    if content["metadata"].get("namespace"):
        content["metadata"]["namespace"] = workload.namespace
    return replace(workload, content=content, node=None, origin=None)


def _changed(workload: Manifest, changes: list[Change]) -> Manifest:
    content = copy.deepcopy(dict(workload.content))
    for path, value in changes:
        _set(content, path, json.loads(json.dumps(value).replace("NAME", workload.name)) if value is not GONE else GONE)
    return replace(workload, content=content, node=None, origin=None)


def _difference(model: Any, faulty: Any, path: tuple[str | int, ...] = ()) -> list[Change]:
    """The changes of fields that make the faulty pod of the model; names are everybody's own."""
    if isinstance(model, dict) and isinstance(faulty, dict):
        keys = sorted({*model, *faulty})
        pairs = [(key, model.get(key, GONE), faulty.get(key, GONE)) for key in keys]
    elif isinstance(model, list) and isinstance(faulty, list) and len(model) == len(faulty):
        pairs = [(index, *pair) for index, pair in enumerate(zip(model, faulty, strict=True))]
    else:
        return [] if model == faulty else [(path, faulty)]
    return [change for key, *pair in pairs if pair[0] != pair[1] for change in _difference(*pair, (*path, key))]


def _set(target: Any, path: tuple[str | int, ...], value: Any) -> None:
    for step in path[:-1]:
        if isinstance(target, dict):
            target = target.setdefault(step, {})
        elif isinstance(step, int) and step < len(target):
            target = target[step]
        else:
            return
    last = path[-1]
    if value is GONE:
        if isinstance(target, dict):
            target.pop(last, None)
    elif isinstance(target, dict) or (isinstance(last, int) and last < len(target)):
        target[last] = copy.deepcopy(value)
