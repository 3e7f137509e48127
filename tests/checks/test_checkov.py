"""checkov beside the other engines: what it is handed, what comes back, and that it is never silently absent."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.checks import checkov, gate, rulebook
from platformctl.checks.rulebook import Rulebook
from platformctl.console import Console
from platformctl.errors import PlatformError
from platformctl.findings import Finding, ObjectRef, Severity
from platformctl.repo import Repo
from platformctl.tools import environment

from .conftest import Run

POD = {"containers": [{"name": "web", "image": "shop:1", "securityContext": {"privileged": True}}]}


def _workload(kind: str, pod: Mapping[str, Any], **metadata: Any) -> dict[str, Any]:
    versions = {"Pod": "v1", "PodTemplate": "v1", "Rollout": "argoproj.io/v1alpha1", "Job": "batch/v1"}
    version = versions.get(kind, "batch/v1" if kind == "CronJob" else "apps/v1")
    template = {"spec": copy.deepcopy(dict(pod))}
    body: dict[str, Any] = {"spec": {"template": template}}
    if kind == "Pod":
        body = template
    elif kind == "PodTemplate":
        body = {"template": template}
    elif kind == "CronJob":
        body = {"spec": {"jobTemplate": {"spec": {"template": template}}}}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "web", **metadata}, **body}


@pytest.fixture(scope="module")
def rules(repo: Repo) -> Rulebook:
    return rulebook.load(repo)


@pytest.fixture
def own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder in which no verdict is kept yet."""
    (cache / "verdicts").unlink(missing_ok=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache.parent))
    return cache


def _fake(repo: Repo, cache: Path, script: str) -> None:
    """Put a shell script where checkov's Python is."""
    place = cache / environment.home(repo, "checkov").name
    place.unlink()
    (place / "bin").mkdir(parents=True)
    (place / "bin/python").write_text(f"#!/bin/sh\n{script}\n")
    (place / "bin/python").chmod(0o755)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("Pod", ("spec",)),
        ("PodTemplate", ("template", "spec")),
        ("Deployment", ("spec", "template", "spec")),
        ("Rollout", ("spec", "template", "spec")),
        ("CronJob", ("spec", "jobTemplate", "spec", "template", "spec")),
    ],
)
def test_workload_is_judged_whatever_its_kind(
    kind: str, path: tuple[str, ...], repo: Repo, rules: Rulebook, own_cache: Path
) -> None:
    """A finding stands on the field of the object itself, not of what it was handed over as."""
    hits, seen = checkov.run(repo, rules, [_workload(kind, POD)])

    assert seen == {0}
    places = {hit.rule: hit.path for hit in hits}
    assert places["privileged"] == (*path, "containers", 0, "securityContext", "privileged")
    assert "control-plane-flags" not in places


def test_hit_names_the_object_it_is_in(repo: Repo, rules: Rulebook, own_cache: Path) -> None:
    """Each object has a verdict of its own; objects that checkov knows nothing about have none."""
    scheduler = {"containers": [{"name": "main", "command": ["kube-scheduler", "--profiling=true"]}]}
    contents = [
        _workload("Deployment", POD),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "web"}},
        _workload("Rollout", scheduler),
    ]
    hits, seen = checkov.run(repo, rules, contents)

    assert {hit.index for hit in hits if hit.rule == "privileged"} == {0}
    assert {hit.index for hit in hits if hit.rule == "control-plane-flags"} == {2}
    assert seen == {0, 1, 2}


