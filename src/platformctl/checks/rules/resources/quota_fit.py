"""The namespace has room for all of its pods at their most."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import quantities
from platformctl.checks.kinds import own
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.quotas import Claim, counted, hard, taken
from platformctl.manifests import Manifest

_NAMED = 3


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not manifest.namespace:  # loose files without one need not belong together
        return
    among = counted(manifest, world)
    for key, bound in hard(manifest).items():
        amount = taken(key, among)
        if amount is not None and amount > bound:
            most = quantities.shown(bound, key)
            need = f"{quantities.shown(amount, key)} of {key}"
            yield Violation(
                ("spec", "hard", key), f"the pods at their most take {need}; {most} is granted. {_most(key, among)}"
            )


def _most(key: str, among: list[Claim]) -> str:
    """The workloads that take most of it."""
    amounts = sorted(((taken(key, [claim]) or 0, claim) for claim in among), key=lambda each: -each[0])
    named = [
        f"{claim.manifest.kind} {claim.manifest.name} ({claim.count} pods)"
        for amount, claim in amounts[:_NAMED]
        if amount
    ]
    return f"Most of it: {', '.join(named)}"


CHECK = Check("quota-fit", frozenset({"ResourceQuota"}), own(_judge))
