"""ConfigMaps and Secrets: which of them pods name, which exist, and with what keys."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platformctl.checks.pods import WORKLOADS, Pod, pod_of
from platformctl.checks.protocol import World
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

CONFIG_MAP, SECRET = "ConfigMap", "Secret"
HASH = re.compile(r"-[bcdfghkmt2456789]{10}$")  # what Kustomize puts behind a generated name
EVERY_NAMESPACE = {(CONFIG_MAP, "kube-root-ca.crt"): frozenset({"ca.crt"})}
_CERTIFICATE = frozenset({"tls.crt", "tls.key", "ca.crt"})

Keys = frozenset[str] | None  # None: nobody knows


@dataclass(frozen=True)
class Reference:
    """A name of a ConfigMap or Secret in a pod, and the key of it that is wanted, if only one is."""

    path: FieldPath
    kind: str
    name: str
    key: str
    optional: bool


def references(manifest: Manifest) -> Iterator[Reference]:
    """Every ConfigMap and Secret that the pods of a workload take values or files from."""
    pod = pod_of(manifest)
    if pod is None:
        return
    for container in pod.containers():
        for index, variable in enumerate(items(container.content.get("env"))):
            where = (*container.path, "env", index, "valueFrom")
            source = mapping(mapping(variable).get("valueFrom"))
            for field, kind in (("configMapKeyRef", CONFIG_MAP), ("secretKeyRef", SECRET)):
                yield from _one((*where, field), kind, source.get(field))
        for index, whole in enumerate(items(container.content.get("envFrom"))):
            where = (*container.path, "envFrom", index)
            for field, kind in (("configMapRef", CONFIG_MAP), ("secretRef", SECRET)):
                yield from _one((*where, field), kind, mapping(whole).get(field))
    yield from _volumes(pod)


def _volumes(pod: Pod) -> Iterator[Reference]:
    for index, volume in enumerate(items(pod.spec.get("volumes"))):
        where = (*pod.path, "volumes", index)
        found = mapping(volume)
        yield from _files((*where, "configMap"), CONFIG_MAP, found.get("configMap"))
        yield from _files((*where, "secret"), SECRET, found.get("secret"))
        for number, source in enumerate(items(mapping(found.get("projected")).get("sources"))):
            place = (*where, "projected", "sources", number)
            yield from _files((*place, "configMap"), CONFIG_MAP, mapping(source).get("configMap"))
            yield from _files((*place, "secret"), SECRET, mapping(source).get("secret"))


def _one(path: FieldPath, kind: str, source: object) -> Iterator[Reference]:
    found = mapping(source)
    if isinstance(found.get("name"), str):
        yield Reference(path, kind, found["name"], text(found.get("key")), found.get("optional") is True)


def _files(path: FieldPath, kind: str, source: object) -> Iterator[Reference]:
    found = mapping(source)
    name = text(found.get("name")) or text(found.get("secretName"))
    if not name:
        return
    optional = found.get("optional") is True
    yield Reference(path, kind, name, "", optional)
    for index, item in enumerate(items(found.get("items"))):
        key = text(mapping(item).get("key"))
        if key:
            yield Reference((*path, "items", index, "key"), kind, name, key, optional)


class Stores:
    """The ConfigMaps and Secrets of a world by name, those that controllers make included."""

    def __init__(self, world: World) -> None:
        self._whole = world.whole
        self._keys: dict[tuple[str, str, str], Keys] = {}
        self._spaces: set[tuple[str, str]] = set()
        self._generated: dict[tuple[str, str, str], str] = {}
        for kind in (CONFIG_MAP, SECRET):
            for manifest in world.of(kind):
                self._add(kind, manifest.namespace, manifest.name, _own_keys(manifest))
        for manifest in world.of("ExternalSecret", "SealedSecret", "Certificate"):
            name, keys = _made(manifest)
            self._add(SECRET, manifest.namespace, name, keys)
        for entry in world.outside:
            self._add(entry.kind, entry.namespace, entry.name, frozenset(entry.keys) or None)

    def _add(self, kind: str, namespace: str, name: str, keys: Keys) -> None:
        self._keys[kind, namespace, name] = keys
        self._spaces.add((kind, namespace))
        base, suffix, _ = HASH.sub("\0", name).partition("\0")
        if suffix:
            self._generated[kind, namespace, base] = name

    def judges(self, kind: str, namespace: str) -> bool:
        """Whether one that is not here is missing: among loose files it may be elsewhere."""
        return self._whole or (kind, namespace) in self._spaces

    def exists(self, kind: str, namespace: str, name: str) -> bool:
        """Whether there is one of that name."""
        return (kind, namespace, name) in self._keys or (kind, name) in EVERY_NAMESPACE

    def has_key(self, kind: str, namespace: str, name: str, key: str) -> bool:
        """Whether one that exists holds a key, or may."""
        keys = self._keys.get((kind, namespace, name), EVERY_NAMESPACE.get((kind, name)))
        return keys is None or key in keys

    def generated(self, kind: str, namespace: str, name: str) -> str:
        """The name that Kustomize gave to what is called so without its hash, or with another one."""
        return self._generated.get((kind, namespace, HASH.sub("", name)), "")


def _own_keys(manifest: Manifest) -> Keys:
    content = manifest.content
    if text(content.get("type")) == "kubernetes.io/service-account-token":
        return None  # a controller fills it in
    found = [key for field in ("data", "binaryData", "stringData") for key in mapping(content.get(field))]
    empty = manifest.kind == SECRET and not found  # made here so that Git owns it, filled in by its program
    return None if empty else frozenset(found)


def _made(manifest: Manifest) -> tuple[str, Keys]:
    spec = mapping(manifest.content.get("spec"))
    if manifest.kind == "Certificate":
        return text(spec.get("secretName")), _CERTIFICATE
    if manifest.kind == "SealedSecret":
        name = text(mapping(mapping(spec.get("template")).get("metadata")).get("name"))
        return name or manifest.name, frozenset(mapping(spec.get("encryptedData"))) or None
    target = mapping(spec.get("target"))
    keys = frozenset(text(mapping(each).get("secretKey")) for each in items(spec.get("data")))
    known = not spec.get("dataFrom") and not target.get("template")
    return text(target.get("name")) or manifest.name, keys if known else None


class Uses:
    """Which ConfigMaps, Secrets, accounts and claims of a world are named by anything in their namespace."""

    def __init__(self, world: World) -> None:
        self.references: dict[tuple[str, str], set[str]] = defaultdict(set)
        self.words: dict[str, set[str]] = defaultdict(set)
        self.populated: set[str] = set()
        for manifest in world.of(*sorted(WORKLOADS)):
            pod = pod_of(manifest)
            if pod is not None:
                self.populated.add(manifest.namespace)
                self._pod(manifest, pod)
        for manifest in world.manifests:
            if _speaks(manifest):
                said = (manifest.content.get("spec"), mapping(manifest.content.get("metadata")).get("annotations"))
                self.words[manifest.namespace].update(word for part in said for word in _texts(part))

    def _pod(self, manifest: Manifest, pod: Pod) -> None:
        space = manifest.namespace
        for reference in references(manifest):
            self.references[reference.kind, space].add(reference.name)
        account = text(pod.spec.get("serviceAccountName")) or text(pod.spec.get("serviceAccount")) or "default"
        self.references["ServiceAccount", space].add(account)
        for secret in items(pod.spec.get("imagePullSecrets")):
            self.references[SECRET, space].add(text(mapping(secret).get("name")))
        for volume in items(pod.spec.get("volumes")):
            claim = mapping(mapping(volume).get("persistentVolumeClaim"))
            self.references["PersistentVolumeClaim", space].add(text(claim.get("claimName")))
            self.words[space].update(_texts(mapping(volume).get("csi")))
        for container in pod.containers():
            for field in ("args", "command", "env"):
                for word in _texts(container.content.get(field)):
                    self.words[space].update((word, word.rpartition("=")[2], word.rpartition("/")[2]))

    def uses(self, kind: str, namespace: str, name: str) -> bool:
        """Whether anything in the namespace names it, be it only as a word."""
        return name in self.references.get((kind, namespace), ()) or name in self.words.get(namespace, ())


def _speaks(manifest: Manifest) -> bool:
    """Whether it may name others in fields of its own: custom resources do, and an Ingress."""
    group = manifest.api_version.rpartition("/")[0]
    return manifest.kind == "Ingress" or ("." in group and not group.endswith(".k8s.io") and manifest.kind != "Rollout")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for child in value.values():
            yield from _texts(child)
    elif isinstance(value, list):
        for child in value:
            yield from _texts(child)
