"""Objects have names that the API server accepts, with what it adds to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.checks.rules.api import naming
from platformctl.manifests import Manifest, mapping, text

_CRON_JOB = 52  # its jobs get 11 characters more
_STATEFUL_SET = 52  # its revisions are labels with 11 characters more
_FORMS: Mapping[str, Callable[[str], str]] = {
    "Namespace": naming.label,
    "Service": naming.label,
    "Job": naming.label,
    "CronJob": partial(naming.subdomain, longest=_CRON_JOB),
    "StatefulSet": partial(naming.label, longest=_STATEFUL_SET),
    "Role": naming.path_segment,
    "RoleBinding": naming.path_segment,
    "ClusterRole": naming.path_segment,
    "ClusterRoleBinding": naming.path_segment,
    "ClusterTrustBundle": naming.path_segment,  # the name of its signer stands before a colon
}


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    metadata = mapping(manifest.content.get("metadata"))
    name, prefix = metadata.get("name"), metadata.get("generateName")
    if not name and not prefix:
        yield Violation(("metadata", "name"), f"the {manifest.kind} has no name")
    if isinstance(name, str) and name:
        problem = _FORMS.get(manifest.kind, naming.subdomain)(name) or _ordinals(manifest, name) or _parts(manifest)
        if problem:
            yield Violation(("metadata", "name"), f"the name {name} {problem}")
    namespace = text(metadata.get("namespace"))
    problem = naming.label(namespace) if namespace else ""
    if problem:
        yield Violation(("metadata", "namespace"), f"the namespace {namespace} {problem}")


def _ordinals(manifest: Manifest, name: str) -> str:
    """What is wrong once the pods of a StatefulSet are numbered."""
    replicas = mapping(manifest.content.get("spec")).get("replicas")
    if manifest.kind != "StatefulSet" or not isinstance(replicas, int):
        return ""
    longest = f"{name}-{max(replicas - 1, 0)}"
    return f"makes pods named {longest}: {naming.label(longest)}" if naming.label(longest) else ""


def _parts(manifest: Manifest) -> str:
    """Definitions and API services are called by what they serve."""
    spec = mapping(manifest.content.get("spec"))
    if manifest.kind == "CustomResourceDefinition":
        wanted = f"{text(mapping(spec.get('names')).get('plural'))}.{text(spec.get('group'))}"
    elif manifest.kind == "APIService" and manifest.api_version.startswith("apiregistration.k8s.io/"):
        wanted = f"{text(spec.get('version'))}.{text(spec.get('group'))}"
    else:
        return ""
    return "" if manifest.name == wanted else f"must be {wanted}"


CHECK = Check("object-name", EVERY, _judge)
