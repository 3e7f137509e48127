"""One call of tools/render: kustomize's own code on many overlays, several at a time."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import Command, lines
from platformctl.render.kept import Result

TIMEOUT = 1800.0


@dataclass(frozen=True)
class Job:
    """An overlay in a folder; `confirm` tries entries of shared Components, too."""

    root: Path
    path: str
    options: Mapping[str, Any]
    text: bool = False
    confirm: bool = False


def call(program: Path, jobs: Sequence[Job]) -> Iterator[tuple[int, Result]]:
    """Each job's number and result, in the order in which they ended; a job without a result is an error."""
    renders = [
        {
            "id": number,
            "root": str(job.root),
            "path": job.path,
            "options": job.options,
            "text": job.text,
            "confirm": job.confirm,
        }
        for number, job in enumerate(jobs)
    ]
    request = json.dumps({"workers": os.cpu_count() or 1, "renders": renders}).encode()
    answer = lines(Command((str(program),), stdin=request, timeout=TIMEOUT))
    missing = set(range(len(jobs)))
    try:
        for line in answer:
            if line:
                about = json.loads(line)
                number, text = about.pop("id"), about.pop("text", None)
                found = tuple(next(answer) for _ in range(about.pop("lines")))
                missing.remove(number)
                yield number, Result(about, found, text)
    except (ValueError, KeyError, StopIteration, RuntimeError) as error:
        raise _rubbish(program, f"its answer is not understood: {error!r}") from error
    if missing:
        raise _rubbish(program, f"it left out {', '.join(sorted(jobs[number].path for number in missing))}")


def _rubbish(program: Path, why: str) -> PlatformError:
    return PlatformError(
        f"{program.name} did not answer as it should",
        why=why,
        fix="run `platformctl tools render`; if that does not help, its sources in tools/render are wrong",
        exit_code=TOOL_FAILURE,
    )
