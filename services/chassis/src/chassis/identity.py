"""What a service calls itself."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Identity:
    """Name and version in logs, metrics and traces."""

    name: str
    version: str
