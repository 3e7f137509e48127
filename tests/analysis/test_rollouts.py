"""What the Rollouts of every environment hand to the templates, in the form of the cloud and in the local one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.analysis.conftest import Templates
from tests.render.conftest import SERVICES, Object, Render, objects

from platformctl.process import command, run
from platformctl.repo import Repo

PREFIX = "release.techcommerce.example/"
HASHES = {"Latest": "new", "Stable": "old"}
UNITS = {"s": 1, "m": 60, "h": 3600}
MEBI = {"Mi": 2**20, "Gi": 2**30}
FORMS = [(folder, local) for folder in SERVICES for local in (False, True)]


@pytest.fixture(params=FORMS, ids=lambda form: f"{form[0]}{'-local' * form[1]}")
def form(request: pytest.FixtureRequest, render: Render, render_local: Render) -> list[Object]:
    """The objects of a service in an environment."""
    folder, local = request.param
    return objects((render_local if local else render)(folder))


def rollout_of(found: list[Object]) -> Object:
    """The one Rollout of a service."""
    (rollout,) = [each for each in found if each["kind"] == "Rollout"]
    return rollout


def analyses(rollout: Object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Each use of templates by a Rollout, with where it stands."""
    strategy = rollout["spec"]["strategy"]
    for key in ("prePromotionAnalysis", "postPromotionAnalysis"):
        if key in strategy.get("blueGreen", {}):
            yield key, strategy["blueGreen"][key]
    canary = strategy.get("canary", {})
    if canary:
        yield "background", canary["analysis"]
    for index, step in enumerate(canary.get("steps", [])):
        if "analysis" in step:
            yield f"step {index}", step["analysis"]


def arguments(rollout: Object, analysis: Mapping[str, Any]) -> dict[str, str]:
    """The arguments as the controller reads them from the Rollout."""
    return {each["name"]: _value(rollout, each) for each in analysis["args"]}


def _value(rollout: Object, argument: Mapping[str, Any]) -> str:
    if "value" in argument:
        return str(argument["value"])
    source = argument["valueFrom"]
    if "podTemplateHashValue" in source:
        return HASHES[source["podTemplateHashValue"]]
    path = source["fieldRef"]["fieldPath"]
    found: Any = rollout
    for step in re.findall(r"\['([^']+)'\]|\[(\d+)\]|([A-Za-z]+)", path):
        key = step[0] or step[2]
        found = found[key] if key else found[int(step[1])]
    return str(found)


def seconds(duration: str) -> float:
    """A duration of one unit, as all of ours are."""
    return float(duration[:-1]) * UNITS[duration[-1]]


def _names(analysis: Mapping[str, Any]) -> list[str]:
    assert all(each["clusterScope"] is True for each in analysis["templates"])
    return [each["templateName"] for each in analysis["templates"]]


def test_the_controller_accepts_every_metric(form: list[Object], templates: Templates) -> None:
    """Each template gets its arguments, and with them every metric is one that can be run."""
    rollout = rollout_of(form)
    for place, analysis in analyses(rollout):
        given = arguments(rollout, analysis)
        for name in _names(analysis):
            declared = {each["name"] for each in templates.found[name]["spec"]["args"]}
            answer = templates.run(name, {key: given[key] for key in declared}, {})
            assert not answer.error, (place, name)
            assert "{{" not in json.dumps(answer.metrics).replace("\\", ""), (place, name)


def test_every_release_is_smoked_and_judged(form: list[Object]) -> None:
    """A canary is smoked, then judged at every weight that it gets; a preview is smoked, and judged when it is live."""
    rollout = rollout_of(form)
    used = dict(analyses(rollout))
    if "blueGreen" in rollout["spec"]["strategy"]:
        assert _names(used["prePromotionAnalysis"]) == ["smoke"]
        assert _names(used["postPromotionAnalysis"]) == ["success-rate", "latency-p95", "restarts"]
        return
    canary = rollout["spec"]["strategy"]["canary"]
    judged = ["success-rate", "latency-p95", "saturation", "restarts"]
    business = ["business"] if rollout["metadata"]["name"] == "frontend" else []
    assert _names(used["background"]) == judged + business
    weights = [index for index, step in enumerate(canary["steps"]) if "setWeight" in step]
    assert _names(used["step 1"]) == ["smoke"]
    assert weights[0] == 2
    assert canary["steps"][0] == {"setCanaryScale": {"weight": canary["steps"][2]["setWeight"]}}
    assert canary["steps"][3] == {"setCanaryScale": {"matchTrafficWeight": True}}
    for begin, end in zip(weights, [*weights[1:], len(canary["steps"])], strict=True):
        steps = canary["steps"][begin + 1 : end]
        assert any("analysis" in step and _names(step["analysis"]) == judged for step in steps), begin
    assert canary["analysis"]["startingStep"] == 2


