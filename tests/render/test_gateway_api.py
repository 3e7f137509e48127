"""The Gateway API form of the frontend, which a cluster opts into: rendered, and judged by the gate."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from platformctl.process import command, run, text
from platformctl.repo import Repo

from .conftest import Object, Render, objects

PLUGIN = "argoproj-labs/gatewayAPI"
COMPONENT = "../../../base/components/gateway-api"


@pytest.fixture(params=["staging", "production"])
def environment(request: pytest.FixtureRequest) -> str:
    """Where a cluster could opt in."""
    return str(request.param)


@pytest.fixture
def opted_in(environment: str, repo: Repo, kustomize: Path, tmp_path: Path) -> list[Object]:
    """The frontend with the Component after all differences."""
    for name in ("base", "overlays"):
        shutil.copytree(repo.root / name, tmp_path / name, ignore=shutil.ignore_patterns("upstream"))
    folder = tmp_path / "overlays" / environment / "frontend"
    run(command(kustomize, "edit", "add", "component", COMPONENT, cwd=folder))
    return objects(text(command(kustomize, "build", folder)))


def test_a_route_stands_for_traefiks_kinds(opted_in: list[Object], environment: str, render: Render) -> None:
    """It sends to both versions, the Rollout's router knows it by name and namespace, and all else is as before."""
    kinds = {each["kind"]: each for each in opted_in}
    before = {(each["kind"], each["metadata"]["name"]) for each in objects(render(f"overlays/{environment}/frontend"))}
    canary = kinds["Rollout"]["spec"]["strategy"]["canary"]

    assert {(each["kind"], each["metadata"]["name"]) for each in opted_in} == (
        before - {("IngressRoute", "frontend"), ("TraefikService", "frontend")}
    ) | {("HTTPRoute", "frontend")}
    assert canary["trafficRouting"] == {"plugins": {PLUGIN: {"httpRoute": "frontend", "namespace": environment}}}
    backends = [each for rule in kinds["HTTPRoute"]["spec"]["rules"] for each in rule.get("backendRefs", [])]
    assert {each["name"]: each["weight"] for each in backends} == {
        canary["stableService"]: 100,
        canary["canaryService"]: 0,
    }
    assert {each["port"] for each in backends} == {3000}


def test_the_gate_can_judge_it(opted_in: list[Object], repo: Repo, tmp_path: Path) -> None:
    """Its kinds have schemas, and the rule on routers finds the route."""
    path = tmp_path / "all.yaml"
    findings = _findings(repo, path, opted_in)
    assert [each for each in findings if each["object"]["kind"] == "HTTPRoute" or "router" in each["rule"]] == []

    for each in opted_in:
        if each["kind"] == "HTTPRoute":
            each["spec"]["rules"][1]["backendRefs"].pop()  # type: ignore[index]
            each["spec"]["rules"][0]["filters"][0]["type"] = "Redirect"  # type: ignore[index]
    rules = {each["rule"] for each in _findings(repo, path, opted_in)}
    assert {"schema", "rollout-traffic-router"} <= rules


def _findings(repo: Repo, path: Path, found: list[Object]) -> list[dict[str, dict[str, str]]]:
    path.write_text(yaml.safe_dump_all(found))
    wanted = command(repo.root / ".venv/bin/platformctl", "check", "--format", "json", path, cwd=repo.root)
    findings: list[dict[str, dict[str, str]]] = json.loads(run(wanted, ok=(0, 1)).stdout)["findings"]
    return findings
