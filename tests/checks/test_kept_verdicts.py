"""A verdict is kept as long as nothing that it depends on has changed, and never longer."""

from __future__ import annotations

import datetime
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from platformctl.checks import deployed, fingerprint, gate, kubeconform, plain, python, rego
from platformctl.findings import Report
from platformctl.profile import Profile
from platformctl.repo import Repo, cache_folder

TODAY = datetime.date(2026, 1, 1)


@pytest.fixture(autouse=True)
def own_verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs and schemas of the user, the verdicts of this test."""
    folder = tmp_path / "own-cache/techcommerce"
    folder.mkdir(parents=True)
    for entry in cache_folder().iterdir():
        if entry.name not in ("verdicts", "renders"):
            (folder / entry.name).symlink_to(entry)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder.parent))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The engines that are asked, in order."""
    calls: list[str] = []

    def watch(engine: Any) -> None:
        run = engine.run

        def watched(*arguments: Any) -> Any:
            calls.append(engine.ENGINE)
            return run(*arguments)

        monkeypatch.setattr(engine, "run", watched)

    for engine in (rego, kubeconform):
        watch(engine)
    return calls


def _invalid(repo: Repo, names: Iterable[str] = ("seccomp", "schema")) -> Report:
    paths = [Path(__file__).resolve().parents[1] / "fixtures/invalid" / name / "deployment.yaml" for name in names]
    return gate.judge(repo, plain.subject(paths), TODAY)


def test_an_object_is_shown_to_an_engine_once(checkout: Repo, asked: list[str]) -> None:
    """The second run says the same without asking; an object more is asked about alone."""
    first = _invalid(checkout)
    assert sorted(asked) == ["kubeconform", "rego"]

    asked.clear()
    second = _invalid(checkout)
    assert asked == []
    assert second.findings == first.findings
    assert second.findings

    _invalid(checkout, ("seccomp", "schema", "fixed-uid"))
    assert sorted(asked) == ["kubeconform", "rego"]


@pytest.mark.parametrize("changed", ["policy/rego/lib/pods.rego", "policy/rules/pods.yaml"])
def test_a_changed_rule_is_asked_again(changed: str, checkout: Repo, asked: list[str]) -> None:
    """What the rules say is part of what a verdict depends on."""
    _invalid(checkout)
    asked.clear()
    path = checkout.root / changed
    path.write_text(f"{path.read_text()}\n# changed\n")
    _invalid(checkout)

    assert sorted(asked) == ["kubeconform", "rego"]


def test_exceptions_and_other_programs(checkout: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Exceptions are applied to kept verdicts, so they are no part of the fingerprint; the programs are."""
    before = fingerprint.of(checkout)
    exceptions = checkout.root / "policy/exceptions.yaml"
    exceptions.write_text(f"{exceptions.read_text()}\n# changed\n")
    assert fingerprint.of(checkout) == before

    program = tmp_path / "conftest"
    shutil.copy(fingerprint.needed(checkout, "conftest"), program)
    monkeypatch.setattr(fingerprint, "needed", lambda _repo, _name: program)
    assert fingerprint.of(checkout) != before


def test_a_damaged_store_is_made_again(checkout: Repo, asked: list[str]) -> None:
    """Rubbish in the file is neither a trace nor a pass."""
    first = _invalid(checkout)
    asked.clear()
    store = cache_folder() / f"verdicts/{fingerprint.of(checkout)}.sqlite3"
    store.write_bytes(b"SQLite format 3\0 and then nothing of the kind" * 100)

    assert _invalid(checkout).findings == first.findings
    assert sorted(asked) == ["kubeconform", "rego"]


def test_a_world_is_judged_once(small_platform: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unchanged cluster costs no rule at all; a changed overlay is judged again and exceptions always apply."""

    def judged(repo: Repo) -> Report:
        return gate.judge(repo, deployed.subject(repo, Profile()), TODAY)

    first = judged(small_platform)
    worlds: list[object] = []
    judge = python.Case.judge
    monkeypatch.setattr(python.Case, "judge", lambda case, rules: worlds.append(case) or judge(case, rules))

    assert judged(small_platform).findings == first.findings
    assert worlds == []

    kept = sqlite3.connect(cache_folder() / f"verdicts/{fingerprint.of(small_platform)}.sqlite3")
    assert kept.execute("select count(*) from world").fetchone()[0] > 0
    kept.close()

    path = next(small_platform.root.glob("overlays/staging/*/kustomization.yaml"))
    path.write_text(f"{path.read_text()}\ncommonAnnotations: {{changed: 'yes'}}\n")
    judged(small_platform)
    assert worlds
