"""Every rule notices its fault in every overlay: the violation of its fixtures, put into what we really deploy.

An invalid fixture is the compliant model with one violation. Where it holds a Rollout, the difference of the two is
made to the rendered Rollouts of each overlay, with the fixture's other objects around them. The objects of the other
fixtures are put beside those of the overlay.
"""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from tests.fixtures import frames

from platformctl import blocked
from platformctl.checks import deployed, limits, outside, plain, registries
from platformctl.checks.protocol import Fleet, World
from platformctl.checks.registry import CHECKS
from platformctl.manifests import Manifest, text
from platformctl.profile import Profile
from platformctl.repo import Repo

REPO = Repo(Path(__file__).resolve().parents[2])
INVALID = REPO.root / "tests/fixtures/invalid"
MODEL = REPO.root / "tests/fixtures/valid/schema/rollout.yaml"
MODEL_IMAGE = "ghcr.io/techcommerce/product-api:1.4.2"
MODEL_CONTAINER = "web"
DEPLOYMENT = "deployment.yaml"  # says the same as the rollout.yaml beside it

# an overlay has one set of these in its namespace: the fixture's take the place of its own
FRAME_KINDS = ("LimitRange", "NetworkPolicy", "PodDisruptionBudget", "ResourceQuota")
AUTOSCALER = "HorizontalPodAutoscaler"
NAMESPACE_FIELDS = ("namespace", "kubernetes.io/metadata.name")
CONTAINERS = ("containers", "initContainers", "ephemeralContainers")

# rules on Rollouts whose fault no own Rollout can have, and why
ELSEWHERE: Mapping[str, str] = {"version-blocked": "policy/blocked.yaml names the Rollout that it is about"}

# faults that nothing rendered can have, and why
UNRENDERED: Mapping[tuple[str, str], str] = {
    (
        "default-namespace",
        "nameless.yaml",
    ): "an Application gives an object without a namespace its own",
    ("number-form", "budget.yaml"): "it is about how a number is written, and kustomize writes it anew",
}

OWN, BESIDE = "in its own workload", "beside it"
GONE = object()

Path_ = tuple[str | int, ...]
Key = tuple[str, str, str, Path_]


@dataclass(frozen=True)
class Change:
    """A field that the fault changes: what the model says there, and what the fixture."""

    path: Path_
    good: Any
    bad: Any


@dataclass(frozen=True)
class Overlay:
    """What one Application applies and everything on the same API server."""

    name: str
    workloads: tuple[Manifest, ...]
    around: World


@dataclass(frozen=True)
class Mutant:
    """A world without the fault and one with it; `only` is the object that has to be found."""

    way: str
    before: World
    after: World
    only: Manifest | None = None


@pytest.fixture(scope="module")
def overlays() -> list[Overlay]:
    """The overlays of the services, each environment of each fleet once."""
    found: list[Overlay] = []
    for part in deployed.subject(REPO, Profile()).parts:
        world = _world(part.load(), part.fleet())
        for name in sorted({each.application for each in world.manifests}):
            workloads = tuple(each for each in world.of("Rollout") if each.application == name)
            if workloads:
                found.append(Overlay(f"{workloads[0].clusters[0]}/{name}", workloads, world))
    return found


@pytest.mark.parametrize("rule", sorted(CHECKS))
def test_every_overlay_with_the_fault_is_found(rule: str, overlays: list[Overlay]) -> None:
    """100 %: each fault that is not there before is found after it was made, in each overlay."""
    assert overlays
    assert _missed(rule, overlays) == []


