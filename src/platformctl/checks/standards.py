"""The Pod Security Standards: whether what the rules find keeps a pod out of baseline or restricted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from platformctl.checks.rulebook import Rulebook

Level = Literal["baseline", "restricted"]
# rules of baseline that restricted replaces by rules of its own: most are stricter, but where those make an
# exception, for Windows for example, it is theirs that holds
REPLACED = frozenset({"capabilities-add", "host-path", "proc-mount", "seccomp-unconfined"})


def rules_of(level: Level, rules: Rulebook) -> frozenset[str]:
    """The ids of the rules that make up a level in the pinned version of Kubernetes."""
    baseline = _referring("baseline", rules)
    return baseline if level == "baseline" else (baseline - REPLACED) | _referring("restricted", rules)


def meets(level: Level, broken: Iterable[str], rules: Rulebook) -> bool:
    """Whether a pod that breaks these rules meets the level."""
    return rules_of(level, rules).isdisjoint(broken)


def _referring(level: Level, rules: Rulebook) -> frozenset[str]:
    name = f"Pod Security Standards {level}"
    return frozenset(rule.id for rule in rules.values() if name in rule.references)
