"""Parsers refuse what they do not understand and never crash; rules survive objects of any shape."""

from __future__ import annotations

import copy
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from platformctl.checks import plain
from platformctl.checks.protocol import Violation, World
from platformctl.checks.python import checks_of
from platformctl.manifests import Manifest
from tests.fuzz.targets import ROOT, TARGETS

RUNS = 4000  # of each parser; `python -m tests.fuzz TARGET` runs for as long as one likes
ODD: tuple[Any, ...] = (None, "", 0, -1, 1.5, True, [], {}, [None], {"": None}, "a: b", "\x1b[31m", "9" * 400, [[]])
SHAPES = 6  # of each fixture


def _fuzz(target: str, folder: Path, runs: int) -> subprocess.CompletedProcess[str]:
    corpus = folder / "corpus"
    corpus.mkdir()
    seeds = [
        *(ROOT / "clusters/local").glob("*.yaml"),
        ROOT / "policy/exceptions.yaml",
        ROOT / "policy/rules/pods.yaml",
    ]
    for number, seed in enumerate(seeds):
        (corpus / str(number)).write_bytes(seed.read_bytes()[:2000])
    options = (f"-runs={runs}", "-seed=1", "-max_len=2000", "-timeout=20", f"-artifact_prefix={folder}/", str(corpus))
    return subprocess.run(
        [sys.executable, "-m", "tests.fuzz", target, *options],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("target", TARGETS)
def test_no_input_crashes_a_parser(target: str, tmp_path: Path) -> None:
    """Thousands of inputs, each guided by what the last one reached."""
    done = _fuzz(target, tmp_path, RUNS)

    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "DONE" in done.stderr  # libFuzzer's last line: it has really run


def test_the_fuzzer_finds_a_planted_fault(tmp_path: Path) -> None:
    """Otherwise its silence would say nothing."""
    done = _fuzz("planted", tmp_path, 100_000)

    assert done.returncode != 0
    assert "ValueError: planted" in done.stdout + done.stderr


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield (*path, step)
        yield from _places(child, (*path, step))


def _broken(content: Any, choice: random.Random) -> Any:
    """The object with some of its fields replaced by what nobody should write."""
    changed = copy.deepcopy(content)
    places = [path for path in _places(changed) if path not in {("apiVersion",), ("kind",)}]
    for path in choice.sample(places, min(3, len(places))):
        target = changed
        for step in path[:-1]:
            # an earlier replacement may have taken the place away
            target = target[step] if isinstance(target, dict | list) and _has(target, step) else None
        if isinstance(target, dict | list) and _has(target, path[-1]):
            target[path[-1]] = copy.deepcopy(choice.choice(ODD))
    return changed


def _has(container: Any, step: Any) -> bool:
    return step in container if isinstance(container, dict) else isinstance(step, int) and step < len(container)


@pytest.mark.parametrize("outcome", ["valid", "invalid"])
def test_rules_survive_any_shape(outcome: str) -> None:
    """Every check, on every fixture with random fields replaced, alone and in a whole world."""
    choice = random.Random(outcome)
    manifests = plain.subject([ROOT / "tests/fixtures" / outcome]).manifests
    judged = 0
    for _ in range(SHAPES):
        broken = [Manifest(_broken(each.content, choice), each.file, each.line) for each in manifests]
        for whole in (False, True):
            world = World(broken, whole=whole)
            for manifest in broken:
                for check in checks_of(manifest.kind):
                    try:
                        found = list(check.judge(manifest, world))
                    except Exception as error:  # whatever it is, it is the failure
                        raise AssertionError(f"{check.rule} fails on {manifest.content!r}") from error
                    assert all(isinstance(each, Violation) for each in found)
                    judged += 1
    assert judged > 1000 * SHAPES
