"""ConfigMaps and Secrets that pods name exist, and hold the keys that they want."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS
from platformctl.checks.protocol import Check, Judge, Violation, World
from platformctl.checks.references import CONFIG_MAP, SECRET, Reference, Stores, references
from platformctl.manifests import Manifest


def _missing(kind: str) -> Judge:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        stores = world.derived(Stores)
        for reference in references(manifest):
            if reference.kind == kind and not reference.optional and stores.judges(kind, manifest.namespace):
                yield from _wrong(reference, manifest.namespace, stores)

    return judge


def _wrong(reference: Reference, namespace: str, stores: Stores) -> Iterator[Violation]:
    kind, name, key = reference.kind, reference.name, reference.key
    if not stores.exists(kind, namespace, name):
        if not key or reference.path[-1] != "key":  # a volume is reported once, not once for each of its files
            yield Violation(reference.path, _absent(reference, namespace, stores))
    elif key and not stores.has_key(kind, namespace, name, key):
        yield Violation(reference.path, f"the {kind} {name} has no key {key}")


def _absent(reference: Reference, namespace: str, stores: Stores) -> str:
    kind, name = reference.kind, reference.name
    generated = stores.generated(kind, namespace, name)
    if generated:
        return f"there is no {kind} {name}: Kustomize generates it as {generated}, and does not know this field"
    return f"there is no {kind} {name} in namespace {namespace or 'default'}"


CHECKS = (
    Check("config-map-reference", WORKLOADS, _missing(CONFIG_MAP)),
    Check("secret-reference", WORKLOADS, _missing(SECRET)),
)
