"""A report as JSON: the shape that other programs rely on."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from platformctl.findings import Finding, Report


def render(report: Report) -> str:
    """The whole report as one JSON document."""
    document = {"findings": [_finding(each) for each in report.findings], "summary": asdict(report.summary)}
    return json.dumps(document, indent=2, ensure_ascii=False)


def _finding(finding: Finding) -> dict[str, Any]:
    ref = finding.object
    names = {"apiVersion": ref.api_version, "kind": ref.kind, "namespace": ref.namespace, "name": ref.name}
    return {**asdict(finding), "severity": str(finding.severity), "object": names, "clusters": list(finding.clusters)}
