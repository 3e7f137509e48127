"""The analysis templates as the controller would run them, on recorded series."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.analysis.series import Case

# what overlays render to, with and without the fleet's components
from tests.render.conftest import kustomize, render, render_local, tree  # noqa: F401 - fixtures

from platformctl.process import Command, command, run, text
from platformctl.repo import Repo
from platformctl.tools.programs import program

ANALYSIS = Path("base/platform/argo-rollouts/analysis")
STEP = 5  # seconds between scrapes, and between evaluations of the rules


@dataclass(frozen=True)
class Answer:
    """What Argo Rollouts makes of a template: metrics with their arguments filled in, phases by metric."""

    metrics: tuple[Mapping[str, Any], ...]
    phases: Mapping[str, list[str]]
    error: str


@dataclass(frozen=True)
class Templates:
    """The cluster's analysis templates, and the program that runs them as the controller does."""

    found: Mapping[str, Mapping[str, Any]]
    judge: Path

    def run(self, name: str, args: Mapping[str, str], results: Mapping[str, list[list[str]]]) -> Answer:
        """Fill in the arguments and judge results: by metric, the values of each measurement."""
        request = json.dumps({"template": self.found[name], "args": args, "results": results})
        answer = json.loads(text(Command((str(self.judge),), stdin=request.encode())))
        return Answer(tuple(answer.get("metrics", ())), answer.get("phases", {}), answer.get("error", ""))


@pytest.fixture(scope="session")
def repo() -> Repo:
    """The checkout under test."""
    return Repo.find(Path(__file__).resolve().parent)


@pytest.fixture(scope="session")
def templates(repo: Repo) -> Templates:
    """All templates of the repository."""
    objects = [yaml.safe_load(path.read_text()) for path in sorted((repo.root / ANALYSIS).glob("*.yaml"))]
    found = {each["metadata"]["name"]: each for each in objects if each["kind"] == "ClusterAnalysisTemplate"}
    return Templates(found, program(repo, "analysis"))


@pytest.fixture(scope="session")
def rules(repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recording rules that the templates ask, as a file that promtool reads."""
    content = yaml.safe_load((repo.root / ANALYSIS / "versions.yaml").read_text())["spec"]
    path = tmp_path_factory.mktemp("rules") / "rules.yaml"
    path.write_text(yaml.safe_dump(content))
    return path


@dataclass(frozen=True)
class Promtool:
    """Runs a query of a template on the series of a case."""

    program: Path
    rules: Path
    folder: Path

    def expect(self, query: str, case: Case) -> str:
        """Nothing when the query gives the values of the case at its time; else what promtool says."""
        values: tuple[float, ...] = case.values
        if any(math.isnan(value) for value in values):  # which equals nothing, not even itself
            query, values = f"count(({query}) != ({query}))", (1,)
        samples = [{"labels": "{}", "value": value} for value in values]
        test = {
            "interval": f"{STEP}s",
            "name": case.name,
            "input_series": [{"series": name, "values": values} for name, values in case.series.items()],
            "promql_expr_test": [{"expr": query, "eval_time": case.at, "exp_samples": samples}],
        }
        path = self.folder / "test.yaml"
        frame = {"rule_files": [str(self.rules)], "evaluation_interval": f"{STEP}s", "fuzzy_compare": True}
        path.write_text(yaml.safe_dump({**frame, "tests": [test]}))
        done = run(command(self.program, "test", "rules", path), ok=(0, 1))
        return "" if done.returncode == 0 else (done.stdout + done.stderr).decode()


@pytest.fixture
def promtool(repo: Repo, rules: Path, tmp_path: Path) -> Promtool:
    """The pinned promtool."""
    return Promtool(program(repo, "promtool"), rules, tmp_path)
