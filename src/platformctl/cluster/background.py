"""Who serves visitors comes first: what runs the platform waits for them, because here they share one machine.

Elsewhere the control plane and Argo CD have machines of their own. Here a push would hold up every visitor for
seconds, and a release could not be told from a slow version.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from platformctl.cluster import cgroup
from platformctl.cluster.config import STATE, Cluster

# their pods get a processor that nobody else wants (SCHED_IDLE)
PLATFORM = ("argo-rollouts", "argocd", "kube-system", "monitoring", "release-undo")
PODS = STATE / "pod-logs"  # the kubelet makes a folder <namespace>_<name>_<uid> for each
# as long as all may work as fast as they can, since `up` waits for them
FIRST_SECONDS = 150.0
LOOK_SECONDS = 1.0


@dataclass
class Background:
    """Puts pods and components behind, each once, when they had their time to start; to be called again and again."""

    cluster: Cluster
    pods: Path = PODS
    clock: Callable[[], float] = time.monotonic
    _since: dict[str, float] = field(default_factory=dict)
    _behind: set[str] = field(default_factory=set)
    _next: float = 0.0

    def settle(self) -> None:
        """Put behind what is due; looks at most once a second."""
        now = self.clock()
        if now < self._next:
            return
        self._next = now + LOOK_SECONDS
        there = {"", *self._uids()}  # the first one stands for the components
        for uid in [uid for uid in self._since if uid not in there]:
            del self._since[uid]
            self._behind.discard(uid)
        for uid in there - self._behind:
            if now - self._since.setdefault(uid, now) >= FIRST_SECONDS and self._put(uid):
                self._behind.add(uid)

    def _put(self, uid: str) -> bool:
        if not uid:
            cgroup.put_components_behind(self.cluster)
            return True
        return cgroup.put_pod_behind(self.cluster, uid)

    def _uids(self) -> Iterator[str]:
        for namespace in PLATFORM:
            for folder in self.pods.glob(f"{namespace}_*"):
                yield folder.name.rpartition("_")[2]
