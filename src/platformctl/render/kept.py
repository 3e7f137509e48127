"""Results kept on disk, under what they were made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.render.states import States
from platformctl.repo import cache_folder, write_whole

VARIANTS = 8  # contents of a working tree whose results are remembered: switching branches renders nothing again


@dataclass(frozen=True)
class Result:
    """What the program said of one overlay: `about` it, its objects as lines of JSON, and its text when asked for."""

    about: Mapping[str, Any]
    lines: tuple[bytes, ...]
    text: str | None = None
    key: str = ""  # changes with anything that was read for it


class Kept:
    """The result of one source, when it was made before.

    A commit never changes, so its name is enough. Of a working tree, it is remembered what each result looked at
    and what was there: files with their digests, links, folders, and what was looked for in vain.
    """

    def __init__(self, states: States | None, *made_of: str) -> None:
        self._states = states
        self._folder = cache_folder() / "renders"
        self._name = _digest("\0".join(made_of))

    def read(self, *, text: bool = False) -> Result | None:
        """The result, or None when it has to be made."""
        name = self._name if self._states is None else self._current(self._states)
        if name is None:
            return None
        try:
            about, *lines = (self._folder / f"{name}.json").read_bytes().splitlines()
            kept = (self._folder / f"{name}.yaml").read_text(encoding="utf-8") if text else None
        except (OSError, ValueError):
            return None
        return Result(json.loads(about), tuple(lines), kept, name)

    def write(self, result: Result) -> str:
        """Keep a result; the key under which it is kept."""
        name = self._name
        if self._states is not None:
            seen = result.about["seen"]
            name = _digest(self._name + json.dumps(seen, sort_keys=True))
        about = {key: value for key, value in result.about.items() if key != "seen"}
        head = json.dumps(about, separators=(",", ":")).encode()
        if result.text is not None:
            write_whole(self._folder / f"{name}.yaml", result.text.encode())
        write_whole(self._folder / f"{name}.json", b"\n".join([head, *result.lines]))
        if self._states is not None:
            others = [variant for variant in self._variants() if variant[0] != name]
            newest = json.dumps([[name, seen], *others[: VARIANTS - 1]], separators=(",", ":"))
            write_whole(self._folder / f"{self._name}.seen", newest.encode())
        return name

    def _current(self, states: States) -> str | None:
        return next((name for name, seen in self._variants() if states.all_are(seen)), None)

    def _variants(self) -> list[tuple[str, Mapping[str, str]]]:
        try:
            variants: list[tuple[str, Mapping[str, str]]] = json.loads(
                (self._folder / f"{self._name}.seen").read_bytes()
            )
        except (OSError, ValueError):
            return []
        return variants


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
