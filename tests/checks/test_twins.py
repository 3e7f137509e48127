"""The Python and the Rego form of a rule say the same about everything."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from platformctl.checks import plain, rego, rulebook
from platformctl.checks.protocol import World
from platformctl.checks.registry import CHECKS
from platformctl.checks.rulebook import Rulebook
from platformctl.manifests import Manifest, dotted
from platformctl.repo import Repo

Verdicts = set[tuple[str, int, str, str]]


@pytest.fixture(scope="module")
def rules(repo: Repo) -> Rulebook:
    return rulebook.load(repo)


def _python(rules: Rulebook, manifests: list[Manifest]) -> Verdicts:
    twins = [rule for rule in rules if rules[rule].twin]
    return {
        (rule, index, dotted(violation.path), violation.message)
        for index, manifest in enumerate(manifests)
        for rule in twins
        for violation in CHECKS[rule].judge(manifest, World([]))
    }


def _rego(repo: Repo, rules: Rulebook, manifests: list[Manifest]) -> Verdicts:
    hits, seen = rego.run(repo, rules, [manifest.content for manifest in manifests])
    assert seen == set(range(len(manifests)))
    return {(hit.rule, hit.index, dotted(hit.path), hit.message) for hit in hits}


@pytest.mark.parametrize("outcome", ["valid", "invalid"])
def test_twins_agree_on_fixtures(outcome: str, repo: Repo, fixtures: Path, rules: Rulebook) -> None:
    """Same rules, places and words over all fixtures."""
    manifests = list(plain.subject([fixtures / outcome]).manifests)
    found = _python(rules, manifests)

    assert found == _rego(repo, rules, manifests)
    assert bool(found) == (outcome == "invalid")


def _maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


# values that manifests have, and some that nobody should write but somebody will
ODD: st.SearchStrategy[Any] = st.sampled_from([None, "", 0, "true", [], {}])
FLAG = st.booleans() | ODD
NUMBER = st.sampled_from([10001, 0, 1000, "10001"]) | ODD
AMOUNTS = _maybe(cpu=st.sampled_from(["1", "100m", 2]) | ODD, memory=st.sampled_from(["64Mi", 5]) | ODD)
PROFILE = _maybe(type=st.sampled_from(["RuntimeDefault", "Localhost", "Unconfined", None, 1]))
DROPPED = st.lists(st.sampled_from(["ALL", "NET_RAW", "all", None]), max_size=2)
CONTEXT = _maybe(
    runAsNonRoot=FLAG,
    runAsUser=NUMBER,
    runAsGroup=NUMBER,
    readOnlyRootFilesystem=FLAG,
    allowPrivilegeEscalation=FLAG,
    capabilities=_maybe(drop=DROPPED | st.just({"first": "ALL"}) | ODD) | ODD,
    seccompProfile=PROFILE | ODD,
)
CONTAINER = st.fixed_dictionaries(
    {"name": st.sampled_from(["web", "proxy"])},
    optional={
        "image": st.sampled_from(["ghcr.io/techcommerce/frontend:1", "ghcr.io/other/frontend:1"]) | ODD,
        "securityContext": CONTEXT | ODD,
        "resources": _maybe(limits=AMOUNTS | ODD) | ODD,
    },
)
CONTAINERS = st.lists(CONTAINER | ODD, max_size=3) | ODD
POD = _maybe(
    securityContext=CONTEXT | ODD,
    containers=CONTAINERS,
    initContainers=CONTAINERS,
    ephemeralContainers=CONTAINERS,
)
KINDS = st.sampled_from(
    [("v1", "Pod"), ("apps/v1", "Deployment"), ("batch/v1", "CronJob"), ("argoproj.io/v1alpha1", "Rollout")]
)


@st.composite
def workloads(draw: st.DrawFn) -> Manifest:
    """An object whose pod may be anything."""
    api_version, kind = draw(KINDS)
    spec: Any = draw(POD | ODD)
    template: Any = {"spec": spec}
    if kind == "CronJob":
        template = {"spec": {"jobTemplate": {"spec": {"template": template}}}}
    elif kind != "Pod":
        template = {"spec": {"template": template}}
    content = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "it"}, **template}
    return Manifest(content, "generated", None)


@settings(
    max_examples=40,
    deadline=None,  # each example is one call of conftest
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(manifests=st.lists(workloads(), min_size=10, max_size=40))
def test_twins_agree_on_generated_workloads(repo: Repo, rules: Rulebook, manifests: list[Manifest]) -> None:
    """Same rules, places and words over pods that nobody would think of."""
    assert _python(rules, manifests) == _rego(repo, rules, manifests)


def test_the_generator_reaches_both_verdicts(rules: Rulebook) -> None:
    """Agreement means something only where every twin rule is broken and kept."""

    def outcomes(manifests: Iterable[Manifest]) -> set[str]:
        return {rule for rule, *_ in _python(rules, list(manifests))}

    broken = {"containers": [{"name": "web", "image": "ghcr.io/techcommerce/frontend:1"}]}
    pod = Manifest({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": broken}, "pod", None)

    assert outcomes([pod]) == {rule for rule in rules if rules[rule].twin}