def test_same_pods_are_handed_over_once(
    repo: Repo, rules: Rulebook, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names, namespaces, labels and annotations make no difference, and a kept verdict starts no program."""
    handed: list[int] = []
    ask = checkov._asked

    def counting(python: Path, checks: Any, contents: Any) -> Any:
        handed.append(len(contents))
        return ask(python, checks, contents)

    monkeypatch.setattr(checkov, "_asked", counting)
    alike = [_workload(kind, POD, name=f"web-{n}", labels={"app": str(n)}) for n, kind in enumerate(["Deployment"] * 5)]
    alike += [_workload(kind, POD) for kind in ("Rollout", "StatefulSet", "DaemonSet")]
    first, _ = checkov.run(repo, rules, alike)
    second, _ = checkov.run(repo, rules, [*alike, _workload("Rollout", POD, name="another")])

    assert handed == [1]
    assert {hit.index for hit in first} == set(range(8))
    assert {hit.index for hit in second} == set(range(9))


def test_manifest_cannot_skip_a_check(repo: Repo, rules: Rulebook, own_cache: Path) -> None:
    """checkov's own annotation has no effect: exceptions have a reason, an owner and an end."""
    skipping = _workload("Pod", POD, annotations={"checkov.io/skip1": "CKV_K8S_16=trust me"})
    hits, _ = checkov.run(repo, rules, [skipping])

    assert "privileged" in {hit.rule for hit in hits}


def test_windows_pods_are_not_asked_for_what_linux_has(repo: Repo, rules: Rulebook, own_cache: Path) -> None:
    """checkov does not look at the operating system and would ask for capabilities."""
    hits, seen = checkov.run(repo, rules, [_workload("Pod", {**POD, "os": {"name": "windows"}})])

    assert hits == []
    assert seen == {0}


@pytest.mark.parametrize("spec", [None, 5, [], {"containers": 5}, {"containers": [5]}, {"containers": [{"env": [7]}]}])
def test_odd_input_is_a_finding_not_a_crash(spec: object, repo: Repo, rules: Rulebook, own_cache: Path) -> None:
    """A check that breaks down on an object says so on that object; the others are judged."""
    odd = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "odd"}, "spec": spec}
    hits, seen = checkov.run(repo, rules, [odd, _workload("Pod", POD)])

    assert seen == {0, 1}
    assert "privileged" in {hit.rule for hit in hits if hit.index == 1}


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("echo nonsense", "checkov's answer is no result"),
        ("echo '{}'", "checkov's answer is no result"),
        ("echo '[]'", "checkov's answer is no result"),
        ("exit 1", "python ended with 1"),
        ("kill -9 $$", "python ended with -9"),
    ],
)
def test_broken_checkov_is_3(script: str, expected: str, platformctl: Run, repo: Repo, own_cache: Path) -> None:
    """A program that crashes, says nothing or prints rubbish is never a pass."""
    _fake(repo, own_cache, script)
    answer = platformctl("check", repo.root / "tests/fixtures/valid/host-pid")

    assert answer.code == 3
    assert expected in answer.err
    assert answer.out == ""


def test_absent_checkov_is_3(platformctl: Run, repo: Repo, own_cache: Path) -> None:
    """Without its environment there is no verdict, even where one is kept."""
    (own_cache / environment.home(repo, "checkov").name).unlink()
    answer = platformctl("check", repo.root / "tests/fixtures/valid/host-pid")

    assert answer.code == 3
    assert answer.err.startswith("error: checkov is not installed")
    assert "platformctl tools checkov" in answer.err


def _answer(repo: Repo, rules: Rulebook) -> dict[str, Any]:
    chosen = checkov.choice(repo, rules)
    checks = {check: {"name": check, "kinds": ["Pod"]} for check in {**chosen.rules, **chosen.skipped}}
    return {"checks": checks, "seen": 1, "failed": [], "broken": []}


def _unseen(answer: dict[str, Any]) -> None:
    answer["seen"] = 0


def _beyond(answer: dict[str, Any]) -> None:
    answer["failed"] = [[7, "CKV_K8S_16", ""]]


def _unknown(answer: dict[str, Any]) -> None:
    answer["checks"]["CKV_K8S_9999"] = {"name": "new", "kinds": ["Pod"]}


def _gone(answer: dict[str, Any]) -> None:
    del answer["checks"]["CKV_K8S_16"]


def _elsewhere(answer: dict[str, Any]) -> None:
    answer["checks"]["CKV_K8S_16"]["kinds"] = ["Pod", "ConfigMap"]