def test_only_production_waits_for_a_person(form: list[Object]) -> None:
    """Before all requests are the new version's somebody says so, and nowhere else; locally nobody is there."""
    rollout = rollout_of(form)
    strategy = rollout["spec"]["strategy"]
    cloud_production = seconds(rollout["metadata"]["annotations"][f"{PREFIX}delay"]) == 60
    if "blueGreen" in strategy:
        assert strategy["blueGreen"]["autoPromotionEnabled"] is not cloud_production
        assert "autoPromotionSeconds" not in strategy["blueGreen"]
        return
    endless = [index for index, step in enumerate(strategy["canary"]["steps"]) if step == {"pause": {}}]
    assert endless == ([len(strategy["canary"]["steps"]) - 1] if cloud_production else [])


def test_the_old_colour_outlives_the_analysis(form: list[Object]) -> None:
    """While the new one may be taken back the old one stands by, and no deadline comes before the verdict."""
    rollout = rollout_of(form)
    used = dict(analyses(rollout))
    if "postPromotionAnalysis" not in used:
        return
    given = arguments(rollout, used["postPromotionAnalysis"])
    longest = seconds(given["delay"]) + int(given["count"]) * seconds(given["interval"])

    assert rollout["spec"]["strategy"]["blueGreen"]["scaleDownDelaySeconds"] > longest
    assert rollout["spec"]["progressDeadlineSeconds"] > longest


def test_limits_are_those_of_the_container(form: list[Object]) -> None:
    """The template divides by what the annotation says, the kernel by what the container has."""
    rollout = rollout_of(form)
    given = dict(pair for _, analysis in analyses(rollout) for pair in arguments(rollout, analysis).items())
    limits = rollout["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]
    if "memory-limit" in given:
        assert int(given["memory-limit"]) == int(limits["memory"][:-2]) * MEBI[limits["memory"][-2:]]
        assert float(given["cpu-limit"]) == float(limits["cpu"])


def _smoke_job(rollout: Object, templates: Templates) -> dict[str, Any]:
    (analysis,) = [each for _, each in analyses(rollout) if _names(each) == ["smoke"]]
    (metric,) = templates.run("smoke", arguments(rollout, analysis), {}).metrics
    job = metric["provider"]["job"]
    name = f"{rollout['metadata']['name']}-smoke-test"  # the controller's is the run's id
    metadata = {**job["metadata"], "name": name, "namespace": rollout["metadata"]["namespace"]}
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": job["spec"]}


@pytest.mark.parametrize("folder", SERVICES)
def test_the_smoke_job_is_a_pod_like_others(
    folder: str, render: Render, templates: Templates, repo: Repo, tmp_path: Path
) -> None:
    """The gate does not look into templates: here it judges the Job that comes of each, among what stands around it."""
    found = objects(render(folder))
    job = _smoke_job(rollout_of(found), templates)
    frame = objects(render(f"{folder.rpartition('/')[0]}/platform"))
    foundation = objects(render("base/platform/foundation"))
    path = tmp_path / "all.yaml"
    path.write_text(yaml.safe_dump_all([*foundation, *frame, *found, job]))

    done = run(
        command(repo.root / ".venv/bin/platformctl", "check", "--format", "json", path, cwd=repo.root), ok=(0, 1)
    )

    findings = json.loads(done.stdout)["findings"]
    worse = [each for each in findings if each["severity"] != "info"]
    broken = {kind: {each["rule"] for each in worse if each["object"]["kind"] == kind} for kind in ("Job", "Rollout")}
    assert broken["Job"] <= broken["Rollout"]
    assert not [each for each in findings if each["object"]["kind"] == "Job" and each["rule"].startswith("network")]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    service = rollout_of(found)["metadata"]["name"]
    assert container["command"][-1] == f"{service.replace('-', '_')}.smoke"
    assert container["image"] == rollout_of(found)["spec"]["template"]["spec"]["containers"][0]["image"]
    host = re.fullmatch(r"http://([a-z-]+):(\d+)", container["args"][1])
    assert host
    (target,) = [each for each in found if each["kind"] == "Service" and each["metadata"]["name"] == host[1]]
    assert target["spec"]["ports"][0]["port"] == int(host[2])
