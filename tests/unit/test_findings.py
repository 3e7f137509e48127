"""Reports: what is said once, what counts as a gap, and which exit code follows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from platformctl.findings import Finding, ObjectRef, Report, Severity, Summary, merged

FINDING = Finding(
    rule="privileged",
    topic="privileged",
    severity=Severity.ERROR,
    object=ObjectRef("v1", "Pod", "staging", "web"),
    path="spec.containers[0]",
    file="overlays/staging/web",
    line=None,
    message="is privileged",
    remediation="Do not.",
    engine="python",
    clusters=("local/staging",),
)
FULL = Summary(1, 1, 3, 3, 3, 0, 0, 0, 0, 0.1)


def test_engines_and_clusters_of_one_fault_are_joined() -> None:
    """Two engines and two clusters make one finding."""
    elsewhere = replace(FINDING, engine="rego", clusters=("cloud/staging",))

    assert merged([FINDING, elsewhere, FINDING]) == (
        replace(FINDING, engine="python+rego", clusters=("cloud/staging", "local/staging")),
    )


def test_order_is_stable() -> None:
    """By rule, then object, whatever came first."""
    other = replace(FINDING, rule="host-pid")

    assert merged([FINDING, other]) == merged([other, FINDING]) == (other, FINDING)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, 0),
        ({"warnings": 1}, 0),
        ({"errors": 1}, 1),
        ({"objects": 0, "schema_checked": 0, "policy_checked": 0}, 2),
        ({"rendered": 0}, 2),
        ({"schema_checked": 2}, 2),
        ({"policy_checked": 2}, 2),
        ({"skipped": 1, "errors": 1}, 2),
    ],
)
def test_exit_code(change: dict[str, int], code: int) -> None:
    """A gap weighs more than a finding, and nothing judged is a gap."""
    assert Report((), replace(FULL, **change)).exit_code == code
