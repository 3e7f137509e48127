"""The record of what was built: name -> reference, digest, size and key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from platformctl.errors import PlatformError
from platformctl.images.atomic import replace

FORMAT = 1
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Entry:
    """One image in the store."""

    reference: str
    digest: str
    size: int
    key: str


def read(path: Path) -> dict[str, Entry]:
    """The recorded images; none when there is no record, an error when it cannot be understood."""
    try:
        content = json.loads(path.read_text())
        return _entries(content)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PlatformError(
            f"the record of built images cannot be understood: {path}",
            why=f"{type(error).__name__}: {error}",
            fix="run `platformctl images`: it writes the record again",
        ) from error


def write(path: Path, entries: Mapping[str, Entry]) -> None:
    """Replace the record."""
    images = {name: asdict(entry) for name, entry in sorted(entries.items())}
    replace(path, json.dumps({"format": FORMAT, "images": images}, indent=1) + "\n")


def _entries(content: Mapping[str, Any]) -> dict[str, Entry]:
    if content["format"] != FORMAT:
        raise ValueError(f"format {content['format']}, expected {FORMAT}")
    return {str(name): _entry(name, values) for name, values in content["images"].items()}


def _entry(name: str, values: Mapping[str, Any]) -> Entry:
    entry = Entry(**values)
    texts = (entry.reference, entry.digest, entry.key)
    if not all(isinstance(value, str) for value in texts) or not isinstance(entry.size, int):
        raise ValueError(f"{name} has a value of a wrong type")
    if not DIGEST.fullmatch(entry.digest):
        raise ValueError(f"{name} has the digest {entry.digest!r}")
    return entry
