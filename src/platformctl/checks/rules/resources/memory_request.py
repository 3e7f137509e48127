"""Containers have a memory request."""

from __future__ import annotations

from platformctl.checks.amounts import missing
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check

CHECK = Check("memory-request", WORKLOADS, missing("requests", "memory"))
