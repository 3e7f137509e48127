"""What a report needs beside the findings: the rules that were held, and where the files are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from platformctl.findings import Severity


class Described(Protocol):
    """A rule as reports know it."""

    @property
    def id(self) -> str:
        """Its name."""

    @property
    def topic(self) -> str:
        """What it is about."""

    @property
    def group(self) -> str:
        """The file that describes it."""

    @property
    def title(self) -> str:
        """What it demands."""

    @property
    def severity(self) -> Severity:
        """How much it weighs."""

    @property
    def why(self) -> str:
        """What happens otherwise."""

    @property
    def remediation(self) -> str:
        """What to write."""

    @property
    def references(self) -> tuple[str, ...]:
        """What others call it."""

    @property
    def twin(self) -> bool:
        """Whether it is written in Rego as well."""

    @property
    def admission(self) -> bool:
        """Whether the API server holds it as well."""


@dataclass(frozen=True)
class Context:
    """`root` is the checkout; `links` is what a link to one of its files begins with."""

    root: Path
    rules: Mapping[str, Described]
    links: str = ""