@pytest.mark.parametrize(
    ("harm", "code", "expected"),
    [
        (_unseen, 3, "no result"),
        (_beyond, 3, "no result"),
        (_unknown, 2, "know different checks"),
        (_gone, 2, "know different checks"),
        (_elsewhere, 2, "never handed"),
    ],
)
def test_answer_that_does_not_fit_is_an_error(
    harm: Any, code: int, expected: str, repo: Repo, rules: Rulebook, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fewer objects than it was given, or other checks than policy/checkov.yaml lists: no verdict."""
    answer = _answer(repo, rules)
    monkeypatch.setattr(checkov, "_asked", lambda *_: answer)
    checkov.run(repo, rules, [_workload("Pod", {"containers": []})])  # as it is, the answer fits
    harm(answer)

    with pytest.raises(PlatformError) as raised:
        checkov.run(repo, rules, [_workload("Pod", POD)])
    assert raised.value.exit_code == code
    assert expected in raised.value.what


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  privileged: [CKV_K8S_16]\n", "  priviliged: [CKV_K8S_16]\n", "names rules that there are none of"),
        ("  privileged: [CKV_K8S_16]\n", "  privileged: [CKV_K8S_16, CKV_K8S_17]\n", "names a check twice"),
        ("  privileged: [CKV_K8S_16]\n", "  privileged: [[]]\n", "no check"),
        ("- checks: [CKV_K8S_78]\n", "- checks: [CKV_K8S_78]\n  reason: ''\n- checks: []\n", "a reason"),
        ("skipped:\n", "skiped:\n", "needs `rules` and `skipped`"),
    ],
)
def test_list_must_be_right(old: str, new: str, expected: str, checkout: Repo) -> None:
    """A mistyped list is an error, not a check that is left out."""
    file = checkout.root / checkov.FILE
    file.write_text(file.read_text().replace(old, new, 1))

    with pytest.raises(PlatformError, match=expected):
        checkov.choice(checkout, rulebook.load(checkout))


def test_rules_of_its_own_are_all_mapped(repo: Repo, rules: Rulebook) -> None:
    """A rule that checkov alone looks after stands for at least one check."""
    assert set(checkov.OWN_RULES) - {checkov.BROKEN} <= set(checkov.choice(repo, rules).rules.values())
    assert set(checkov.OWN_RULES) == {rule.id for rule in rules.values() if rule.group == "checkov"}
    assert set(checkov.OWN_RULES) <= set(gate.OWN_RULES)


def _finding(engine: str, **changes: Any) -> Finding:
    ref = ObjectRef("v1", "Pod", "shop", "web")
    finding = Finding("privileged", "privileged", Severity.ERROR, ref, "spec", "a.yaml", 1, "it is", "do not", engine)
    return replace(finding, **changes)


def test_finding_of_both_is_said_once() -> None:
    """Ours stays, with its path and its words, and says that checkov found it too."""
    ours, theirs = _finding("python", path="spec.containers[1]"), _finding("checkov", path="spec.containers[0]")

    assert checkov.confirmed([theirs, ours]) == [replace(ours, engine="checkov+python")]


@pytest.mark.parametrize("other", [{"rule": "host-pid"}, {"file": "b.yaml"}, {"clusters": ("staging",)}])
def test_finding_of_checkov_alone_stays(other: dict[str, Any]) -> None:
    """Another rule, file or cluster is another finding."""
    both = [_finding("python", **other), _finding("checkov")]

    assert checkov.confirmed(both) == both


def test_environment_is_made_once_and_older_ones_go(
    checkout: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing environment is made of the lock file; one of another lock file is removed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    made: list[Path] = []

    def install(lock: Path, target: Path) -> None:
        assert lock == checkout.root / "requirements/checkov.txt"
        target.mkdir()
        made.append(target)

    monkeypatch.setattr(environment, "install", install)
    console = Console()
    environment.bring(checkout, console, "checkov")
    environment.bring(checkout, console, "checkov")
    older = environment.home(checkout, "checkov")
    lock = checkout.root / "requirements/checkov.txt"
    lock.write_text(lock.read_text() + "# changed\n")
    environment.bring(checkout, console, "checkov")

    assert made == [older, environment.home(checkout, "checkov")]
    assert not older.exists()


def test_lock_is_needed(checkout: Repo) -> None:
    """Without the lock file nobody knows what would judge."""
    shutil.rmtree(checkout.root / "requirements")

    with pytest.raises(PlatformError, match="requirements/checkov.txt cannot be read"):
        environment.python(checkout, "checkov")


def test_reasons_say_something(repo: Repo) -> None:
    """A skipped check has a sentence, not a word."""
    entries = yaml.safe_load((repo.root / checkov.FILE).read_text())["skipped"]

    assert all(len(entry["reason"].split()) > 5 for entry in entries)
