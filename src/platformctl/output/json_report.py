"""A report as JSON: the shape that other programs rely on, described by docs/reference/check.schema.json."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from platformctl.findings import Finding, Report
from platformctl.output.context import Context


def render(report: Report, _context: Context) -> str:
    """The whole report as one JSON document, in ASCII: a name cannot speak to the terminal it is printed on."""
    document = {"findings": [_finding(each) for each in report.findings], "summary": asdict(report.summary)}
    return json.dumps(document, indent=2)


def _finding(finding: Finding) -> dict[str, Any]:
    ref = finding.object
    names = {"apiVersion": ref.api_version, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name}
    return {**asdict(finding), "severity": str(finding.severity), "object": names, "clusters": list(finding.clusters)}
