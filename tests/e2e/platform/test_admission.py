"""The API server refuses what the gate's core rules refuse, in every workload kind, and nothing else."""

from __future__ import annotations

import copy
import datetime
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.e2e.live import ROOT, Live

from platformctl.checks import gate, plain, rulebook
from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.rulebook import Rule
from platformctl.checks.subject import Subject
from platformctl.manifests import Manifest
from platformctl.repo import Repo
from platformctl.tools.programs import program

REPO = Repo(ROOT)
NAMESPACE = "admission"
STANDARD = "Pod Security Standards"
BY_POLICY, BY_STANDARD = "ValidatingAdmissionPolicy", "violates PodSecurity"
FILLED_IN = {"cpu-request", "memory-request"}  # by the API server, from the limit of a Pod that has one
FRAME: list[dict[str, Any]] = [
    {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": NAMESPACE, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
    },
    {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "web", "namespace": NAMESPACE}},
]


@pytest.fixture(scope="module")
def namespace(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A namespace as the environments have it; kubectl holds it against the published schema, as it does for users."""
    frame = tmp_path_factory.mktemp("admission") / "frame.json"
    frame.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": FRAME}))
    live.kubectl("create", "--validate=strict", "-f", str(frame))
    yield
    live.kubectl("delete", "namespace", NAMESPACE, "--wait=true")


@pytest.mark.usefixtures("namespace")
@pytest.mark.parametrize("outcome", ["valid", "invalid"])
def test_verdicts_are_those_of_the_gate(outcome: str, live: Live) -> None:
    """Every fixture with a pod, as it is and as a bare Pod."""
    objects = list(_corpus(outcome))
    rules = rulebook.load(REPO)
    subject = Subject.loose(Manifest(each, "corpus", None) for each in objects)
    broken: dict[tuple[str, str], set[str]] = {}
    for finding in gate.judge(REPO, subject, datetime.date(2026, 1, 1)).findings:
        if _is_held(rules[finding.rule], finding.object.kind):
            broken.setdefault((finding.object.kind, finding.object.name), set()).add(finding.rule)
    answers = _create(live, objects, "--dry-run=server", "--validate=false")

    compared, differing = 0, []
    for each in objects:
        kind, name = each["kind"], each["metadata"]["name"]
        answer, expected = answers.get((kind.lower(), name), ""), broken.get((kind, name), set())
        refused = BY_POLICY in answer or BY_STANDARD in answer
        if answer and not refused:
            continue  # refused for what it is otherwise, before anybody asked the policy
        compared += 1
        named = re.search(r"denied request: ([a-z-]+):", answer)
        wrong = not expected if refused else expected - (FILLED_IN if kind == "Pod" else set())
        if wrong or (named and named.group(1) not in expected):
            differing.append((kind, name, sorted(expected), answer[:300]))
    print(f"{outcome}: {compared} of {len(objects)} objects compared")
    assert differing == []
    assert compared >= 0.9 * len(objects) > 20


def _is_held(rule: Rule, kind: str) -> bool:
    standard = any(STANDARD in reference for reference in rule.references)
    return rule.admission or (kind == "Pod" and standard)


def _corpus(outcome: str) -> Iterator[dict[str, Any]]:
    """The workloads among the fixtures, each under a name of its own, and the pods that they make."""
    manifests = plain.subject([ROOT / "tests/fixtures" / outcome]).manifests
    for number, manifest in enumerate(manifests):
        pod = pod_of(manifest)
        if manifest.kind not in WORKLOADS or pod is None or "generateName" in manifest.content["metadata"]:
            continue
        content = copy.deepcopy(dict(manifest.content))
        content["metadata"] |= {"namespace": NAMESPACE, "name": f"case-{number}"}
        spec = pod_of(Manifest(content, "", None))
        assert spec is not None
        changed: dict[str, Any] = dict(spec.spec) | {"serviceAccountName": "web"}  # another one is not there
        changed.pop("ephemeralContainers", None)  # nobody may create those
        _put(content, spec.path, changed)
        yield content
        metadata = {"name": f"case-{number}-pod", "namespace": NAMESPACE}
        if manifest.kind != "Pod":
            yield {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": changed}


def _put(content: Any, path: tuple[str | int, ...], value: object) -> None:
    for step in path[:-1]:
        content = content[step]
    content[path[-1]] = value


def _create(live: Live, objects: list[dict[str, Any]], *options: str) -> Mapping[tuple[str, str], str]:
    """What the API server answers to those that it refuses, by kind and name."""
    kubectl = str(program(REPO, "kubectl"))
    done = subprocess.run(
        [kubectl, f"--kubeconfig={live.cluster.kubeconfig}", "create", *options, "-f", "-"],
        input=json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}),
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    refused = {}
    for answer in re.split(r"^(?=Error from server|The [A-Z])", done.stderr, flags=re.MULTILINE):
        found = re.search(r'([a-z]+)(?:\.[a-z0-9.]+)? "(case-[0-9]+(?:-pod)?)"', answer, re.IGNORECASE)
        if found:
            refused[found.group(1).lower().removesuffix("s"), found.group(2)] = answer
    return refused
