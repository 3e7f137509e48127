"""How fast the gate is beside the two pipelines that a shell can make of the same tools, on this repository.

The pipelines get their work prepared: the folders of all overlays that the Applications deploy, at the commits that
these pin, and the schemas. The gate finds the first itself, and has the second as they do. All are measured in turns,
in one run; each has to show that every tool looked at every object.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from platformctl.checks import checkov, deployed, rulebook
from platformctl.checks.schemas.store import SchemaStore
from platformctl.process import command, run
from platformctl.profile import Profile
from platformctl.render.trees import Trees
from platformctl.repo import Repo, cache_folder
from platformctl.tools import environment
from platformctl.tools.programs import program
from tests.bench.figures import Figure, figure, line
from tests.e2e.live import ROOT

PIPELINES = Path(__file__).with_name("pipelines")
ROUNDS, LOOPS = 3, 1  # a round of the loop takes minutes
TOOLS = ("kustomize", "kubeconform", "conftest")


def main() -> dict[str, Figure]:
    """The figures by name."""
    with tempfile.TemporaryDirectory(prefix="bench-gate-") as name:
        scratch = Path(name)
        words, overlays = _prepared(Repo(ROOT), scratch)
        loop, whole, cold, warm = [], [], [], []
        for number in range(ROUNDS):
            if number < LOOPS:
                loop.append(_pipeline("loop", words, overlays))
            whole.append(_pipeline("whole", words, overlays))
            cache = cold_cache(scratch / f"cache-{number}")
            cold.append(check(ROOT, cache)[0])
            warm.append(check(ROOT, cache)[0])
    return {
        f"a loop over {overlays} overlays": figure(loop, "s"),
        "the best pipeline": figure(whole, "s"),
        "the gate, nothing kept": figure(cold, "s"),
        "the gate, nothing changed": figure(warm, "s"),
        "the loop against the gate, nothing kept": _ratio(loop, cold),
        "the loop against the gate, nothing changed": _ratio(loop, warm),
        "the best pipeline against it, nothing kept": _ratio(whole, cold),
        "the best pipeline against it, nothing changed": _ratio(whole, warm),
    }


def cold_cache(home: Path) -> Path:
    """A cache that holds the programs and, as the pipelines get them, the schemas of the kinds; no result."""
    schemas = cache_folder() / "schemas"
    if not schemas.is_dir():
        run(command(sys.executable, "-m", "platformctl", "check", cwd=ROOT))
    kept = [cache_folder() / "bin", schemas, *cache_folder().glob("checkov-*")]
    (home / "techcommerce").mkdir(parents=True)
    for path in kept:
        (home / "techcommerce" / path.name).symlink_to(path)
    return home


def check(root: Path, cache: Path) -> tuple[float, dict[str, int]]:
    """Seconds of one `platformctl check` as a process, and its inventory, which has to be without a gap.

    A repository that was written for a benchmark may have findings, which exit code 1 says.
    """
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "platformctl", "check", "--format", "json"],
        cwd=root, env={**os.environ, "XDG_CACHE_HOME": str(cache)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    assert done.returncode in (0, 1), f"{done.stderr}{done.stdout[-2000:]}"
    summary: dict[str, int] = json.loads(done.stdout)["summary"]
    assert summary["applications"] == summary["rendered"]
    assert summary["objects"] == summary["schema_checked"] == summary["policy_checked"]
    return seconds, summary


def _prepared(repo: Repo, scratch: Path) -> tuple[tuple[str, ...], int]:
    """The pipelines' arguments (overlays, schemas, policies, checkov's checks to skip), and how many overlays."""
    trees = Trees(repo)
    applications = deployed.applications(repo)
    overlays = dict.fromkeys(str(trees.folder(each.revision, each.file) / each.path) for each in applications)
    contents = [manifest.content for manifest in deployed.subject(repo, Profile()).manifests]
    (scratch / "overlays").write_text("".join(f"{overlay}\n" for overlay in overlays))
    locations = SchemaStore(repo).locations(contents)
    (scratch / "schemas").write_text("".join(f"{location}\n" for location in locations))
    command = scratch / "checkov"
    command.write_text(f'#!/bin/sh\nexec {environment.python(repo, "checkov")} -m checkov.main "$@"\n')
    command.chmod(0o755)
    skipped = ",".join(checkov.choice(repo, rulebook.load(repo)).skipped)
    return (str(scratch / "overlays"), str(scratch / "schemas"), str(repo.root / "policy/rego"), skipped), len(overlays)


def _pipeline(name: str, words: Sequence[str], overlays: int) -> float:
    """Seconds of one pipeline; what it finds is not compared, but that its tools looked."""
    folders = [program(Repo(ROOT), tool).parent for tool in TOOLS]
    path = os.pathsep.join([str(Path(words[0]).parent), *map(str, folders), os.environ["PATH"]])
    began = time.monotonic()
    done = subprocess.run(
        [PIPELINES / name, *words], env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    seconds = time.monotonic() - began
    _looked(done.stdout, overlays)
    return seconds


def _looked(output: str, overlays: int) -> None:
    """Every tool has to have seen objects of every overlay: a pipeline whose tool fails at once is no measure."""
    schema = sum(int(found) for found in re.findall(r"^Summary: (\d+) resources? found", output, re.MULTILINE))
    policy = sum(int(found) for found in re.findall(r"^(\d+) tests?, ", output, re.MULTILINE))
    settings = sum(int(found) for found in re.findall(r"^Passed checks: (\d+)", output, re.MULTILINE))
    assert min(schema, policy, settings) >= overlays, f"{schema=} {policy=} {settings=}\n{output[-3000:]}"


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> Figure:
    """How many times faster the gate is: each of their rounds against ours of the same round."""
    return figure([their / our for their, our in zip(theirs, ours, strict=False)], "x")


if __name__ == "__main__":
    for measured, found in main().items():
        print(line(measured, found))