def test_a_blind_rule_is_noticed(overlays: list[Overlay], monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that finds nothing misses the fault in every overlay."""
    blind = dict(CHECKS) | {"seccomp": replace(CHECKS["seccomp"], judge=lambda *_: iter(()))}
    monkeypatch.setitem(globals(), "CHECKS", blind)

    assert len(_missed("seccomp", overlays)) == len(overlays)


def test_a_rule_that_sees_other_kinds_alone_is_noticed(
    overlays: list[Overlay], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is no proof for a rule on Rollouts that it finds a fault somewhere else."""
    seccomp = CHECKS["seccomp"]
    half = replace(
        seccomp, judge=lambda each, world: seccomp.judge(each, world) if each.kind != "Rollout" else iter(())
    )
    monkeypatch.setitem(globals(), "CHECKS", dict(CHECKS) | {"seccomp": half})

    assert len(_missed("seccomp", overlays)) == len(overlays)


def _missed(rule: str, overlays: Iterable[Overlay]) -> list[str]:
    files = _files(rule)
    return [f"{overlay.name} {file.name}" for overlay in overlays for file in files if not _way(rule, file, overlay)]


def _files(rule: str) -> list[Path]:
    """The fixtures of a rule, each fault once."""
    found = [file for file in sorted((INVALID / rule).glob("*.yaml")) if file.name != frames.FRAME]
    files = [file for file in found if (rule, file.name) not in UNRENDERED]
    others = [file for file in files if file.name != DEPLOYMENT]
    return others if any(file.name == "rollout.yaml" for file in others) else files


def _way(rule: str, file: Path, overlay: Overlay) -> str:
    """How the fault was made that the rule found; empty when it found none."""
    return next((each.way for each in _mutants(rule, file, overlay) if _noticed(rule, each)), "")


def _noticed(rule: str, mutant: Mutant) -> bool:
    return bool(_found(rule, mutant.after, mutant.only) - _found(rule, mutant.before, mutant.only))


def _found(rule: str, world: World, only: Manifest | None) -> set[Key]:
    """What is found in a world, by object and place."""
    check = CHECKS[rule]
    judged = world.of(*sorted(check.kinds)) if check.kinds else iter(world.manifests)
    return {
        (each.kind, each.namespace, each.name, violation.path)
        for each in judged
        if only is None or (each.kind == only.kind and each.application == only.application)
        for violation in check.judge(each, world)
    }


@functools.cache
def _around() -> tuple[Any, ...]:
    return outside.load(REPO), limits.load(REPO), registries.load(REPO), blocked.load(REPO)


def _world(manifests: Iterable[Manifest], fleet: Fleet | None) -> World:
    beside, bounds, sources, bad = _around()
    return World(manifests, whole=True, outside=beside, limits=bounds, registries=sources, blocked=bad, fleet=fleet)


@functools.cache
def _objects(file: Path) -> tuple[Manifest, ...]:
    return plain.subject([file]).manifests


def _mutants(rule: str, file: Path, overlay: Overlay) -> Iterator[Mutant]:
    """The worlds with the fault of a fixture: in the overlay's own workloads when the fixture has it in a Rollout."""
    objects, kinds = _objects(file), CHECKS[rule].kinds
    rollouts = [each for each in objects if each.kind == "Rollout"]
    for rollout in rollouts:
        others = [each for each in objects if each is not rollout]
        for workload in overlay.workloads:
            yield from _own(rollout, others, workload, overlay, on_workload=not kinds or "Rollout" in kinds)
    if rule in ELSEWHERE or not (rollouts and "Rollout" in kinds):
        yield _beside(objects, overlay, moved=True)
        yield _beside(objects, overlay, moved=False)


def _own(
    rollout: Manifest, others: Iterable[Manifest], workload: Manifest, overlay: Overlay, *, on_workload: bool
) -> Iterator[Mutant]:
    """The workload with the fixture's fault, compared with what it was, and with itself where it is like the model.

    First as few fields as possible are changed, then whole lists, then whole parts of the spec.
    """
    model = _like(workload, _objects(MODEL)[0])
    faulty = _like(workload, rollout)
    company = [replace(workload, content=_renamed(each, rollout, workload)) for each in others]
    only = workload if on_workload else None
    for changes in (_fields(model, faulty), _fields(model, faulty, lists=False), _parts(model, faulty)):
        gone = {*_without(rollout), *(each.kind for each in company if each.kind in FRAME_KINDS)}
        if any(change.path == ("spec", "replicas") for change in changes):
            gone.add(AUTOSCALER)  # what a workload says about replicas counts only without one
        rest = [each for each in overlay.around.manifests if each is not workload]
        kept = [each for each in rest if each.kind not in gone or each.namespace != workload.namespace]
        bad = _changed(workload, {change.path: change.bad for change in changes})
        good = _changed(workload, {change.path: change.good for change in changes})
        after = _with(overlay, kept, [bad, *company])
        yield Mutant(OWN, overlay.around, after, only)
        yield Mutant(OWN, _with(overlay, rest, [good]), after, only)


def _beside(objects: Iterable[Manifest], overlay: Overlay, *, moved: bool) -> Mutant:
    """The fixture's objects as the overlay's Application would apply them, in its namespace or in those they name."""
    workload = overlay.workloads[0]
    added = [
        replace(workload, content=_renamed(each, None, workload, _home(objects)) if moved else each.content)
        for each in objects
    ]
    return Mutant(BESIDE, overlay.around, _with(overlay, overlay.around.manifests, added))


def _home(objects: Iterable[Manifest]) -> str:
    """The namespace that is the fixture's own: those of others, like kube-system, mean something."""
    return next((each.namespace for each in objects if Path(each.file).parent.name in each.namespace), "")


def _without(fixture: Manifest) -> list[str]:
    """The kinds whose absence is the fault."""
    first = Path(fixture.file).read_text().partition("\n")[0]
    return first.removeprefix(frames.WITHOUT).split(", ") if first.startswith(frames.WITHOUT) else []


def _with(overlay: Overlay, manifests: Iterable[Manifest], added: Iterable[Manifest]) -> World:
    """A world with more objects; one of the same name takes the other's place, unless several say the same."""
    added = [replace(each, node=None, origin=None) for each in added]
    names = {(each.kind, each.namespace, each.name) for each in added}
    fleet = overlay.around.fleet
    everything = [each for each in manifests if (each.kind, each.namespace, each.name) not in names] + added
    of_kind = {kind: {each.name: each for each in added if each.kind == kind} for kind in ("Application", "AppProject")}
    return _world(
        everything,
        replace(
            fleet,
            applications={**fleet.applications, **of_kind["Application"]},
            projects={**fleet.projects, **of_kind["AppProject"]},
        ),
    )


def _like(workload: Manifest, fixture: Manifest) -> Any:
    """A fixture's Rollout under the names of a workload: what it is called, its container and its image."""
    content = _renamed(fixture, fixture, workload)
    pod, own = content["spec"].get("template", {}).get("spec", {}), workload.content["spec"]["template"]["spec"]
    for container in (each for kind in CONTAINERS for each in pod.get(kind) or () if isinstance(each, dict)):
        if container.get("name") == MODEL_CONTAINER:
            container["name"] = own["containers"][0]["name"]
        image = own["containers"][0]["image"].partition("@")[0]
        given = text(container.get("image")).replace(MODEL_IMAGE, image)
        if given:
            container["image"] = given.replace(MODEL_IMAGE.rpartition(":")[0], image.rpartition(":")[0])
    return content


def _renamed(each: Manifest, fixture: Manifest | None, workload: Manifest, home: str = "") -> Any:
    """A copy of an object in the workload's namespace; with `fixture`, the workload stands for that."""
    home = home or (fixture.namespace if fixture and Path(fixture.file).parent.name in fixture.namespace else "")

    def rename(value: Any, field: str) -> Any:
        if isinstance(value, dict):
            return {key: rename(content, str(key)) for key, content in value.items()}
        if isinstance(value, list):
            return [rename(content, field) for content in value]
        if not isinstance(value, str):
            return value
        if field in NAMESPACE_FIELDS or (field == "name" and each.kind == "Namespace"):
            return workload.namespace if home and value == home else value
        return value.replace(fixture.name, workload.name) if fixture else value

    return rename(json.loads(json.dumps(each.content)), "")


def _changed(workload: Manifest, values: Mapping[Path_, Any]) -> Manifest:
    content = copy.deepcopy(dict(workload.content))
    for path, value in values.items():
        _set(content, path, value)
    return replace(workload, content=content, node=None, origin=None)


def _fields(model: Any, faulty: Any, path: Path_ = (), *, lists: bool = True) -> list[Change]:
    """The changes of single fields; without `lists` those are fields, too."""
    if isinstance(model, dict) and isinstance(faulty, dict):
        keys: Iterable[str | int] = sorted({*model, *faulty})
        pairs = [(key, model.get(key, GONE), faulty.get(key, GONE)) for key in keys]
    elif lists and isinstance(model, list) and isinstance(faulty, list):
        most = max(len(model), len(faulty))
        padded = [each + [GONE] * (most - len(each)) for each in (model, faulty)]
        pairs = [(index, padded[0][index], padded[1][index]) for index in reversed(range(most))]
    else:
        return [Change(path, model, faulty)]
    return [
        change
        for key, good, bad in pairs
        if good is GONE or bad is GONE or not _same(good, bad)
        for change in _fields(good, bad, (*path, key), lists=lists)
    ]


def _parts(model: Any, faulty: Any) -> list[Change]:
    """The changes of whole parts of the spec and of the pod, and its plain values, which may matter together."""
    places: list[Path_] = [("metadata", key) for key in ("labels", "annotations")]
    pod: Path_ = ("spec", "template", "spec")
    for path in (("spec",), pod):
        present = [each for each in (_get(model, path), _get(faulty, path)) if isinstance(each, dict)]
        keys = sorted({key for each in present for key in each} - {"template", "selector"})
        places += [(*path, key) for key in keys]
    changes = [Change(path, _get(model, path), _get(faulty, path)) for path in places]
    return [
        change
        for change in changes
        if change.good is GONE or change.bad is GONE or not _same(change.good, change.bad) or _plain(change)
    ]


def _plain(change: Change) -> bool:
    return change.path[:-1] == ("spec",) and not isinstance(change.bad, dict | list)


def _same(good: Any, bad: Any) -> bool:
    return bool(json.dumps(good, sort_keys=True) == json.dumps(bad, sort_keys=True))


def _get(content: Any, path: Path_) -> Any:
    for step in path:
        content = content.get(step, GONE) if isinstance(content, dict) else GONE
    return content


def _set(target: Any, path: Path_, value: Any) -> None:
    """Set a field; beyond the end of a list is its end."""
    for step in path[:-1]:
        if isinstance(target, dict):
            target = target.setdefault(step, {})
        elif isinstance(target, list) and isinstance(step, int) and step < len(target):
            target = target[step]
        else:
            return
    last = path[-1]
    if isinstance(target, list) and isinstance(last, int):
        target[last : last + 1] = [] if value is GONE else [copy.deepcopy(value)]
    elif isinstance(target, dict) and value is GONE:
        target.pop(last, None)
    elif isinstance(target, dict):
        target[last] = copy.deepcopy(value)
