"""A container of a pod against the one that Git has: image, environment, command, resources, security."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks import quantities
from platformctl.manifests import items, mapping, text

Object = Mapping[str, Any]
Found = tuple[str, str, str, str]  # what, path, wanted, found
LISTS = (("containers", "containerStatuses"), ("initContainers", "initContainerStatuses"))


def pod_differences(wanted: Object, pod: Object) -> Iterator[Found]:
    """Everything in which a pod differs from the spec that Git has for it."""
    spec = mapping(pod.get("spec"))
    for kind, statuses in LISTS:
        ours, theirs = _named(wanted, kind), _named(spec, kind)
        if set(ours) != set(theirs):
            yield "containers", kind, _shown(sorted(ours)), _shown(sorted(theirs))
        reported = _named(mapping(pod.get("status")), statuses)
        for name in ours:
            if name in theirs:
                yield from _container(f"{kind}[{name}]", ours[name], theirs[name], mapping(reported.get(name)))
    if extra := _named(spec, "ephemeralContainers"):
        yield "containers", "ephemeralContainers", "none", _shown(sorted(extra))
    yield from _pod_security(wanted, spec)
    if _mounted(wanted) != _mounted(spec):
        yield "settings", "volumes", _shown(_mounted(wanted)), _shown(_mounted(spec))


def setting_names(spec: Object) -> set[str]:
    """The ConfigMaps that a pod reads."""
    names = set(_mounted(spec))
    for kind, _ in LISTS:
        for container in _named(spec, kind).values():
            names |= {
                text(mapping(mapping(each).get("configMapRef")).get("name")) for each in items(container.get("envFrom"))
            }
            sources = (mapping(mapping(each).get("valueFrom")) for each in items(container.get("env")))
            names |= {text(mapping(each.get("configMapKeyRef")).get("name")) for each in sources}
    return names - {""}


def _container(path: str, wanted: Object, found: Object, status: Object) -> Iterator[Found]:
    yield from _image(path, text(wanted.get("image")), text(found.get("image")), text(status.get("imageID")))
    for what, field, ours, theirs in (
        ("environment", "env", _environment(wanted), _environment(found)),
        ("environment", "envFrom", items(wanted.get("envFrom")), items(found.get("envFrom"))),
        ("command", "command", items(wanted.get("command")), items(found.get("command"))),
        ("command", "args", items(wanted.get("args")), items(found.get("args"))),
        ("resources", "resources", _resources(wanted), _resources(found)),
        ("security", "securityContext", mapping(wanted.get("securityContext")), mapping(found.get("securityContext"))),
    ):
        if ours != theirs:
            yield what, f"{path}.{field}", _shown(ours), _shown(theirs)


def _image(path: str, wanted: str, found: str, image_id: str) -> Iterator[Found]:
    """The name in the spec, and the digest that the container runtime says it runs; empty before it has started."""
    if wanted != found:
        yield "image", f"{path}.image", wanted, found
    digest = wanted.partition("@")[2]
    if digest and image_id and image_id.rpartition("@")[2] != digest:
        yield "image", f"{path}.imageID", digest, image_id


def _pod_security(wanted: Object, found: Object) -> Iterator[Found]:
    for field in ("securityContext", "hostNetwork", "hostPID", "hostIPC", "hostUsers"):
        ours, theirs = wanted.get(field) or None, found.get(field) or None
        if ours != theirs:
            yield "security", field, _shown(ours), _shown(theirs)
    ours, theirs = wanted.get("serviceAccountName") or "default", found.get("serviceAccountName") or "default"
    if ours != theirs:
        yield "security", "serviceAccountName", _shown(ours), _shown(theirs)


def _environment(container: Object) -> list[Object]:
    """The variables in order, with what the API server adds where something is left out."""
    return [_variable(mapping(each)) for each in items(container.get("env"))]


def _variable(variable: Object) -> Object:
    source = mapping(variable.get("valueFrom"))
    if not source:
        return {"name": variable.get("name"), "value": variable.get("value") or ""}
    filled = dict(source)
    if "fieldRef" in source:
        filled["fieldRef"] = {"apiVersion": "v1", **mapping(source["fieldRef"])}
    if "resourceFieldRef" in source:
        filled["resourceFieldRef"] = {"divisor": "0", **mapping(source["resourceFieldRef"])}
    return {"name": variable.get("name"), "valueFrom": filled}


def _resources(container: Object) -> Mapping[str, Mapping[str, str]]:
    """Amounts by value (1000m is 1); a request that is left out is the limit, as the API server has it."""
    resources = mapping(container.get("resources"))
    limits = mapping(resources.get("limits"))
    requests = {**limits, **mapping(resources.get("requests"))}
    return {
        name: {resource: _amount(value) for resource, value in sorted(amounts.items())}
        for name, amounts in (("limits", limits), ("requests", requests))
    }


def _amount(value: object) -> str:
    amount = quantities.parse(value)
    return str(value) if amount is None else f"{amount.normalize():f}"


def _mounted(spec: Object) -> list[str]:
    """ConfigMaps that are volumes, alone or as part of a projected one; not the one that every namespace is given."""
    names = []
    for volume in map(mapping, items(spec.get("volumes"))):
        sources = [volume, *map(mapping, items(mapping(volume.get("projected")).get("sources")))]
        names += [text(mapping(each.get("configMap")).get("name")) for each in sources]
    return sorted({name for name in names if name and name != "kube-root-ca.crt"})


def _named(content: Object, kind: str) -> dict[str, Object]:
    return {text(each.get("name")): each for each in map(mapping, items(content.get(kind)))}


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
