"""Containers say how much of the node's disk they need and may use."""

from __future__ import annotations

from platformctl.checks.amounts import missing
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check

CHECKS = (
    Check("ephemeral-storage-request", WORKLOADS, missing("requests", "ephemeral-storage")),
    Check("ephemeral-storage-limit", WORKLOADS, missing("limits", "ephemeral-storage")),
)
