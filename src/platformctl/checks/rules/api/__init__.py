"""What the API server would refuse or understand otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules.api import (
    duplicate_entry,
    duplicate_object,
    generate_name,
    inner_name,
    lifecycle,
    number_form,
    object_name,
    server_field,
    text_value,
)

CHECKS: Mapping[str, Check] = by_rule(
    *lifecycle.CHECKS,
    duplicate_entry.CHECK,
    duplicate_object.CHECK,
    generate_name.CHECK,
    inner_name.CHECK,
    number_form.CHECK,
    object_name.CHECK,
    server_field.CHECK,
    text_value.CHECK,
)
