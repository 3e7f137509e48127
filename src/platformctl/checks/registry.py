"""All checks, by the id of their rule."""

from __future__ import annotations

from collections.abc import Mapping

from platformctl.checks.protocol import Check, by_rule
from platformctl.checks.rules import (
    api,
    argo,
    identity,
    images,
    network,
    pods,
    references,
    reliability,
    resources,
)

GROUPS = (pods, identity, images, resources, reliability, network, references, api, argo)
CHECKS: Mapping[str, Check] = by_rule(*(check for group in GROUPS for check in group.CHECKS.values()))
