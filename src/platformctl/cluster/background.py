"""Who serves visitors comes first: what runs the platform waits for them, because here they share one machine.

Elsewhere the control plane and Argo CD have machines of their own. Here a push would hold up every visitor for
seconds, and a release could not be told from a slow version.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from platformctl.cluster import cgroup
from platformctl.cluster.config import STATE, Cluster

# their pods get a processor that nobody else wants (SCHED_IDLE)
PLATFORM = ("argo-rollouts", "argocd", "kube-system", "monitoring", "release-undo")
# their pods serve visitors; while one starts it gets no more than those of the platform
SHOP = ("production", "staging")
PODS = STATE / "pod-logs"  # the kubelet makes a folder <namespace>_<name>_<uid> for each
# as long as all may work as fast as they can, since `up` waits for them
FIRST_SECONDS = 150.0
# Python computes for seconds before it serves
START_SECONDS = 15.0
LOOK_SECONDS = 1.0


@dataclass
class Background:
    """Puts components and pods behind, and back those that have started; to be called again and again."""

    cluster: Cluster
    pods: Path = PODS
    clock: Callable[[], float] = time.monotonic
    _settled: float | None = None  # when the platform has had its time to start
    _components_behind: bool = False
    _seen: dict[str, float] = field(default_factory=dict)  # since when each pod is there
    _behind: dict[str, int] = field(default_factory=dict)  # with the shares that each pod had before
    _next: float = 0.0

    def settle(self) -> None:
        """Put behind, and back, what is due; looks at most once a second."""
        now = self.clock()
        if now < self._next:
            return
        self._next = now + LOOK_SECONDS
        if self._settled is None:
            self._settled = now + FIRST_SECONDS
        if now >= self._settled and not self._components_behind:
            cgroup.put_components_behind(self.cluster)
            self._components_behind = True
        platform, shop = self._uids(PLATFORM), self._uids(SHOP)
        self._seen = {uid: self._seen.get(uid, now) for uid in platform | shop}
        waiting = {uid for uid in platform if now - self._seen[uid] >= FIRST_SECONDS}
        starting = {uid for uid in shop if self._seen[uid] >= self._settled and now - self._seen[uid] < START_SECONDS}
        self._put(waiting | starting)

    def _put(self, behind: set[str]) -> None:
        for uid in behind - self._behind.keys():
            shares = cgroup.put_pod_behind(self.cluster, uid)
            if shares is not None:
                self._behind[uid] = shares
        for uid in self._behind.keys() - behind:
            cgroup.put_pod_back(self.cluster, uid, self._behind.pop(uid))

    def _uids(self, namespaces: Iterable[str]) -> set[str]:
        return {folder.name.rpartition("_")[2] for name in namespaces for folder in self.pods.glob(f"{name}_*")}
