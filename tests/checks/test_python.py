"""The Python rules on many worlds: processes of their own say what this one would."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from platformctl.checks import plain, python, rulebook
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.python import Case, Judged, judging
from platformctl.checks.rulebook import Rulebook
from platformctl.errors import PlatformError
from platformctl.manifests import Manifest
from platformctl.repo import Repo


@pytest.fixture(scope="module")
def rules(repo: Repo) -> Rulebook:
    """The rules of this checkout."""
    return rulebook.load(repo)


@pytest.fixture(scope="module")
def cases(fixtures: Path) -> list[Case]:
    """Worlds of different sizes, with faults and without."""
    return [
        Case(World(plain.subject([fixtures / each]).manifests))
        for each in ("valid", "invalid", "invalid/allow-privilege-escalation")
    ]


@pytest.fixture
def forked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of their own even for a few objects."""
    monkeypatch.setattr(python, "MANY", 0)


def _verdicts(rules: Rulebook, cases: list[Case]) -> list[Judged]:
    with judging(rules, cases) as judged:
        return judged()


@pytest.mark.usefixtures("forked")
def test_processes_say_the_same_in_the_same_order(rules: Rulebook, cases: list[Case]) -> None:
    found = _verdicts(rules, cases)

    assert [each.findings for each in found] == [case.judge(rules).findings for case in cases]
    assert len(found[1].findings) > len(found[2].findings) > 0
    assert set(found[1].spent) > {"run-as-non-root", "object-name"}
    assert multiprocessing.active_children() == []


def test_few_objects_need_no_process(rules: Rulebook, cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python, "ProcessPoolExecutor", None)

    assert _verdicts(rules, cases[2:])[0].findings


def _rule(judge: object, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Check("object-name", frozenset(), judge)  # type: ignore[arg-type]
    monkeypatch.setattr(python, "checks_of", lambda _kind: (broken,))


@pytest.mark.usefixtures("forked")
def test_a_rule_that_fails_is_no_pass(rules: Rulebook, cases: list[Case], monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(_manifest: Manifest, _world: World) -> Iterator[Violation]:
        raise ZeroDivisionError("in a rule")

    _rule(judge, monkeypatch)
    with pytest.raises(ZeroDivisionError, match="in a rule"):
        _verdicts(rules, cases)


@pytest.mark.usefixtures("forked")
def test_a_process_that_is_killed_is_no_pass(
    rules: Rulebook, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = os.getpid()

    def judge(_manifest: Manifest, _world: World) -> Iterator[Violation]:
        assert os.getpid() != parent
        os.kill(os.getpid(), signal.SIGKILL)
        yield Violation((), "")

    _rule(judge, monkeypatch)
    with pytest.raises(PlatformError, match="a process that runs the Python rules was ended from outside") as raised:
        _verdicts(rules, cases)
    assert raised.value.exit_code == 3
