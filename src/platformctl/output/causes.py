"""Findings as what has to be changed: one place in one file, with all objects and clusters that it spoils."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from platformctl.findings import Finding, ObjectRef, Severity
from platformctl.output import clean

SHOWN_OBJECTS = 3
LONGEST_LINE = 160
LARGEST_SOURCE = 4 * 1024 * 1024
_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


@dataclass(frozen=True)
class Cause:
    """One fault in a source file; all of its text is harmless."""

    rule: str
    severity: Severity
    file: str
    line: int | None
    path: str
    message: str
    remediation: str
    objects: tuple[ObjectRef, ...]
    clusters: tuple[str, ...]

    @property
    def place(self) -> str:
        """File and line; begins with nothing that a build server could take for a command."""
        file = clean.line(self.file)
        return file if self.line is None else f"{file}:{self.line}"

    @property
    def names(self) -> tuple[str, ...]:
        """The objects, as people write them."""
        return tuple(clean.line(str(each)) for each in self.objects if str(each))

    @property
    def few_names(self) -> str:
        """The first objects, and how many more there are."""
        more = len(self.names) - SHOWN_OBJECTS
        return ", ".join(self.names[:SHOWN_OBJECTS]) + (f" and {more} more" if more > 0 else "")

    def fingerprint(self) -> str:
        """Names the fault wherever its line moves to, and whichever clusters get it."""
        words = [self.rule, self.file, self.path, *sorted({f"{each.kind}/{each.name}" for each in self.objects})]
        return hashlib.sha256("\0".join(words).encode(errors="surrogatepass")).hexdigest()[:32]


def causes(findings: Iterable[Finding]) -> tuple[Cause, ...]:
    """One cause for all findings of one rule in one place; errors first, then by rule."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        key = (finding.rule, finding.file, finding.line, finding.path, finding.message)
        groups.setdefault(key, []).append(finding)
    found = [_cause(group) for group in groups.values()]
    return tuple(sorted(found, key=lambda each: (_ORDER.index(each.severity), each.rule, each.file, each.line or 0)))


def _cause(group: list[Finding]) -> Cause:
    first = group[0]
    return Cause(
        rule=first.rule,
        severity=first.severity,
        file=first.file,
        line=first.line,
        path=clean.line(first.path),
        message=clean.line(first.message),
        remediation=first.remediation,
        objects=tuple(sorted({finding.object for finding in group})),
        clusters=tuple(sorted({clean.line(cluster) for finding in group for cluster in finding.clusters})),
    )


class Sources:
    """The lines of the files that findings are in."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._read: dict[str, list[str]] = {}

    def line_of(self, cause: Cause) -> str:
        """The line to change; empty where it cannot be read, or is another one in a pinned commit."""
        if cause.line is None or not cause.file:
            return ""
        if cause.file not in self._read:
            self._read[cause.file] = self._lines(cause.file)
        lines = self._read[cause.file]
        if not 0 < cause.line <= len(lines):
            return ""
        found = lines[cause.line - 1].strip()
        shown = clean.line(found)[:LONGEST_LINE]
        return shown if not cause.clusters or _fits(found, cause.path) else ""

    def _lines(self, file: str) -> list[str]:
        path = self._root / file
        try:
            if not path.is_file() or path.stat().st_size > LARGEST_SOURCE:
                return []
            return path.read_text(encoding="utf-8", errors="replace").split("\n")
        except OSError:
            return []


def _fits(line: str, path: str) -> bool:
    """Whether the path can end in this line: a pinned commit may hold another file than the checkout does."""
    steps = path.replace("[", ".[").split(".")
    return line.startswith("- ") or any(f"{step}:" in line for step in steps if step and not step.startswith("["))
