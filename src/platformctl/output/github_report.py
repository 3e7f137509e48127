"""A report as GitHub annotations: workflow commands that mark the line to change in a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.findings import Report, Severity
from platformctl.output import clean
from platformctl.output.causes import Cause, causes
from platformctl.output.context import Context
from platformctl.output.text_report import inventory

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, _context: Context) -> str:
    """One command for each fault, then the inventory as plain lines; a gap is an error too."""
    gaps = [f"::error title=not judged::{_data(gap)}" for gap in report.summary.gaps()]
    return "\n".join([*map(_annotation, causes(report.findings)), *gaps, *inventory(report.summary)])


def _annotation(cause: Cause) -> str:
    properties = ",".join(f"{key}={_property(value)}" for key, value in _properties(cause))
    details = [cause.message, " ".join(each for each in (cause.few_names, cause.path) if each)]
    details += [f"clusters: {', '.join(cause.clusters)}"] if cause.clusters else []
    details += [f"what to do: {cause.remediation}"]
    return f"::{_COMMANDS[cause.severity]} {properties}::{_data(chr(10).join(filter(None, details)))}"


def _properties(cause: Cause) -> Iterator[tuple[str, str]]:
    if cause.file:
        yield "file", clean.line(cause.file)
        if cause.line is not None:
            yield "line", str(cause.line)
    yield "title", cause.rule


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
