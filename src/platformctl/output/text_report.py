"""A report for people: grouped by rule, each finding with its place, the inventory at the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from platformctl.findings import Finding, Report, Summary


def render(report: Report) -> str:
    """The whole report as text."""
    return "\n".join([*_findings(report.findings), *_inventory(report.summary)])


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    for rule, group in groupby(findings, key=lambda finding: finding.rule):
        members = list(group)
        yield f"{members[0].severity}: {rule} ({len(members)})"
        for finding in members:
            yield f"  {_place(finding)}  {finding.message}"
            detail = f"{finding.object}" + (f"  {finding.path}" if finding.path else "")
            yield f"    {detail}" + (f"  [{', '.join(finding.clusters)}]" if finding.clusters else "")
        yield f"  what to do: {members[0].remediation}"
        yield ""


def _place(finding: Finding) -> str:
    return finding.file if finding.line is None else f"{finding.file}:{finding.line}"


def _inventory(summary: Summary) -> Iterator[str]:
    applications = f"{summary.rendered} of {summary.applications} Applications rendered, "
    yield (
        f"{applications if summary.applications else ''}{summary.objects} objects, "
        f"{summary.schema_checked} schema-checked, {summary.policy_checked} policy-checked, "
        f"{summary.skipped} skipped"
    )
    yield (f"{summary.errors} errors, {summary.warnings} warnings, {summary.waived} waived in {summary.seconds:.1f} s")
    for gap in summary.gaps():
        yield f"not judged: {gap}"
