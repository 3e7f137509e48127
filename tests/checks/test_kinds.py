"""Rules see the pods of every workload kind, and all kinds of containers."""

from __future__ import annotations

import copy
import datetime
from typing import Any

import pytest

from platformctl.checks import gate
from platformctl.checks.subject import Subject
from platformctl.findings import Finding
from platformctl.manifests import Manifest
from platformctl.repo import Repo

TEMPLATES = {
    ("v1", "Pod"): (),
    ("v1", "PodTemplate"): ("template",),
    ("v1", "ReplicationController"): ("spec", "template"),
    ("apps/v1", "Deployment"): ("spec", "template"),
    ("apps/v1", "StatefulSet"): ("spec", "template"),
    ("apps/v1", "DaemonSet"): ("spec", "template"),
    ("apps/v1", "ReplicaSet"): ("spec", "template"),
    ("batch/v1", "Job"): ("spec", "template"),
    ("batch/v1", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("argoproj.io/v1alpha1", "Rollout"): ("spec", "template"),
}
POD = {
    "containers": [{"name": "web", "image": "shop:1"}],
    "initContainers": [{"name": "prepare", "image": "shop:1"}],
    "ephemeralContainers": [{"name": "debug", "image": "shop:1"}],
}


def _object(api_version: str, kind: str) -> Manifest:
    template: dict[str, Any] = {"spec": copy.deepcopy(POD)}
    for step in reversed(TEMPLATES[api_version, kind]):
        template = {step: template}
    content = {"apiVersion": api_version, "kind": kind, "metadata": {"name": kind.lower()}, **template}
    return Manifest(content, "test.yaml", None)


@pytest.fixture(scope="module")
def findings(repo: Repo) -> tuple[Finding, ...]:
    subject = Subject.loose(tuple(_object(*kind) for kind in TEMPLATES))
    return gate.judge(repo, subject, datetime.date(2026, 1, 1)).findings


@pytest.mark.parametrize("kind", TEMPLATES, ids=lambda kind: kind[1])
def test_every_container_of_every_kind_is_seen_by_all_engines(
    kind: tuple[str, str], findings: tuple[Finding, ...]
) -> None:
    """A pod that sets nothing breaks the twin rule at its three containers, wherever the pod stands."""
    where = "".join(f"{step}." for step in TEMPLATES[kind]) + "spec."
    found = {
        (finding.path, finding.engine)
        for finding in findings
        if finding.rule == "read-only-root-fs" and finding.object.kind == kind[1]
    }

    engines = "checkov+python+rego"
    assert found == {(f"{where}{name}[0].securityContext.readOnlyRootFilesystem", engines) for name in POD}


def test_ephemeral_containers_cannot_have_limits(findings: tuple[Finding, ...]) -> None:
    """The API refuses resources on them, so the rule does not ask for any."""
    paths = [finding.path for finding in findings if finding.rule == "memory-limit"]

    assert paths
    assert not [path for path in paths if "ephemeral" in path]


def test_unknown_group_of_the_same_kind_makes_no_pod(repo: Repo) -> None:
    """A Deployment of another API group is another thing."""
    other = _object("apps/v1", "Deployment")
    renamed = Manifest({**other.content, "apiVersion": "example.com/v1"}, "test.yaml", None)

    report = gate.judge(repo, Subject.loose([renamed]), datetime.date(2026, 1, 1))

    assert {finding.rule for finding in report.findings} == {"schema-missing"}
