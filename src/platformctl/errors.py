"""The errors that a user sees: what happened, why, and what to do about it."""

from __future__ import annotations

USAGE = 2
TOOL_FAILURE = 3
INTERRUPTED = 130


class PlatformError(Exception):
    """An expected failure, printed without a trace; `exit_code` is 2 (usage, environment) or 3 (a tool failed)."""

    def __init__(self, what: str, *, why: str = "", fix: str = "", exit_code: int = USAGE) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix
        self.exit_code = exit_code

    def __str__(self) -> str:
        lines = [f"error: {self.what}"]
        if self.why:
            lines.append(f"  why: {self.why}")
        if self.fix:
            lines.append(f"  fix: {self.fix}")
        return "\n".join(lines)
