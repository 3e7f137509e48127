"""Calls kubectl: the one way in which this package speaks to an API server."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformctl.process import Command, ToolError, run

FIELD_MANAGER = "platformctl"


@dataclass(frozen=True)
class Kubectl:
    """kubectl with the words that choose the cluster."""

    program: Path
    choice: tuple[str, ...]

    def __call__(self, *words: str, stdin: str | None = None, timeout: float = 60.0) -> str:
        """Run and return the standard output; `ToolError` when it fails."""
        wanted = Command(
            (str(self.program), *self.choice, *words),
            timeout=timeout,
            stdin=None if stdin is None else stdin.encode(),
        )
        return run(wanted).stdout.decode()

    def get(self, *words: str) -> list[dict[str, Any]]:
        """Objects as the API server has them; none when the kind is not known yet."""
        try:
            answer = json.loads(self("get", "-o", "json", *words))
        except ToolError as error:
            if "the server doesn't have a resource type" in error.output or "NotFound" in error.output:
                return []
            raise
        items: list[dict[str, Any]] = answer.get("items", [answer])
        return items

    def apply(self, manifest: str) -> None:
        """Server-side apply: some CRDs are too large for the other way."""
        self(
            "apply", "--server-side", "--force-conflicts", f"--field-manager={FIELD_MANAGER}", "-f", "-",
            stdin=manifest, timeout=180,
        )  # fmt: skip
