"""Versions that releases have to let through or stop, each by a setting of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bad:
    """A bad version: what is wrong with it, its settings, and the one metric that has to stop it.

    `metric` is empty where no analysis does: the deadline for progress. `short` ones run in every `make test`.
    """

    what: str
    service: str
    settings: Mapping[str, str]
    metric: str
    short: bool = False


BAD = (
    Bad("a fifth of the answers are errors", "product-api", {"FAULT_ERROR_RATE": "0.2"}, "errors", short=True),
    Bad("three seconds for an answer", "frontend", {"FAULT_LATENCY_SECONDS": "3"}, "seconds"),
    Bad("a crash every twenty seconds", "product-api", {"FAULT_CRASH_SECONDS": "20"}, "restarts"),
    Bad("never ready", "frontend", {"FAULT_NOT_READY": "true"}, ""),
    Bad("right status, wrong body, behind weights", "frontend", {"FAULT_WRONG_BODY_RATE": "1"}, "contract"),
    Bad(
        "right status, wrong body, at the preview", "order-api", {"FAULT_WRONG_BODY_RATE": "1"}, "contract", short=True
    ),
    Bad("a leak", "product-api", {"FAULT_LEAK_MIB_PER_SECOND": "5"}, "memory"),
    Bad("errors of the active colour", "order-api", {"FAULT_ERROR_RATE": "0.2"}, "errors"),
)
SERVICES = ("frontend", "product-api", "order-api")
