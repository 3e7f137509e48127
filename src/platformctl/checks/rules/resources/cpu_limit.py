"""Containers have a cpu limit."""

from __future__ import annotations

from platformctl.checks.amounts import missing
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check

CHECK = Check("cpu-limit", WORKLOADS, missing("limits", "cpu"))
