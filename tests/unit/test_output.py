"""Reports as text: whole, in order, with what to do."""

from __future__ import annotations

from dataclasses import replace

from platformctl.findings import Report
from platformctl.output import text_report

from .test_findings import FINDING, FULL


def test_text_of_a_report() -> None:
    """Grouped by rule; place, object and clusters; the inventory and its gaps at the end."""
    second = replace(FINDING, line=7, clusters=())
    report = Report((FINDING, second), replace(FULL, errors=2, skipped=1))

    assert text_report.render(report).splitlines() == [
        "error: privileged (2)",
        "  overlays/staging/web  is privileged",
        "    Pod/staging/web  spec.containers[0]  [local/staging]",
        "  overlays/staging/web:7  is privileged",
        "    Pod/staging/web  spec.containers[0]",
        "  what to do: Do not.",
        "",
        "1 of 1 Applications rendered, 3 objects, 3 schema-checked, 3 policy-checked, 1 skipped",
        "2 errors, 0 warnings, 0 waived in 0.1 s",
        "not judged: 1 documents could not be read",
    ]
