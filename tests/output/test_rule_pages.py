"""`platformctl explain` and the pages it writes: current, complete, and every link leads somewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from platformctl.checks import explained, rulebook
from platformctl.checks.registry import CHECKS
from platformctl.commands import explain
from platformctl.errors import PlatformError
from platformctl.output import rule_pages
from platformctl.output.rule_pages import Explanation
from platformctl.repo import Repo

REPO = Repo.find(Path(__file__).resolve())
RULES = rulebook.load(REPO)
REFERENCE = REPO.root / "docs/reference"


@pytest.fixture(scope="module")
def explanations() -> dict[str, Explanation]:
    return dict(explained.explain_all(REPO, RULES))


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(explain.command, arguments, standalone_mode=False)
    if done.exception:
        raise done.exception
    return done.output


def test_pages_are_current(explanations: dict[str, Explanation]) -> None:
    """One for each rule, written from it as it is now (`make update`), and none of a rule that is gone."""
    expected = rule_pages.pages(explanations)
    present = {f"rules/{path.name}" for path in (REFERENCE / "rules").iterdir()} | {"topics.md"}

    assert present == set(expected)
    assert [name for name, text in expected.items() if (REFERENCE / name).read_text() != text] == []


def test_links_of_pages_lead_somewhere(explanations: dict[str, Explanation]) -> None:
    """To a file, a heading of a page, or a line that a fixture has."""
    for name, text in rule_pages.pages(explanations).items():
        for target, anchor in re.findall(r"\]\(([^)#]*)(?:#([^)]*))?\)", text):
            path = ((REFERENCE / name).parent / target).resolve()
            assert path.is_relative_to(REPO.root), (name, target)
            assert path.is_file(), (name, target)
            if anchor.startswith("L"):
                assert int(anchor[1:]) <= len(path.read_text(errors="replace").splitlines()), (name, target, anchor)
            elif anchor:
                assert f"\n## {anchor}\n" in path.read_text(), (name, anchor)


@pytest.mark.parametrize("rule", sorted(CHECKS))
def test_rule_is_explained_with_both_outcomes(rule: str, explanations: dict[str, Explanation]) -> None:
    """A rule with fixtures shows the lines that break it and those that keep it."""
    each = explanations[rule]
    text = rule_pages.on_terminal(each)

    assert each.breaks
    assert each.keeps
    assert each.breaks.text.strip()
    assert each.breaks.text != each.keeps.text
    assert "Python" in each.found_by()
    assert ("Rego" in each.found_by()) == RULES[rule].twin
    assert RULES[rule].why in text
    assert RULES[rule].remediation in text


def test_every_topic_has_its_rules(explanations: dict[str, Explanation]) -> None:
    """The list of topics is the documented one."""
    topics = rule_pages.pages(explanations)["topics.md"]

    assert re.findall(r"^## (.+)$", topics, re.MULTILINE) == sorted({rule.topic for rule in RULES.values()})
    assert len(re.findall(r"^- \[", topics, re.MULTILINE)) == len(RULES)


def test_page_shows_angle_brackets_and_pipes(explanations: dict[str, Explanation]) -> None:
    """They would be taken for HTML or for a table, except in code."""
    odd = replace(RULES["host-pid"], remediation="Write a|b into <name>, as in `<name>`.")

    assert "Write a\\|b into &lt;name>, as in `<name>`." in rule_pages.page(replace(explanations["host-pid"], rule=odd))


def test_explain_says_who_finds_it_and_what_others_call_it() -> None:
    """On the terminal, with the page to read on."""
    text = _run("control-plane-flags")

    assert text.startswith("control-plane-flags  (warning, topic control-plane-flags, group checkov)\n")
    assert "found by    checkov (CKV_K8S_68 to CKV_K8S_151)" in text
    assert "others      checkov CKV_K8S_68 to CKV_K8S_151, CIS 1.2" in text
    assert "docs/reference/rules/control-plane-flags.md" in text
    assert "  |         - --profiling=true" in text


def test_explain_without_a_rule_lists_all_by_group() -> None:
    """Each once, under its group."""
    text = _run()

    assert [line[2:].split()[0] for line in text.splitlines() if line.startswith("  ")] == [
        rule.id for rule in sorted(RULES.values(), key=lambda rule: (rule.group, rule.id))
    ]


@pytest.mark.parametrize(
    ("name", "fix"),
    [
        ("hostpid", "did you mean host-pid"),
        ("previleged", "did you mean privileged"),
        ("exception", "its rules are exception-broad, exception-expired, exception-unused"),
        ("qqqqqqq", "`platformctl explain` lists all rules"),
        ("\x1b[2J", "`platformctl explain` lists all rules"),
    ],
)
def test_unknown_rule_gets_the_closest(name: str, fix: str) -> None:
    """Exit code 2, and a name of several rules is told apart."""
    with pytest.raises(PlatformError) as raised:
        _run(name)
    assert raised.value.exit_code == 2
    assert fix in raised.value.fix
    assert "\x1b" not in str(raised.value)


def test_pages_of_rules_that_are_gone_are_removed(tmp_path: Path) -> None:
    """Nothing else in the folder is touched."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/old.md").write_text("old")
    (tmp_path / "other.md").write_text("stays")
    _run("--pages", str(tmp_path))

    assert not (tmp_path / "rules/old.md").exists()
    assert (tmp_path / "other.md").read_text() == "stays"
    assert (tmp_path / "rules/host-pid.md").is_file()
