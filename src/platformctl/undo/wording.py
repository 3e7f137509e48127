"""The words of an undo: commit message, pull request and issue.

What comes from the cluster or from commits is shown as code, so that it cannot be markup, a mention or a marker.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from platformctl.blocked import FILE as BLOCKED
from platformctl.releases.analysis import BAD, Metric, Run
from platformctl.undo.clone import StuckError
from platformctl.undo.facts import Facts
from platformctl.undo.policy import FILE as POLICY
from platformctl.undo.policy import Action, Cause
from platformctl.undo.proposal import Proposal
from platformctl.undo.revert import TRAILER, Revert

LONGEST = 200  # characters of anything that was not written here
VALUES = 8  # newest measurements of a metric that are shown
CAUSES = {
    Cause.ANALYSIS: "an analysis failed",
    Cause.DEADLINE: "its pods made no progress in time",
    Cause.OPERATOR: "somebody aborted it",
    Cause.OTHER: "its controller gave it up",
}


def title(facts: Facts) -> str:
    """One line: what goes back, to where."""
    return f"Take {facts.aborted.title} back to {facts.change.healthy[:12]}: {CAUSES[facts.aborted.cause]}"


def message(facts: Facts, revert: Revert) -> str:
    """The commit's message; its trailer names the undo."""
    return f"{title(facts)}\n\n{_line(reason(facts))}\n\n{TRAILER}: {revert.key}\n"


def reason(facts: Facts) -> str:
    """What was measured, in one line: the failed metrics with their last value, or what the controller says."""
    failed = [metric for run in facts.runs for metric in run.metrics if metric.phase in BAD]
    said = [f"{metric.name} {_values(metric, 1)}, {_limit(metric)}" for metric in failed]
    return "; ".join(dict.fromkeys(said)) or facts.aborted.reason


def pull_request(facts: Facts, revert: Revert, made: Proposal, action: Action) -> str:
    """The text of a pull request."""
    return _joined(
        str(revert.mark(action)),
        _what_happened(facts),
        "Customers are on the former version already. Git still asks for the bad one; this takes it back.",
        _measured(facts.runs),
        _doubts(made, action),
        _commits(made),
        _block(made),
        _versions(facts),
        _report(facts),
    )


def issue(facts: Facts, revert: Revert, stuck: StuckError) -> str:
    """The text of an issue about what cannot be taken back without somebody."""
    files = "\n".join(f"- {code(each)}" for each in stuck.files)
    return _joined(
        str(revert.mark(Action.OPEN)),
        _what_happened(facts),
        f"**It was not taken back in Git: {_plain(stuck.what)}.** Nothing was overwritten.",
        f"Files to look at:\n{files}" if files else "",
        f"```\n{stuck.why.replace('```', '')[:2000]}\n```",
        f"Customers are on the former version, {code(facts.change.healthy)}, for as long as nobody retries the "
        "release. Mend it forward, or take the change back by hand; then close this issue.",
        _measured(facts.runs),
        _versions(facts),
        _report(facts),
    )


def outdated() -> str:
    """The comment on what is closed because its release was promoted after all."""
    return "The release was tried again and promoted: taking it back would take a good version away."


def issue_title(facts: Facts) -> str:
    """One line."""
    return f"{facts.aborted.title} was aborted and cannot be taken back by itself"


def code(words: str) -> str:
    """Words as they are, whatever signs they have."""
    line = _line(words).replace("`", "'").replace("|", "\\|")
    return f"`{line}`" if line else "-"


def _what_happened(facts: Facts) -> str:
    found = facts.aborted
    return (
        f"The release of **{found.title}** (revision {found.revision}) was aborted at "
        f"{found.at:%Y-%m-%d %H:%M:%S} UTC: {CAUSES[found.cause]}.\n\n> {code(found.reason)}"
    )


def _measured(runs: Iterable[Run]) -> str:
    rows = [_row(run, metric) for run in runs for metric in run.metrics]
    if not rows:
        return "Nothing was measured before the abort."
    head = "| check | verdict | measured | limit | failed | said |\n|---|---|---|---|---|---|"
    return "### Measured\n\n" + "\n".join([head, *rows])


def _row(run: Run, metric: Metric) -> str:
    verdict = f"**{metric.phase}**" if metric.phase in BAD else metric.phase
    failed = f"{metric.failed} (may fail {metric.allowed_failures})"
    cells = (code(metric.name), verdict, code(_values(metric, VALUES)), code(_limit(metric)), failed)
    return f"| {' | '.join(cells)} | {code(metric.message or run.message)} |"


def _values(metric: Metric, count: int) -> str:
    return ", ".join(each.shown for each in metric.measurements[-count:]) or "nothing"


def _limit(metric: Metric) -> str:
    return f"wanted {metric.limit}" if metric.limit else metric.condition or "no limit"


def _doubts(made: Proposal, action: Action) -> str:
    lines = [f"- {code(each)}" for each in made.doubts]
    if lines:
        return "### Look at this before merging\n\n" + "\n".join(lines)
    if action is Action.MERGE:
        return f"It is merged by itself once its checks have passed ({code(POLICY)})."
    return f"Somebody has to merge it ({code(POLICY)})."


def _commits(made: Proposal) -> str:
    lines = [f"- {each.id} {code(each.subject)} by {code(each.author)}" for each in made.commits]
    files = ", ".join(code(each) for each in made.files)
    return "### What it takes back\n\n" + "\n".join([*lines, f"\nin {files}"])


def _block(made: Proposal) -> str:
    if made.entry is None:
        return ""
    lines = [
        f"- {code(path)}: {code('(not set)' if value is None else value)}" for path, value in made.entry.version.items()
    ]
    return (
        f"### What may not come back\n\nA version with all of this is refused in "
        f"{', '.join(made.entry.environments)} from now on:\n\n"
        + "\n".join(lines)
        + f"\n\nTo allow it, remove its entry from {code(BLOCKED)} and say why in that pull request."
    )


def _versions(facts: Facts) -> str:
    found, change = facts.aborted, facts.change
    bad = dict.fromkeys((change.first, change.last))
    return (
        f"Application {code(facts.application.name)} · healthy {change.healthy} (pods {code(found.stable)}) · "
        f"bad {' to '.join(bad)} (pods {code(found.bad)})"
    )


def _report(facts: Facts) -> str:
    found = facts.aborted
    since = f"{found.began:%Y-%m-%dT%H:%M:%SZ}"
    words = f"platformctl release report {found.name} --environment {found.namespace} --since {since}"
    return f"The whole release with its plots: {code(words)}"


def _joined(*parts: str) -> str:
    return "\n\n".join(_present(parts)) + "\n"


def _present(parts: Iterable[str]) -> Iterator[str]:
    return (part for part in parts if part)


def _plain(words: str) -> str:
    return _line(words).replace("<", "&lt;").replace("`", "'")


def _line(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
