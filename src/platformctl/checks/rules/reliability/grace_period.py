"""A pod that ends has time for what it still does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from platformctl.checks.numbers import whole
from platformctl.checks.pods import WORKLOADS, Container, pod_of
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping

_DEFAULT = 30
_SLEEP = re.compile(r"(?:^|[\s;&/])sleep ([0-9]{1,6})(s?)(?=$|[\s;&])")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod is None:
        return
    grace = whole(pod.spec.get("terminationGracePeriodSeconds"), _DEFAULT)
    if grace < 1:
        yield Violation((*pod.path, "terminationGracePeriodSeconds"), "is killed at once, with all requests in it")
        return
    for container in pod.containers():
        seconds = _slept(container)
        if seconds >= grace:
            problem = f"sleeps {seconds} s before it is told to end, and is killed after {grace} s"
            yield container.violation(("lifecycle", "preStop"), problem)


def _slept(container: Container) -> int:
    """The seconds that a container sleeps before it ends."""
    hook = mapping(mapping(container.content.get("lifecycle")).get("preStop"))
    command = " ".join(str(word) for word in items(mapping(hook.get("exec")).get("command")))
    commanded = sum(int(seconds) for seconds, _ in _SLEEP.findall(command)) if "sleep" in command else 0
    return whole(mapping(hook.get("sleep")).get("seconds")) + commanded


CHECK = Check("grace-period", WORKLOADS, _judge)
