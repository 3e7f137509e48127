"""APIs come and go: none that the pinned Kubernetes no longer serves, none that it will drop."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl import manifests
from platformctl.checks.protocol import EVERY, Check, Judge, Violation, World
from platformctl.errors import PlatformError
from platformctl.manifests import Manifest, items, mapping, text
from platformctl.repo import Repo

FILE = "policy/apis.yaml"
# other names for a version: what was renamed outside of Kubernetes itself
_RENAMED_GROUPS = {
    "traefik.containo.us/v1alpha1": "traefik.io/v1alpha1",
    "certmanager.k8s.io/v1alpha1": "cert-manager.io/v1",
    "cert-manager.io/v1alpha2": "cert-manager.io/v1",
    "cert-manager.io/v1alpha3": "cert-manager.io/v1",
    "cert-manager.io/v1beta1": "cert-manager.io/v1",
    "gateway.networking.k8s.io/v1alpha1": "gateway.networking.k8s.io/v1",
    "snapshot.storage.k8s.io/v1beta1": "snapshot.storage.k8s.io/v1",
}


@dataclass(frozen=True)
class Ending:
    """The end of an API: since when it is deprecated, since when it is gone, and what follows."""

    deprecated: str
    removed: str
    replacement: str
    gone: bool


Endings = Mapping[tuple[str, str], Ending]


@functools.cache
def endings() -> Endings:
    """Every API that ends, by apiVersion and kind, as the pinned Kubernetes sees it."""
    repo = Repo.find(Path(__file__).resolve())
    return parse(manifests.load(repo.root / FILE, FILE))


def parse(document: object) -> Endings:
    """The content of policy/apis.yaml; an API of a later version than the pinned one has not ended yet."""
    pinned = text(mapping(document).get("kubernetes"))
    found: dict[tuple[str, str], Ending] = {}
    for entry in (mapping(each) for each in items(mapping(document).get("apis"))):
        api, kinds = text(entry.get("api")), items(entry.get("kinds"))
        since = [entry.get(key) for key in ("deprecated", "removed", "replacement")]
        if not api or not kinds or not all(isinstance(each, str) for each in (*kinds, *since)):
            raise PlatformError(f"{FILE} has an incomplete entry: {dict(entry)}")
        deprecated, removed, replacement = map(str, since)
        if minor(deprecated) <= minor(pinned):
            gone = bool(removed) and minor(removed) <= minor(pinned)
            found |= {(api, kind): Ending(deprecated, removed, replacement, gone) for kind in kinds}
    if not found:
        raise PlatformError(f"{FILE} names no API", fix="it has the keys kubernetes and apis")
    return found


def minor(version: str) -> int:
    """The minor version of 1.<minor>."""
    major, _, number = version.partition(".")
    if major != "1" or not number.isdigit():
        raise PlatformError(f"{FILE}: {version!r} is no version of Kubernetes", fix='write it like "1.37"')
    return int(number)


def _ended(gone: bool) -> Judge:
    def judge(manifest: Manifest, world: World) -> Iterator[Violation]:
        ending = endings().get((manifest.api_version, manifest.kind))
        if ending and ending.gone is gone:
            when = f"is gone since {ending.removed}" if gone else f"is deprecated since {ending.deprecated}"
            if ending.removed and not gone:
                when += f", gone in {ending.removed}"
            yield Violation(("apiVersion",), f"{manifest.api_version} {manifest.kind} {when}: {_advice(ending)}")
        elif gone and manifest.api_version in _RENAMED_GROUPS:
            yield Violation(("apiVersion",), f"{manifest.api_version} is now {_RENAMED_GROUPS[manifest.api_version]}")

    return judge


def _advice(ending: Ending) -> str:
    return f"write {ending.replacement}" if ending.replacement else "nothing replaces it"


CHECKS = (Check("removed-api", EVERY, _ended(True)), Check("deprecated-api", EVERY, _ended(False)))
