"""What a node runs is what the registry holds under that name."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.images import Reference
from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.images.used import KINDS, Used, used
from platformctl.manifests import Manifest


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for image in used(manifest):
        reference = image.said
        problem = _problem(image, reference) if reference else ""
        if problem:
            yield image.violation(problem, "pullPolicy" if image.path[-1] == "reference" else "imagePullPolicy")


def _problem(image: Used, reference: Reference) -> str:
    policy = image.policy or ("Always" if reference.floats else "IfNotPresent")  # the API server's defaults
    if policy == "Never":
        return "is never pulled: it starts only where somebody put the image on the node"
    if reference.digest or policy == "Always":
        return ""
    return f"runs the copy of {image.written} that a node happens to have, without asking the registry"


CHECK = Check("pull-policy", KINDS, _judge)
