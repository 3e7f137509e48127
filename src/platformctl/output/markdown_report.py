"""A report as Markdown, for a pull request: verdict, rules, faults with links, inventory."""

from __future__ import annotations

import html
from collections.abc import Iterator
from itertools import groupby
from urllib.parse import quote

from platformctl.findings import Report, Severity, Summary
from platformctl.output.causes import Cause, causes
from platformctl.output.context import Context

LONGEST = 65_536  # characters that GitHub takes for a comment
_NOTE = 400  # kept free for the note on what was cut
_SPECIAL = "\\`*_{}[]()#+!|~"


def render(report: Report, context: Context) -> str:
    """The whole report, or as much as a comment takes and how much is missing."""
    found = causes(report.findings)
    head = [*_verdict(report), "", *_rules(found, context)]
    tail = ["", *_inventory(report.summary)]
    room = LONGEST - _NOTE - sum(len(line) + 1 for line in [*head, *tail])
    if room < 0:  # hundreds of rules at once: the table is what gives way
        head, room = [*_verdict(report), ""], LONGEST - _NOTE - sum(map(len, tail)) - 1000
    shown: list[str] = []
    cut = 0
    for block in _faults(found, context):
        size = sum(len(line) + 1 for line in block)
        if cut or size > room:
            cut += 1
            continue
        room -= size
        shown += block
    note = [f"\n**{cut} of {len(found)} faults are not shown here**: a comment holds {LONGEST:,} characters. "
            "`platformctl check` shows all of them."] if cut else []  # fmt: skip
    return "\n".join([*head, *shown, *note, *tail]) + "\n"


def _verdict(report: Report) -> Iterator[str]:
    summary = report.summary
    verdict = {0: "passed", 1: "found errors", 2: "could not judge everything"}[report.exit_code]
    mark = "✅" if report.exit_code == 0 else "❌"
    yield f"## {mark} The policy gate {verdict}"
    yield ""
    yield f"{summary.errors} errors, {summary.warnings} warnings, {summary.waived} waived."
    for gap in summary.gaps():
        yield f"- **not judged:** {escaped(gap)}"


def _rules(found: tuple[Cause, ...], context: Context) -> Iterator[str]:
    if not found:
        return
    yield "| rule | severity | faults | clusters | what it demands |"
    yield "|---|---|--:|---|---|"
    for rule, group in groupby(found, key=lambda cause: cause.rule):
        members = list(group)
        clusters = sorted({cluster for cause in members for cluster in cause.clusters})
        named = ", ".join(map(escaped, clusters[:6])) + (f" and {len(clusters) - 6} more" if len(clusters) > 6 else "")
        title = context.rules[rule].title if rule in context.rules else ""
        yield f"| `{rule}` | {members[0].severity} | {len(members)} | {named} | {escaped(title)} |"
    yield ""


def _faults(found: tuple[Cause, ...], context: Context) -> Iterator[list[str]]:
    """The lines of each fault; the first of a rule brings its heading along, the last what to do."""
    for rule, group in groupby(found, key=lambda cause: cause.rule):
        for number, cause in enumerate(group):
            heading = [f"### {_sign(cause.severity)} `{rule}`", f"{escaped(cause.remediation)}", ""]
            yield [*(["", *heading] if number == 0 else []), *_fault(cause, context)]


def _fault(cause: Cause, context: Context) -> Iterator[str]:
    clusters = f" in {', '.join(map(escaped, cause.clusters))}" if cause.clusters else ""
    yield f"- {_link(cause, context)}: {escaped(cause.message)}  "
    yield f"  {code(cause.few_names)} {code(cause.path) if cause.path else ''}{clusters}"


def _link(cause: Cause, context: Context) -> str:
    if not cause.file:
        return ""
    target = quote(cause.file.encode(errors="surrogatepass")) + (f"#L{cause.line}" if cause.line is not None else "")
    return f"[{escaped(cause.place)}]({context.links}{target})"


def _sign(severity: Severity) -> str:
    return {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "💡"}[severity]


def _inventory(summary: Summary) -> Iterator[str]:
    yield "| Applications | rendered | objects | schema-checked | policy-checked | skipped | waived | seconds |"
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|"
    counts = (
        summary.applications, summary.rendered, summary.objects, summary.schema_checked, summary.policy_checked,
        summary.skipped, summary.waived,
    )  # fmt: skip
    yield f"| {' | '.join(map(str, counts))} | {summary.seconds:.1f} |"


def escaped(text: str) -> str:
    """Text that is shown as it is: no markup, no link, and nobody is called by an @."""
    safe = html.escape(text, quote=False)
    safe = "".join(f"\\{each}" if each in _SPECIAL else each for each in safe)
    return safe.replace("@", "@\u200b").replace("://", ":\u200b//").replace("www.", "www\u200b.")


def code(text: str) -> str:
    """Text in a code span, whatever it holds."""
    if not text:
        return ""
    longest = max((len(run) for run in _runs(text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"


def _runs(text: str) -> Iterator[str]:
    for character, group in groupby(text):
        if character == "`":
            yield "".join(group)
