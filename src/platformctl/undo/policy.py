"""What may be done about an aborted release, by environment and cause: policy/undo.yaml."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import yaml

from platformctl.errors import PlatformError

FILE = "policy/undo.yaml"


class Cause(StrEnum):
    """Why a release was aborted."""

    ANALYSIS = "analysis"
    DEADLINE = "deadline"  # its pods made no progress in time
    OPERATOR = "operator"  # somebody said so
    OTHER = "other"


class Action(StrEnum):
    """How far an undo goes by itself."""

    MERGE = "merge"
    OPEN = "open"  # a pull request that somebody else merges
    NOTHING = "nothing"


@dataclass(frozen=True)
class Policy:
    """The rules of one environment.

    `quiet` is how long after the abort nothing is done, `blocks` are the environments that refuse the version then.
    """

    actions: Mapping[Cause, Action] = field(hash=False)
    quiet: datetime.timedelta
    blocks: tuple[str, ...]


def parse(text: str) -> Mapping[str, Policy]:
    """The rules by environment, from the file's text."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PlatformError(f"{FILE} is not YAML", why=str(error)) from error
    if not isinstance(content, dict) or not content:
        raise PlatformError(f"{FILE} is no mapping of environments", fix="each has the keys of the others in the file")
    return {str(name): _policy(entry, f"{FILE}: {name}") for name, entry in content.items()}


def _policy(entry: object, where: str) -> Policy:
    keys = {*Cause, "quietSeconds", "blocks"}
    if not isinstance(entry, dict) or set(entry) != keys:
        raise PlatformError(f"{where} must have the keys {', '.join(sorted(keys))} and no others")
    quiet, blocks = entry["quietSeconds"], entry["blocks"]
    if not isinstance(quiet, int) or isinstance(quiet, bool) or quiet < 0:
        raise PlatformError(f"{where}: quietSeconds is no number of seconds: {quiet!r}")
    if not isinstance(blocks, list) or not blocks or not all(isinstance(each, str) for each in blocks):
        raise PlatformError(f"{where}: blocks is no list of environments: {blocks!r}")
    wrong = [cause for cause in Cause if entry[cause] not in list(Action)]
    if wrong:
        raise PlatformError(f"{where}: {', '.join(wrong)} must be one of {', '.join(Action)}")
    actions = {cause: Action(entry[cause]) for cause in Cause}
    return Policy(actions, datetime.timedelta(seconds=quiet), tuple(blocks))
