"""Containers have a cpu request."""

from __future__ import annotations

from platformctl.checks.amounts import missing

RULE = "cpu-request"
check = missing("requests", "cpu")
