"""What ApplicationSets generate, by Argo CD's own code: one call of the program `expand` for all sets of all fleets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import Command, text

ARGO_CD = "argocd"  # the namespace of each fleet's Argo CD
SECONDS = 600


@dataclass(frozen=True)
class Described:
    """What Git describes of one Argo CD; `repository` is the URL that this checkout has there."""

    name: str
    sets: Sequence[Mapping[str, Any]]
    projects: Sequence[Mapping[str, Any]]
    secrets: Sequence[Mapping[str, Any]]
    repository: str


@dataclass(frozen=True)
class Generated:
    """What a set generates: objects, each with the files and the parameters it was made of; or why it does not."""

    fleet: str
    name: str
    applications: Sequence[Mapping[str, Any]]
    error: str = ""


def generate(
    program: Path, checkout: Path, fleets: Iterable[Described], cache: Path | None = None, *, whole: bool = False
) -> list[Generated]:
    """The answer for every set, in order; `whole` does not split sets by file, for comparisons."""
    fleets = list(fleets)
    options = [*(("-cache", str(cache)) if cache else ()), *(("-whole",) if whole else ())]
    answer = text(Command((str(program), *options), stdin=_encoded(_request(checkout, fleets)), timeout=SECONDS))
    try:
        found = [_generated(each) for each in json.loads(answer)["sets"]]
    except (ValueError, KeyError, TypeError) as error:
        raise PlatformError("expand printed something unreadable", why=str(error), exit_code=TOOL_FAILURE) from error
    wanted = sum(len(fleet.sets) for fleet in fleets)
    if len(found) != wanted:
        problem = f"expand answered for {len(found)} of {wanted} ApplicationSets"
        raise PlatformError(problem, exit_code=TOOL_FAILURE)
    return found


def _request(checkout: Path, fleets: Sequence[Described]) -> Mapping[str, Any]:
    urls = dict.fromkeys(fleet.repository for fleet in fleets)
    return {
        "repositories": [{"url": url, "folder": str(checkout)} for url in urls],
        "fleets": [
            {
                "name": fleet.name,
                "namespace": ARGO_CD,
                "sets": fleet.sets,
                "projects": fleet.projects,
                "clusterSecrets": fleet.secrets,
            }
            for fleet in fleets
        ],
    }


def _encoded(request: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(request, allow_nan=False).encode()
    except ValueError as error:
        raise PlatformError("an ApplicationSet, project or Secret holds what is no JSON", why=str(error)) from error


def _generated(answer: Mapping[str, Any]) -> Generated:
    if "error" in answer:
        return Generated(answer["fleet"], answer["set"], (), answer["error"] or "no reason is given")
    return Generated(answer["fleet"], answer["set"], answer["applications"])
