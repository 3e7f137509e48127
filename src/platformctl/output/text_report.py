"""A report for people: grouped by rule, each fault with its line and what to do, the inventory at the end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from platformctl.findings import Report, Summary
from platformctl.output.causes import Cause, Sources, causes
from platformctl.output.context import Context


def render(report: Report, context: Context) -> str:
    """The whole report as text."""
    return "\n".join([*_findings(report, context), *inventory(report.summary)])


def _findings(report: Report, context: Context) -> Iterator[str]:
    sources = Sources(context.root)
    for rule, group in groupby(causes(report.findings), key=lambda cause: cause.rule):
        members = list(group)
        described = context.rules.get(rule)
        yield f"{members[0].severity}: {rule} ({len(members)})" + (f"  {described.title}" if described else "")
        for cause in members:
            yield from _fault(cause, sources.line_of(cause))
        yield f"  what to do: {members[0].remediation}"
        yield f"  more: platformctl explain {rule}"
        yield ""


def _fault(cause: Cause, line: str) -> Iterator[str]:
    yield f"  {cause.place}  {cause.message}"
    if line:
        yield f"    | {line}"
    detail = cause.few_names + (f"  {cause.path}" if cause.path else "")
    clusters = f"  [{', '.join(cause.clusters)}]" if cause.clusters else ""
    if detail or clusters:
        yield f"    {detail}{clusters}"


def inventory(summary: Summary) -> Iterator[str]:
    """What was expected, and what was judged."""
    applications = f"{summary.rendered} of {summary.applications} Applications rendered, "
    yield (
        f"{applications if summary.applications else ''}{summary.objects} objects, "
        f"{summary.schema_checked} schema-checked, {summary.policy_checked} policy-checked, "
        f"{summary.skipped} skipped"
    )
    yield (f"{summary.errors} errors, {summary.warnings} warnings, {summary.waived} waived in {summary.seconds:.1f} s")
    for gap in summary.gaps():
        yield f"not judged: {gap}"
