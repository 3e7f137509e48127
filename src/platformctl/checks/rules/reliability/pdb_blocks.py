"""Disruption budgets let at least one pod go."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.kinds import own
from platformctl.checks.numbers import scaled
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.scaling import SCALED, scale
from platformctl.checks.workloads import BUDGET, budgeted
from platformctl.manifests import Manifest, mapping

_MANY = 1000  # pods, when their number is unknown: what lets none of so many go never lets one go


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    spec = mapping(manifest.content.get("spec"))
    workloads = budgeted(manifest, world)
    if any(workload.kind not in SCALED for workload in workloads):
        return  # how many pods a DaemonSet or a Job has is not written down
    pods = sum(scale(workload, world).low for workload in workloads)
    for field in ("minAvailable", "maxUnavailable"):
        written = spec.get(field)
        if written is None or (workloads and not pods):  # switched off: there is nothing to let go
            continue
        # the controller rounds both up
        amount = scaled(written, pods or _MANY, up=True)
        if amount is None:
            continue
        free = (pods or _MANY) - amount if field == "minAvailable" else amount
        if free < 1 and (pods or not isinstance(written, int) or written < 1):
            of = f" of {pods}" if pods else ""
            yield Violation(("spec", field), f"{field} {written} lets no pod{of} go: no node can be emptied")


CHECK = Check("pdb-blocks", frozenset({BUDGET}), own(_judge))
