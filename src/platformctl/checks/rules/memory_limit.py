"""Containers have a memory limit."""

from __future__ import annotations

from platformctl.checks.amounts import missing

RULE = "memory-limit"
check = missing("limits", "memory")
