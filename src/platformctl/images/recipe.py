"""What one image is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Copied:
    """One file of the build context: where it comes from, and its path in the context."""

    target: str
    origin: Path


@dataclass(frozen=True)
class Recipe:
    """A Dockerfile with its context; `reference` is empty for a base, which is never pushed."""

    name: str
    reference: str
    files: tuple[Copied, ...]  # the Dockerfile is one of them, under `dockerfile`
    bases: Mapping[str, str] = field(default_factory=dict)  # build argument -> name of the base
    dockerfile: str = "Dockerfile"
    pip: bool = False  # its RUN steps call pip, which needs this machine's settings
    layered: bool = False  # steps are kept as layers: worth it where sources change often
