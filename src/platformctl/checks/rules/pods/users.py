"""Containers run as another user and group than root, with numbers that mean nobody on the node."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.security import Context, contexts, in_user_namespace, linux_pod, number, pod_context
from platformctl.manifests import Manifest, items

FLOOR = 10000  # below it nodes have accounts of their own


def _non_root(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is None or in_user_namespace(pod):
        return
    above = pod_context(pod)
    if above.content.get("runAsNonRoot") is False:
        yield above.violation(("runAsNonRoot",), "may run as root")
    for container in pod.containers():
        if container.effective("runAsNonRoot") is not True:
            yield container.violation(("securityContext", "runAsNonRoot"), "may run as root")


def _root_user(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    for context in contexts(manifest) if pod and not in_user_namespace(pod) else ():
        if number(context.content.get("runAsUser")) == 0:
            yield context.violation(("runAsUser",), "runs as root: runAsUser is 0")


def _root_group(manifest: Manifest, world: World) -> Iterator[Violation]:
    for context in contexts(manifest):
        for field in ("runAsGroup", "fsGroup"):
            if number(context.content.get(field)) == 0:
                yield context.violation((field,), f"is in the group of root: {field} is 0")
        yield from _root_supplement(context)


def _root_supplement(context: Context) -> Iterator[Violation]:
    for index, group in enumerate(items(context.content.get("supplementalGroups"))):
        if number(group) == 0:
            yield context.violation(("supplementalGroups", index), "is in the group of root: a supplemental group is 0")


def _at_least(field: str) -> Callable[[Manifest, World], Iterator[Violation]]:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        pod = linux_pod(manifest)
        for container in pod.containers() if pod else ():
            value = number(container.effective(field))
            if value is None or value < FLOOR:
                yield container.violation(("securityContext", field), f"has no {field} of {FLOOR} or more")

    return judge


CHECKS = (
    Check("run-as-non-root", WORKLOADS, _non_root),
    Check("run-as-root-uid", WORKLOADS, _root_user),
    Check("run-as-root-gid", WORKLOADS, _root_group),
    Check("uid-floor", WORKLOADS, _at_least("runAsUser")),
    Check("gid-floor", WORKLOADS, _at_least("runAsGroup")),
)
