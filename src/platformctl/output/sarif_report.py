"""A report as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from platformctl.findings import Excused, Report, Severity
from platformctl.output import clean
from platformctl.output.causes import Cause, causes
from platformctl.output.context import Context, Described

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(report: Report, context: Context) -> str:
    """One run: every rule, every fault, and what exceptions excuse as suppressed results."""
    rules = sorted(context.rules)
    indexes = {rule: index for index, rule in enumerate(rules)}
    results = [*_results(causes(report.findings), indexes, context.root), *_excused(report.excused, indexes, context)]
    run = {
        "tool": {
            "driver": {
                "name": "platformctl",
                "semanticVersion": importlib.metadata.version("platformctl"),
                "rules": [_rule(context.rules[rule]) for rule in rules],
            }
        },
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": _distinct(results),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _rule(rule: Described) -> dict[str, Any]:
    tags = list(dict.fromkeys([rule.group, rule.topic, *rule.references]))
    help_text = f"{rule.why}\n\nWhat to do: {rule.remediation}"
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": help_text, "markdown": f"{rule.why}\n\n**What to do:** {rule.remediation}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": tags,
            "precision": "very-high",
        },
    }


def _invocation(report: Report) -> dict[str, Any]:
    gaps = report.summary.gaps()
    notes = [{"level": "error", "message": {"text": f"not judged: {gap}"}} for gap in gaps]
    return {
        "executionSuccessful": not gaps,
        "exitCode": report.exit_code,
        "toolExecutionNotifications": notes,
    }


def _results(found: Iterable[Cause], indexes: Mapping[str, int], root: Path) -> Iterator[dict[str, Any]]:
    for cause in found:
        message = f"{cause.message}\n{cause.few_names}" if cause.names else cause.message
        if cause.clusters:
            message += f"\nclusters: {', '.join(cause.clusters)}"
        yield {
            "ruleId": cause.rule,
            **({"ruleIndex": indexes[cause.rule]} if cause.rule in indexes else {}),
            "level": _LEVELS[cause.severity],
            "message": {"text": f"{message}\nWhat to do: {cause.remediation}"},
            "locations": [_location(cause, root)],
            "partialFingerprints": {"primaryLocationLineHash": cause.fingerprint()},
        }


def _location(cause: Cause, root: Path) -> dict[str, Any]:
    names = [{"fullyQualifiedName": name, "kind": "resource"} for name in cause.names]
    place: dict[str, Any] = {"artifactLocation": _artifact(cause.file, root)}
    if cause.line is not None:
        place["region"] = {"startLine": cause.line}
    return {
        **({"physicalLocation": place} if cause.file else {}),
        **({"logicalLocations": names} if names else {}),
    }


def _artifact(file: str, root: Path) -> dict[str, str]:
    path = Path(file)
    if path.is_absolute() and path.is_relative_to(root):
        path = path.relative_to(root)
    if path.is_absolute():
        return {"uri": f"file://{_quoted(str(path))}"}
    return {"uri": _quoted(str(path)), "uriBaseId": "%SRCROOT%"}


def _quoted(path: str) -> str:
    return quote(path.encode(errors="surrogatepass"))


def _excused(found: Iterable[Excused], indexes: Mapping[str, int], context: Context) -> Iterator[dict[str, Any]]:
    for each in found:
        reason = clean.line(f"{each.reason} ({each.owner}, until {each.expires})")
        suppression = {"kind": "external", "status": "accepted", "justification": reason}
        for result in _results(causes([each.finding]), indexes, context.root):
            yield {**result, "suppressions": [suppression]}


def _distinct(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fingerprints that differ where one field has several faults."""
    seen: dict[str, int] = {}
    numbered = []
    for result in results:
        name = result["partialFingerprints"]["primaryLocationLineHash"]
        seen[name] = seen.get(name, 0) + 1
        numbered.append({**result, "partialFingerprints": {"primaryLocationLineHash": f"{name}:{seen[name]}"}})
    return numbered
