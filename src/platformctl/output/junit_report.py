"""A report as JUnit XML: a test case for each rule, and one for the inventory."""

from __future__ import annotations

from collections import defaultdict
from xml.etree import ElementTree

from platformctl.findings import Report, Severity
from platformctl.output.causes import Cause, causes
from platformctl.output.context import Context
from platformctl.output.text_report import inventory


def render(report: Report, context: Context) -> str:
    """One suite; a rule with errors is a failure, one with warnings passes and says so, a gap is an error."""
    by_rule: dict[str, list[Cause]] = defaultdict(list)
    for cause in causes(report.findings):
        by_rule[cause.rule].append(cause)
    suite = ElementTree.Element("testsuite", {"name": "platformctl check", "time": f"{report.summary.seconds:.3f}"})
    failures = 0
    for rule in sorted({*context.rules, *by_rule}):
        failures += _case(suite, rule, context, by_rule[rule])
    gaps = _inventory(suite, report)
    suite.attrib |= {"tests": str(len(suite)), "failures": str(failures), "errors": str(gaps), "skipped": "0"}
    whole = ElementTree.Element("testsuites", suite.attrib)
    whole.append(suite)
    ElementTree.indent(whole)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(whole, encoding="unicode")}'


def _case(suite: ElementTree.Element, rule: str, context: Context, found: list[Cause]) -> int:
    described = context.rules.get(rule)
    group = described.group if described else "gate"
    case = ElementTree.SubElement(suite, "testcase", {"classname": f"policy.{group}", "name": rule, "time": "0"})
    if not found:
        return 0
    text = "\n".join(_line(cause) for cause in found)
    if all(cause.severity is not Severity.ERROR for cause in found):
        ElementTree.SubElement(case, "system-out").text = text
        return 0
    summary = f"{len(found)} × {described.title if described else rule}"  # noqa: RUF001
    failure = ElementTree.SubElement(case, "failure", {"message": summary, "type": str(found[0].severity)})
    failure.text = f"{text}\nwhat to do: {found[0].remediation}"
    return 1


def _line(cause: Cause) -> str:
    clusters = f" [{', '.join(cause.clusters)}]" if cause.clusters else ""
    return f"{cause.severity}: {cause.place}: {cause.message} ({cause.few_names} {cause.path}){clusters}"


def _inventory(suite: ElementTree.Element, report: Report) -> int:
    case = ElementTree.SubElement(suite, "testcase", {"classname": "policy", "name": "inventory", "time": "0"})
    gaps = report.summary.gaps()
    if gaps:
        error = ElementTree.SubElement(case, "error", {"message": gaps[0], "type": "not judged"})
        error.text = "\n".join(gaps)
    ElementTree.SubElement(case, "system-out").text = "\n".join(inventory(report.summary))
    return int(bool(gaps))
