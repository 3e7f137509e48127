"""What tools/render says of overlays."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformctl.render.program import Job, call


@dataclass(frozen=True)
class Answer:
    """What the program says of one overlay."""

    about: Mapping[str, Any]
    objects: Sequence[Mapping[str, Any]]
    text: str

    @property
    def error(self) -> str:
        return str(self.about.get("error", ""))

    @property
    def problems(self) -> list[str]:
        return [f"{each['file']}: {each['message']}" for each in self.about.get("problems") or ()]


Ask = Callable[..., Answer]


def answers(renderer: Path, jobs: Sequence[Job]) -> list[Answer]:
    """One call for many overlays."""
    found = {
        number: Answer(result.about, [json.loads(line) for line in result.lines], result.text or "")
        for number, result in call(renderer, jobs)
    }
    return [found[number] for number in range(len(jobs))]
