"""Containers have a memory request."""

from __future__ import annotations

from platformctl.checks.amounts import missing

RULE = "memory-request"
check = missing("requests", "memory")
