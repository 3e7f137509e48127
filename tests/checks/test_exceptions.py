"""policy/exceptions.yaml: narrow, reasoned, owned and ended, or a finding with its line."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from platformctl.checks import exceptions, rulebook
from platformctl.checks.exceptions import Waived
from platformctl.errors import PlatformError
from platformctl.findings import Finding, ObjectRef, Severity
from platformctl.repo import Repo

TODAY = datetime.date(2026, 6, 1)
HEAD = "# a comment\n\n"
ENTRY = """\
- rule: privileged
  object: Deployment/shop/web
  reason: it drives a device of the node
  owner: platform
  expires: 2026-12-31
"""


def _finding(name: str = "Deployment/shop/web", rule: str = "privileged", **changes: Any) -> Finding:
    kind, _, rest = name.partition("/")
    namespace, _, own = rest.rpartition("/")
    ref = ObjectRef("apps/v1", kind, namespace, own)
    return Finding(rule, rule, Severity.ERROR, ref, "spec", "a.yaml", 1, "it is", "do not", "python", **changes)


def _applied(repo: Repo, text: str, *findings: Finding) -> Waived:
    (repo.root / exceptions.FILE).write_text(HEAD + text)
    rules = rulebook.load(repo)
    return exceptions.apply(findings, exceptions.load(repo, rules), rules, TODAY)


def _said(waived: Waived) -> list[tuple[str, int | None]]:
    return [(each.rule, each.line) for each in waived.findings]


def test_exception_takes_away_its_finding_and_no_other(checkout: Repo) -> None:
    """Another rule, and another object, stay."""
    others = [_finding(rule="host-pid"), _finding("Deployment/shop/web2"), _finding("Rollout/shop/web")]
    waived = _applied(checkout, ENTRY, _finding(), *others)

    assert waived.findings == tuple(others)
    assert waived.count == 1
    excused = waived.excused[0]
    assert (excused.finding, excused.owner, excused.expires) == (_finding(), "platform", "2026-12-31")
    assert excused.reason == "it drives a device of the node"


@pytest.mark.parametrize(
    ("name", "covered"),
    [
        ("Deployment/shop/web-1", True),
        ("Deployment/shop/web-", True),
        ("Deployment/shop/we", False),
        ("Deployment/other/web-1", False),
        ("DaemonSet/shop/web-1", False),
    ],
)
def test_end_of_a_name_may_be_a_wildcard(name: str, covered: bool, checkout: Repo) -> None:
    """Within one kind and one namespace."""
    waived = _applied(checkout, ENTRY.replace("shop/web", "shop/web-*"), _finding(name))

    assert waived.count == int(covered)


def test_list_of_objects_is_one_exception(checkout: Repo) -> None:
    """Each object must need it; the one that does not is named with its own line."""
    listed = ENTRY.replace("object: Deployment/shop/web", "objects:\n  - Deployment/shop/web\n  - Deployment/shop/cart")
    waived = _applied(checkout, listed, _finding())

    assert waived.count == 1
    assert _said(waived) == [("exception-unused", 6)]
    assert "Deployment/shop/cart does not break the rule" in waived.findings[0].message


def test_last_day_counts(checkout: Repo) -> None:
    """It ends after the day it names; from then on fault and exception are findings."""
    last = _applied(checkout, ENTRY.replace("2026-12-31", str(TODAY)), _finding())
    over = _applied(checkout, ENTRY.replace("2026-12-31", str(TODAY - datetime.timedelta(days=1))), _finding())

    assert last.findings == ()
    assert _said(over) == [("privileged", 1), ("exception-expired", 3)]


@pytest.mark.parametrize(
    ("old", "new", "line", "excuses"),
    [
        ("Deployment/shop/web", '"*/shop/web"', 4, False),
        ("Deployment/shop/web", "Deployment/*/web", 4, False),
        ("Deployment/shop/web", "Deployment/shop/*eb", 4, False),
        ("Deployment/shop/web", "Deployment/shop/*", 4, False),
        ("Deployment/shop/web", "Deployment/*", 4, False),
        ("Deployment/shop/web", "Deployment*", 4, False),
        ("Deployment/shop/web", '"*"', 4, False),
        ("Deployment/shop/web", "web", 4, False),
        ("rule: privileged", "rule: [privileged, host-pid]", 3, False),
        ("it drives a device of the node", "needed", 3, True),
        ("2026-12-31", "2028-01-01", 3, True),
    ],
)
def test_broad_exception_is_a_finding(old: str, new: str, line: int, excuses: bool, checkout: Repo) -> None:
    """A wildcard that could mean anything excuses nothing at all."""
    waived = _applied(checkout, ENTRY.replace(old, new), _finding())

    assert [each for each in _said(waived) if each[0] != "privileged"] == [("exception-broad", line)]
    assert bool(waived.count) == excuses


def test_wildcard_for_many_objects_is_a_finding(checkout: Repo) -> None:
    """Ten may be excused at once; the same object in many clusters is one."""
    wild = ENTRY.replace("shop/web", "shop/web-*")
    few = [_finding(f"Deployment/shop/web-{n}", clusters=(c,)) for n in range(10) for c in ("staging", "production")]

    assert _said(_applied(checkout, wild, *few)) == []
    assert _said(_applied(checkout, wild, *few, _finding("Deployment/shop/web-10"))) == [("exception-broad", 4)]


@pytest.mark.parametrize(
    "rule", ["schema-missing", "unreadable", "duplicate-key", "exception-unused", "exception-broad", "checkov-broken"]
)
def test_what_was_not_judged_is_never_excused(rule: str, checkout: Repo) -> None:
    """An exception of such a rule is an error, so that the gate cannot be talked into being green."""
    with pytest.raises(PlatformError, match=f"exceptions.yaml:3: {rule} cannot be excused") as raised:
        _applied(checkout, ENTRY.replace("privileged", rule))
    assert raised.value.exit_code == 2


def test_field_that_the_schema_does_not_know_may_be_excused(checkout: Repo) -> None:
    """Add-ons of others sometimes carry one."""
    assert _applied(checkout, ENTRY.replace("privileged", "schema"), _finding(rule="schema")).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  owner: platform\n", "", "missing or empty: ['owner']"),
        ("  owner: platform\n", "  owner: [a]\n", "missing or empty: ['owner']"),
        ("  owner: platform\n", "  owner: ' '\n", "missing or empty: ['owner']"),
        ("  object: Deployment/shop/web\n", "", "missing or empty: ['object"),
        ("  object: Deployment/shop/web\n", "  objects: []\n  object: a/b\n", "missing or empty: ['object"),
        ("  object: Deployment/shop/web\n", "  object: [a/b, 7]\n", "missing or empty: ['object"),
        ("rule: privileged", "rule: []", "missing or empty: ['rule']"),
        ("rule: privileged", 'rule: "*"', "there is no rule *"),
        ("rule: privileged", "rule: privilegd", "there is no rule privilegd"),
        ("owner: platform", "owner: platform\n  until: never", "unknown keys: ['until']"),
        ("owner: platform", "owner: platform\n  owner: me", "exceptions.yaml:7: the key owner stands twice"),
        ("2026-12-31", "never", "expires must be a day"),
        ("2026-12-31", "2026-13-31", "expires must be a day"),
    ],
)
def test_incomplete_exception_is_an_error(old: str, new: str, expected: str, checkout: Repo) -> None:
    """With file and line, before anything is judged."""
    with pytest.raises(PlatformError) as raised:
        _applied(checkout, ENTRY.replace(old, new))
    assert raised.value.what.startswith("policy/exceptions.yaml:")
    assert expected in str(raised.value)
    assert raised.value.exit_code == 2


def test_what_we_excuse_is_narrow(repo: Repo) -> None:
    """Our own exceptions follow the rules for exceptions."""
    waivers = exceptions.load(repo, rulebook.load(repo))

    assert [problem for waiver in waivers for problem in waiver.problems(datetime.date(2026, 11, 24))] == []
