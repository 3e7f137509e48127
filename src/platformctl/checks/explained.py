"""What there is to say about each rule: who finds it, and where a fixture breaks and keeps it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from platformctl.checks import checkov
from platformctl.checks.protocol import Check, World
from platformctl.checks.registry import CHECKS
from platformctl.checks.rulebook import Rule, Rulebook
from platformctl.manifests import FieldPath, Manifest, read
from platformctl.output.rule_pages import Example, Explanation
from platformctl.repo import Repo

FIXTURES = "tests/fixtures"
FRAME = "frame.yaml"  # stands around the objects of a fixture, and is none itself
BEFORE, AFTER = 6, 4  # lines around the place
_ENGINES = dict.fromkeys(("schema", "schema-missing"), "kubeconform") | {checkov.BROKEN: "checkov"}


def explain(repo: Repo, rulebook: Rulebook, rule: Rule) -> Explanation:
    """One rule with its examples."""
    theirs = [check for check, ours in checkov.choice(repo, rulebook).rules.items() if ours == rule.id]
    engines = [
        *(["Python"] if rule.id in CHECKS else []),
        *(["Rego"] if rule.twin else []),
        *([f"checkov ({_range(theirs)})"] if theirs else []),
    ]
    place = _broken(repo, rule)
    breaks, keeps = _examples(repo, rule, place)
    if breaks and keeps and breaks.text == keeps.text:  # the place says nothing: the fault is in how objects relate
        breaks, keeps = _examples(repo, rule, ("", ()))
    return Explanation(
        rule,
        tuple(engines) or (_ENGINES.get(rule.id, "the gate itself"),),
        breaks,
        keeps,
    )


def explain_all(repo: Repo, rulebook: Rulebook) -> Mapping[str, Explanation]:
    """Every rule."""
    return {name: explain(repo, rulebook, rule) for name, rule in sorted(rulebook.items())}


def _range(checks: list[str]) -> str:
    return ", ".join(checks) if len(checks) < 5 else f"{checks[0]} to {checks[-1]}"


def _files(repo: Repo, outcome: str, rule: Rule) -> list[Path]:
    folder = repo.root / FIXTURES / outcome / rule.id
    return sorted(path for path in folder.glob("*.yaml") if path.name != FRAME) if folder.is_dir() else []


def _chosen(repo: Repo, outcome: str, rule: Rule) -> Path | None:
    files = _files(repo, outcome, rule)
    return next((path for path in files if path.stem == "rollout"), files[0] if files else None)


def _broken(repo: Repo, rule: Rule) -> tuple[str, FieldPath]:
    """Kind and field that the check finds broken in its fixture; empty where that is not for a check to say."""
    check, file = CHECKS.get(rule.id), _chosen(repo, "invalid", rule)
    if not check or not file:
        return "", ()
    around = [file, file.with_name(FRAME)]
    manifests = [each for path in around if path.is_file() for each in _objects(path)]
    world = World(manifests)
    return next(_violations(check, manifests, world, str(file)), ("", ()))


def _violations(check: Check, manifests: list[Manifest], world: World, file: str) -> Iterator[tuple[str, FieldPath]]:
    for manifest in manifests:
        if manifest.file == file and (not check.kinds or manifest.kind in check.kinds):
            for violation in check.judge(manifest, world):
                yield manifest.kind, violation.path


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()


def _differing(repo: Repo, rule: Rule, outcome: str, lines: list[str]) -> int:
    """The first line that differs from the fixture of the other outcome."""
    other = _chosen(repo, "valid" if outcome == "invalid" else "invalid", rule)
    there = _lines(other) if other else lines
    steps = difflib.SequenceMatcher(a=there, b=lines, autojunk=False).get_opcodes()
    begins = (begin + 1 for step, _, _, begin, _ in steps if step != "equal")
    return min(next(begins, 1), len(lines))


def _objects(path: Path) -> list[Manifest]:
    return [each for each in read(path, str(path)) if isinstance(each, Manifest)]


def _examples(repo: Repo, rule: Rule, place: tuple[str, FieldPath]) -> tuple[Example | None, Example | None]:
    return _example(repo, "invalid", rule, place), _example(repo, "valid", rule, place)


def _example(repo: Repo, outcome: str, rule: Rule, place: tuple[str, FieldPath]) -> Example | None:
    file = _chosen(repo, outcome, rule)
    if not file:
        return None
    kind, path = place
    lines = _lines(file)
    found = [each.line_of(path) or 1 for each in _objects(file) if each.kind == kind]
    line = found[0] if found else _differing(repo, rule, outcome, lines)
    shown = lines[max(0, line - 1 - BEFORE) : line + AFTER]
    return Example(str(file.relative_to(repo.root)), line, "\n".join(shown))
