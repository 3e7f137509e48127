"""What Git says is what runs: applied, removed and repaired without anybody's help."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import APPLICATIONS, application, is_argo, is_generated
from platformctl.manifests import Manifest, mapping


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if not is_argo(manifest) or is_generated(manifest, world):
        return
    start, content = application(manifest)
    policy, path = mapping(mapping(content.get("spec")).get("syncPolicy")), (*start, "spec", "syncPolicy")
    automated = policy.get("automated")
    if automated is None or mapping(automated).get("enabled") is False:
        yield Violation((*path, "automated"), "nobody applies what is merged: there is no automated sync")
    else:
        for key, effect in (("prune", "removed in Git stays"), ("selfHeal", "changed by hand stays")):
            if mapping(automated).get(key) is not True:
                yield Violation((*path, "automated", key), f"what is {effect}: {key} is not true")
    if mapping(policy.get("retry")).get("limit") in (None, 0):
        yield Violation((*path, "retry"), "a sync that fails once is not tried again")


CHECK = Check("application-sync", APPLICATIONS, _judge)
