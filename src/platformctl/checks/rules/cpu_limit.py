"""Containers have a cpu limit."""

from __future__ import annotations

from platformctl.checks.amounts import missing

RULE = "cpu-limit"
check = missing("limits", "cpu")
