"""Nothing is applied before what it needs."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.checks.rules.argo.releases import analyses, canary, services
from platformctl.checks.rules.argo.sync_waves import WAVE, annotation, definitions, is_hook, ordered, wave
from platformctl.manifests import Manifest, items, mapping, text

_PATH = ("metadata", "annotations", WAVE)


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    if manifest.application not in world.derived(ordered):
        return
    given = annotation(manifest, WAVE).strip()
    if given and not given.removeprefix("-").isdecimal():
        yield Violation(_PATH, f"{given} is no number of a wave")
    if is_hook(manifest):
        return
    for needed in needed_by(manifest, world):
        same = needed is not None and needed.application == manifest.application and not is_hook(needed)
        if needed is not None and same and wave(needed) > wave(manifest):
            what = f"{needed.kind} {needed.name}"
            yield Violation(_PATH, f"wave {wave(manifest)} is before the {what} that it needs, wave {wave(needed)}")


def needed_by(manifest: Manifest, world: World) -> Iterator[Manifest | None]:
    """What an object cannot be applied or started without."""
    if manifest.namespace:
        yield world.find("Namespace", "", manifest.namespace)
    group = manifest.api_version.rpartition("/")[0]
    if "." in group:
        yield world.derived(definitions).get((manifest.application, group, manifest.kind))
    if manifest.kind in WORKLOADS:
        for kind, name in {*_of_pods(manifest), *(_of_release(manifest) if manifest.kind == "Rollout" else ())}:
            yield world.find(kind, "" if kind == "ClusterAnalysisTemplate" else manifest.namespace, name)


def _of_pods(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """What pods cannot start without."""
    pod = pod_of(manifest)
    if pod is None:
        return
    yield "ServiceAccount", text(pod.spec.get("serviceAccountName"))
    for volume in items(pod.spec.get("volumes")):
        yield "ConfigMap", text(mapping(mapping(volume).get("configMap")).get("name"))
        yield "Secret", text(mapping(mapping(volume).get("secret")).get("secretName"))
    for container in pod.containers():
        for source in items(container.content.get("envFrom")):
            yield "ConfigMap", text(mapping(mapping(source).get("configMapRef")).get("name"))
            yield "Secret", text(mapping(mapping(source).get("secretRef")).get("name"))


def _of_release(manifest: Manifest) -> Iterator[tuple[str, str]]:
    """What the controller refuses a Rollout without."""
    yield from (("Service", reference.name) for reference in services(manifest))
    yield from ((kind, name) for analysis in analyses(manifest) for _, kind, name in analysis.templates)
    traefik = mapping(mapping(canary(manifest).get("trafficRouting")).get("traefik"))
    yield "TraefikService", text(traefik.get("weightedTraefikServiceName"))


CHECK = Check("sync-wave", EVERY, _judge)
