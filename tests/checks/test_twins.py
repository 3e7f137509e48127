"""The Python and the Rego form of a rule say the same about everything."""

from __future__ import annotations

from collections import Counter
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
        if manifest.kind in CHECKS[rule].kinds
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
    print(f"{outcome} fixtures compared: {len(manifests)}, with {len(found)} violations")


def _maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


# values that manifests have, and some that nobody should write but somebody will
ODD: st.SearchStrategy[Any] = st.sampled_from([None, "", 0, 0.0, "true", [], {}, [None]])


def _mostly(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(values, values, values, values, ODD)


FLAG = st.booleans() | ODD
NUMBER = st.sampled_from([10001, 0, 1000, 1e4, 10000.5, "10001"]) | ODD
AMOUNT = st.sampled_from(["1", "100m", 2]) | ODD
AMOUNTS = _maybe(cpu=AMOUNT, memory=AMOUNT)
PROFILE = _maybe(type=st.sampled_from(["RuntimeDefault", "Localhost", "Unconfined", None, 1])) | ODD
NAMES = st.lists(st.sampled_from(["ALL", "NET_RAW", "all", "NET_BIND_SERVICE", "CHOWN", None, 1]), max_size=3)
CAPABILITIES = _maybe(drop=NAMES | st.just({"first": "ALL"}) | ODD, add=NAMES | ODD) | ODD
LABEL = st.sampled_from(["container_t", "spc_t", "user"]) | ODD
SYSCTL = _maybe(name=st.sampled_from(["kernel.sem", "net.ipv4.tcp_rmem"]) | ODD) | ODD
CONTEXT = _maybe(
    runAsNonRoot=FLAG,
    runAsUser=NUMBER,
    runAsGroup=NUMBER,
    fsGroup=NUMBER,
    supplementalGroups=st.lists(NUMBER, max_size=2) | ODD,
    readOnlyRootFilesystem=FLAG,
    allowPrivilegeEscalation=FLAG,
    privileged=FLAG,
    procMount=st.sampled_from(["Default", "Unmasked"]) | ODD,
    capabilities=CAPABILITIES,
    seccompProfile=PROFILE,
    appArmorProfile=PROFILE,
    seLinuxOptions=_maybe(type=LABEL, user=LABEL, role=LABEL) | ODD,
    sysctls=st.lists(SYSCTL, max_size=2) | ODD,
    windowsOptions=_maybe(hostProcess=FLAG) | ODD,
)
ACTION = _maybe(host=st.sampled_from(["192.0.2.1"]) | ODD) | ODD
PROBE = _maybe(httpGet=ACTION, tcpSocket=ACTION) | ODD
CONTAINER = _maybe(
    name=st.sampled_from(["web", "proxy", 'a "name"', "größe"]) | ODD,
    image=st.sampled_from(["ghcr.io/techcommerce/frontend:1", "ghcr.io/other/frontend:1"]) | ODD,
    securityContext=_mostly(CONTEXT),
    resources=_maybe(limits=AMOUNTS | ODD, requests=AMOUNTS | ODD) | ODD,
    ports=_mostly(st.lists(_mostly(_maybe(hostPort=NUMBER)), min_size=1, max_size=2)),
    livenessProbe=PROBE,
    startupProbe=PROBE,
    lifecycle=_maybe(preStop=PROBE) | ODD,
)
CONTAINERS = st.lists(_mostly(CONTAINER), min_size=1, max_size=3)
VOLUME = _maybe(
    name=st.sampled_from(["a"]) | ODD,
    hostPath=_maybe(path=st.sampled_from(["/", "/data"]) | ODD) | ODD,
    emptyDir=ODD,
    nfs=ODD,
)
POD = _maybe(
    securityContext=_mostly(CONTEXT),
    containers=_mostly(CONTAINERS),
    initContainers=CONTAINERS | ODD,
    ephemeralContainers=CONTAINERS | ODD,
    volumes=st.lists(VOLUME | ODD, max_size=2) | ODD,
    os=_maybe(name=st.sampled_from(["windows", "linux"]) | ODD) | ODD,
    hostUsers=FLAG,
    hostNetwork=FLAG,
    hostPID=FLAG,
    hostIPC=FLAG,
)
PROFILES = st.sampled_from(["unconfined", "runtime/default", "localhost/web"]) | ODD
ANNOTATIONS = st.dictionaries(
    st.sampled_from(["note", "container.apparmor.security.beta.kubernetes.io/web"]), PROFILES, max_size=2
)
KINDS = st.sampled_from(
    [("v1", "Pod"), ("apps/v1", "Deployment"), ("batch/v1", "CronJob"), ("argoproj.io/v1alpha1", "Rollout")]
)


@st.composite
def workloads(draw: st.DrawFn) -> Manifest:
    """An object whose pod may be anything."""
    api_version, kind = draw(KINDS)
    spec: Any = draw(_mostly(POD))
    template: Any = {"metadata": draw(_maybe(annotations=ANNOTATIONS | ODD) | ODD), "spec": spec}
    if kind == "CronJob":
        template = {"spec": {"jobTemplate": {"spec": {"template": template}}}}
    elif kind != "Pod":
        template = {"spec": {"template": template}}
    content = {"apiVersion": api_version, "kind": kind, **template}
    return Manifest(content, "generated", None)


COMPARED: Counter[str] = Counter()


@settings(
    max_examples=50,
    deadline=None,  # each example is one call of conftest
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(manifests=st.lists(workloads(), min_size=20, max_size=60))
def test_twins_agree_on_generated_workloads(repo: Repo, rules: Rulebook, manifests: list[Manifest]) -> None:
    """Same rules, places and words over pods that nobody would think of."""
    found = _python(rules, manifests)

    assert found == _rego(repo, rules, manifests)
    COMPARED.update({"workloads": len(manifests)})
    COMPARED.update(rule for rule, *_ in found)


def test_the_generator_reaches_both_verdicts(rules: Rulebook) -> None:
    """Agreement means something only where every twin rule is broken and kept."""
    twins = {rule for rule in rules if rules[rule].twin}
    print(f"generated workloads and the violations of each rule that were compared: {dict(COMPARED)}")

    assert COMPARED["workloads"] > 400
    assert {rule for rule in twins if COMPARED[rule] < 5} == set()
