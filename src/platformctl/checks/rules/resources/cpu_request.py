"""Containers have a cpu request."""

from __future__ import annotations

from platformctl.checks.amounts import missing
from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check

CHECK = Check("cpu-request", WORKLOADS, missing("requests", "cpu"))
