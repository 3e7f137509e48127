"""Rules on references: names of ConfigMaps, Secrets, volumes and claims, and what must not be written out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from platformctl.checks import credentials
from platformctl.checks.outside import Outside
from platformctl.checks.protocol import World
from platformctl.checks.rules.references import CHECKS
from platformctl.manifests import Manifest, dotted

Object = dict[str, Any]


def workload(container: Object | None = None, kind: str = "Rollout", namespace: str = "shop", **pod: Any) -> Object:
    """A workload with one container."""
    spec = {"containers": [{"name": "web", "image": "shop:1", **(container or {})}], **pod}
    version = "argoproj.io/v1alpha1" if kind == "Rollout" else "apps/v1"
    metadata = {"name": "web", "namespace": namespace}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {"template": {"spec": spec}}}


def plain(kind: str, name: str, namespace: str = "shop", version: str = "v1", **fields: Any) -> Object:
    """An object of any kind."""
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, **fields}


def settings(name: str = "settings", **data: str) -> Object:
    """A ConfigMap."""
    return plain("ConfigMap", name, data=data or {"LEVEL": "info"})


def judged(
    rule: str, objects: Sequence[Mapping[str, Any]], whole: bool, outside: tuple[Outside, ...]
) -> list[tuple[str, str]]:
    """Path and message of everything that breaks a rule."""
    world = World([Manifest(each, "test.yaml", 1) for each in objects], whole=whole, outside=outside)
    check = CHECKS[rule]
    return [
        (dotted(violation.path), violation.message)
        for manifest in world.manifests
        if not check.kinds or manifest.kind in check.kinds
        for violation in check.judge(manifest, world)
    ]


def found(rule: str, *objects: Mapping[str, Any], whole: bool = False, outside: tuple[Outside, ...] = ()) -> list[str]:
    """Where a rule is broken, below the container where it is one."""
    paths = [path for path, _ in judged(rule, objects, whole, outside)]
    return [path.removeprefix("spec.template.spec.").removeprefix("containers[0].") for path in paths]


def message(rule: str, *objects: Mapping[str, Any]) -> str:
    """What a rule says about its only fault."""
    ((_, said),) = judged(rule, objects, False, ())
    return said


def from_map(key: str, name: str = "settings", **more: Any) -> Object:
    """A container with a variable out of a ConfigMap."""
    return {"env": [{"name": "LEVEL", "valueFrom": {"configMapKeyRef": {"name": name, "key": key, **more}}}]}


def volumes(*sources: Object) -> list[Object]:
    """Volumes of these sources."""
    return [{"name": f"v{number}", **source} for number, source in enumerate(sources)]


@pytest.mark.parametrize(
    ("container", "paths"),
    [
        (from_map("LEVEL"), []),
        (from_map("level"), ["env[0].valueFrom.configMapKeyRef"]),
        (from_map("level", optional=True), []),
        (from_map("LEVEL", "other"), ["env[0].valueFrom.configMapKeyRef"]),
        ({"envFrom": [{"configMapRef": {"name": "settings"}}, {"configMapRef": {"name": "other"}}]},
         ["envFrom[1].configMapRef"]),
        ({"envFrom": [{"configMapRef": {"name": "other", "optional": True}}]}, []),
    ],
)  # fmt: skip
def test_config_maps_of_environments(container: Object, paths: list[str]) -> None:
    assert found("config-map-reference", workload(container), settings()) == paths


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        ({"configMap": {"name": "settings"}}, []),
        ({"configMap": {"name": "settings", "items": [{"key": "LEVEL", "path": "a"}, {"key": "X", "path": "b"}]}},
         ["volumes[0].configMap.items[1].key"]),
        ({"configMap": {"name": "other", "items": [{"key": "X", "path": "x"}]}}, ["volumes[0].configMap"]),
        ({"projected": {"sources": [{"configMap": {"name": "settings"}}, {"configMap": {"name": "other"}}]}},
         ["volumes[0].projected.sources[1].configMap"]),
        ({"projected": {"sources": [{"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt"}]}}]}}, []),
    ],
)  # fmt: skip
def test_config_maps_of_volumes(source: Object, paths: list[str]) -> None:
    assert found("config-map-reference", workload(volumes=volumes(source)), settings()) == paths


def test_init_containers_are_looked_at_too() -> None:
    """A migration that cannot start keeps the service from starting."""
    pod = workload(initContainers=[{"name": "migrate", **from_map("level")}])

    assert found("config-map-reference", pod, settings()) == ["initContainers[0].env[0].valueFrom.configMapKeyRef"]


def test_name_without_its_generated_hash_is_explained() -> None:
    generated = settings("settings-9492db99hh")

    assert "Kustomize generates it as settings-9492db99hh" in message(
        "config-map-reference", workload(from_map("LEVEL")), generated
    )
    stale = workload(from_map("LEVEL", "settings-5ct2dh6k7m"))
    assert "settings-9492db99hh" in message("config-map-reference", stale, generated)
    assert not found("config-map-reference", workload(from_map("LEVEL", "settings-9492db99hh")), generated)


def test_absence_counts_where_the_namespace_is_described() -> None:
    """Among loose files a ConfigMap may be elsewhere; beside others of its namespace it is missing."""
    pod = workload(from_map("LEVEL"))
    elsewhere = plain("ConfigMap", "settings", "elsewhere", data={"LEVEL": "info"})

    assert not found("config-map-reference", pod)
    assert not found("config-map-reference", pod, elsewhere)
    assert found("config-map-reference", pod, elsewhere, whole=True)
    assert found("config-map-reference", pod, settings("other"))


def secret_file(name: str, *keys: str) -> Object:
    """A workload that mounts a Secret."""
    items = [{"key": key, "path": key} for key in keys]
    return workload(volumes=volumes({"secret": {"secretName": name, **({"items": items} if keys else {})}}))


@pytest.mark.parametrize(
    ("maker", "name", "key", "missing"),
    [
        pytest.param(plain("Secret", "s", stringData={"a": "x"}), "s", "a", False, id="a Secret"),
        pytest.param(plain("Secret", "s", stringData={"a": "x"}), "s", "b", True, id="another key of it"),
        pytest.param(plain("Secret", "s"), "s", "b", False, id="one that its program fills in"),
        pytest.param(plain("ExternalSecret", "s", spec={"data": [{"secretKey": "a"}]}), "s", "a", False, id="external"),
        pytest.param(plain("ExternalSecret", "s", spec={"data": [{"secretKey": "a"}]}), "s", "b", True, id="not there"),
        pytest.param(plain("ExternalSecret", "s", spec={"dataFrom": [{}]}), "s", "b", False, id="external, any key"),
        pytest.param(plain("ExternalSecret", "x", spec={"target": {"name": "s"}, "dataFrom": [1]}), "s", "b", False,
                     id="external, other name"),
        pytest.param(plain("SealedSecret", "s", spec={"encryptedData": {"a": "x"}}), "s", "a", False, id="sealed"),
        pytest.param(plain("Certificate", "c", spec={"secretName": "s"}), "s", "tls.key", False, id="certificate"),
        pytest.param(plain("Certificate", "c", spec={"secretName": "s"}), "c", "tls.key", True, id="its own name"),
    ],
)  # fmt: skip
def test_secrets_that_controllers_make(maker: Object, name: str, key: str, missing: bool) -> None:
    assert bool(found("secret-reference", secret_file(name, key), maker)) is missing


def test_secrets_outside_of_git() -> None:
    outside = (Outside("Secret", "db", "make up", 1, "shop", ("url",)),)

    assert found("secret-reference", secret_file("db", "url"), whole=True) == ["volumes[0].secret"]
    assert not found("secret-reference", secret_file("db", "url"), whole=True, outside=outside)
    assert found("secret-reference", secret_file("db", "uri"), whole=True, outside=outside)


def test_variable_that_is_set_twice() -> None:
    container = {"env": [{"name": "A", "value": "1"}, {"name": "B"}, {"name": "A", "valueFrom": {}}, {"name": "a"}]}

    assert found("duplicate-env", workload(container)) == ["env[2].name"]


def test_secrets_in_environments() -> None:
    container = {
        "env": [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "b"}}}],
        "envFrom": [{"configMapRef": {"name": "m"}}, {"secretRef": {"name": "s"}}],
    }

    assert found("secret-env", workload(container)) == ["env[1].valueFrom.secretKeyRef", "envFrom[1].secretRef"]


@pytest.mark.parametrize(
    "name",
    ["password", "DB_PASSWORD", "db-password", "dbPassword", "PGPASSWORD", "mysql_root_passwd", "pwd", "clientSecret",
     "aws_secret_access_key", "AWS_ACCESS_KEY_ID", "apiKey", "API_KEY", "auth.token", "jwt", "credential", "privateKey",
     "password2", "SECRET_VALUE", "db_password_prod", "SECRET_BLAH"],
)  # fmt: skip
def test_names_of_credentials(name: str) -> None:
    assert credentials.is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    ["PASSWORD_FILE", "passwordPath", "secretName", "TOKEN_URL", "token_lifetime", "maxTokens", "key", "KEYBOARD",
     "secret_ref", "PASSWORD_MIN_LENGTH", "monkey", "public_key", "compass", "bypass", "tokenizer", "key.name",
     "PASSWORD_RESET_URL", "secret.yaml"],
)  # fmt: skip
def test_names_of_other_things(name: str) -> None:
    assert not credentials.is_secret_name(name)


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("correct-horse", True), ("12345", True), (12345, True), ("changeme", True), ("", False),
        ("${PASSWORD}", False),
        ("$(PASSWORD)", False), ("{{ .Values.password }}", False), ("<password>", False), ("/run/secrets/db", False),
        ("file:/run/db", False), ("vault:secret/db#password", False), ("https://login.example", False), (None, False),
        (True, False), ("true", False), ("****", False), ("REPLACE_ME", False), ("xxxx", False), ({"a": 1}, False),
    ],
)  # fmt: skip
def test_values_that_are_written_out(value: object, literal: bool) -> None:
    assert credentials.is_literal(value) is literal


LONG = "0123456789abcdefghijklmnopqrstuvwxyzABCD"


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("key=AKIA" + "IOSFODNN7EXAMPLE", "an AWS access key"),
        ("ghp_" + LONG[:36], "a GitHub token"),
        ("glpat-" + LONG[:20], "a GitLab token"),
        ("xoxb-" + LONG[:12], "a Slack token"),
        ("-----BEGIN " + "RSA PRIVATE KEY-----", "a private key"),
        ("-----BEGIN " + "PRIVATE KEY-----", "a private key"),
        ("-----BEGIN CERTIFICATE-----", ""),
        ("QUtJQUlPU0ZPRE5ON0VYQU1QTEU=", "an AWS access key"),  # the one above in base64
        ("Authorization: Bearer " + LONG[:24], "a bearer token"),
        ("Bearer of good news", ""),
        ("-----BEGIN PUBLIC KEY-----", ""),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0." + LONG[:20], "a JSON Web Token"),
        ("postgres://shop:correct-horse@db:5432/shop", "a URL with a password"),
        ("postgres://shop:${PASSWORD}@db:5432/shop", ""),
        ("postgres://shop@db:5432/shop", ""),
        ("http://order-api:7000/path@2", ""),
        ("AKIA is how they begin", ""),
    ],
)
def test_forms_of_credentials(value: str, form: str) -> None:
    assert credentials.form_of(value) == form


@pytest.mark.parametrize(
    ("content", "names"),
    [
        ("db.password=correct-horse", ["db.password"]),
        ("db:\n  password: correct-horse\n", ["password"]),
        ('{"password": "correct-horse",\n "user": "shop"}', []),  # one line with more than one value
        ('  "password": "correct-horse",', ["password"]),
        ("# password=correct-horse", []),
        ("password_file: /run/db", []),
        ("password: ${DB_PASSWORD}", []),
        ("password:\n  file: x", []),
        ("secret: webhook-certificate", []),  # the name of one
        ("secret: 8f14e45fceea167a5a36dedd4bea2543", ["secret"]),
        ("token: abc", []),
        ("password = a sentence about passwords", []),
    ],
)
def test_lines_of_files_in_config_maps(content: str, names: list[str]) -> None:
    assert list(credentials.in_lines(content)) == names


@pytest.mark.parametrize(
    ("args", "numbers"),
    [
        (["--password=correct-horse"], [0]),
        (["--password", "correct-horse"], [0]),
        (["--password", "--verbose"], []),
        (["--password=$(PASSWORD)"], []),
        (["--password-file=/run/db"], []),
        (["--tls-secret=web-tls"], []),
        (["--token=8f14e45fceea167a5a36dedd4bea2543"], [0]),
        (["password=correct-horse"], []),
    ],
)
def test_credentials_in_arguments(args: list[str], numbers: list[int]) -> None:
    expected = [f"args[{number}]" for number in numbers]

    assert found("plaintext-argument", workload({"args": args})) == expected


def test_credential_of_a_known_form_under_any_name() -> None:
    url = "postgres://shop:correct-horse@db/shop"

    assert found("plaintext-env", workload({"env": [{"name": "DB", "value": url}]})) == ["env[0].value"]
    assert found("plaintext-argument", workload({"command": ["sh", "-c", f"load {url}"]})) == ["command[2]"]
    assert found("secret-in-configmap", settings(database=url)) == ["data.database"]


def test_file_that_is_named_like_a_credential() -> None:
    """password.txt with several lines is judged by its lines."""
    assert not found("secret-in-configmap", settings(password="first line\nsecond line\n"))
    assert found("secret-in-configmap", settings(password="correct-horse\n"))


MOUNT = {"volumeMounts": [{"name": "data", "mountPath": "/data"}]}


def test_mounts_and_volumes() -> None:
    assert found("volume-mount", workload(MOUNT)) == ["volumeMounts[0].name"]
    assert not found("volume-mount", workload(MOUNT, volumes=[{"name": "data", "emptyDir": {}}]))
    assert found("volume-mount", workload({"volumeDevices": [{"name": "disk", "devicePath": "/dev/x"}]}))


def test_claims_of_a_stateful_set_are_volumes() -> None:
    database = workload(MOUNT, kind="StatefulSet")
    database["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "data"}}]

    assert not found("volume-mount", database)


def test_volume_that_only_an_init_container_mounts_is_used() -> None:
    used = workload(volumes=volumes({"emptyDir": {}}), initContainers=[{"volumeMounts": [{"name": "v0"}]}])

    assert not found("volume-unused", used)
    assert found("volume-unused", workload(volumes=volumes({"emptyDir": {}}))) == ["volumes[0]"]


@pytest.mark.parametrize(
    ("paths", "twice"), [(["/a", "/b"], False), (["/a", "/a"], True), (["/a", "/a/"], True), (["/a", "/a/b"], False)]
)
def test_mount_paths(paths: list[str], twice: bool) -> None:
    mounts = [{"name": f"v{number}", "mountPath": path} for number, path in enumerate(paths)]

    assert found("mount-path", workload({"volumeMounts": mounts})) == (["volumeMounts[1].mountPath"] if twice else [])


def test_claims() -> None:
    pod = workload(volumes=volumes({"persistentVolumeClaim": {"claimName": "data"}}))

    assert not found("claim-reference", pod)
    assert found("claim-reference", pod, whole=True)
    assert found("claim-reference", pod, plain("PersistentVolumeClaim", "date"))
    assert not found("claim-reference", pod, plain("PersistentVolumeClaim", "data"), whole=True)


@pytest.mark.parametrize(
    ("spec", "missing"),
    [
        ({"storageClassName": "fast"}, True),
        ({"storageClassName": ""}, False),
        ({}, False),
        ({"storageClassName": "by-hand", "volumeName": "disk-1"}, False),
        ({"storageClassName": "standard"}, False),
    ],
)
def test_storage_classes(spec: Object, missing: bool) -> None:
    outside = (Outside("StorageClass", "standard", "the cloud", 1),)
    claim = plain("PersistentVolumeClaim", "data", spec=spec)
    database = plain("StatefulSet", "db", version="apps/v1", spec={"volumeClaimTemplates": [{"spec": spec}]})

    assert bool(found("storage-class", claim, whole=True, outside=outside)) is missing
    assert bool(found("storage-class", database, whole=True, outside=outside)) is missing


@pytest.mark.parametrize(
    ("key", "value", "broken"),
    [
        ("app", "web", False), ("app", "", False), ("app", "a" * 63, False), ("app", "a" * 64, True),
        ("app", "-web", True), ("app", "web_1.2-b", False), ("app", "w b", True), ("example.com/app", "web", False),
        ("Example.com/app", "web", True), ("/app", "web", True), ("example.com/", "web", True), ("a" * 64, "web", True),
        (f"{'a' * 254}/app", "web", True), ("a/b/c", "web", True),
    ],
)  # fmt: skip
def test_labels(key: str, value: str, broken: bool) -> None:
    each = plain("Service", "web")
    each["metadata"]["labels"] = {key: value}
    pods = workload()
    pods["spec"]["template"]["metadata"] = {"labels": {key: value}}

    assert bool(found("label-syntax", each)) is broken
    assert bool(found("label-syntax", pods)) is broken


def test_annotations() -> None:
    def annotated(**annotations: str) -> Object:
        each = plain("Service", "web")
        each["metadata"]["annotations"] = annotations
        return each

    assert not found("annotation-syntax", annotated(note="anything goes: here"))
    assert found("annotation-syntax", annotated(**{"a b": "x"}))
    assert found("annotation-syntax", annotated(note="x" * 262144)) == ["metadata.annotations"]


@pytest.mark.parametrize(
    ("kind", "namespace", "broken"),
    [
        ("Rollout", "default", True), ("Rollout", None, True), ("Rollout", "shop", False),
        ("ConfigMap", None, True), ("NetworkPolicy", None, True), ("Namespace", None, False),
        ("ClusterRole", None, False), ("Middleware", None, False), ("Middleware", "default", True),
    ],
)  # fmt: skip
def test_default_namespace(kind: str, namespace: str | None, broken: bool) -> None:
    """A kind that nobody knows may have no namespace at all; one that says default has."""
    metadata = {"name": "web", **({"namespace": namespace} if namespace else {})}

    assert bool(found("default-namespace", {"apiVersion": "v1", "kind": kind, "metadata": metadata})) is broken


def test_destination_of_an_application_is_a_namespace() -> None:
    manifest = Manifest(
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}, "a", 1, destination="shop"
    )

    assert not list(CHECKS["default-namespace"].judge(manifest, World([manifest])))


def test_what_kubernetes_puts_into_default_itself() -> None:
    assert not found("default-namespace", plain("ServiceAccount", "default", "default"))
    assert not found("default-namespace", plain("Service", "kubernetes", "default"))


@pytest.mark.parametrize(
    ("kind", "namespace", "broken"),
    [("Rollout", "kube-system", True), ("Service", "kube-public", True), ("RoleBinding", "kube-system", False),
     ("Rollout", "kube-system-tools", False)],
)  # fmt: skip
def test_system_namespaces(kind: str, namespace: str, broken: bool) -> None:
    assert bool(found("system-namespace", plain(kind, "web", namespace))) is broken


def test_what_nothing_names_is_unused() -> None:
    unused = [settings(), plain("Secret", "token")]
    using = workload({"args": ["--settings=settings"]}, imagePullSecrets=[{"name": "token"}])

    for rule in ("config-map-unused", "secret-unused"):
        assert found(rule, workload(), *unused) == ["metadata.name"]
        assert not found(rule, using, *unused)
        assert not found(rule, *unused)  # nothing of their namespace is described


def test_custom_resources_use_what_they_name() -> None:
    prometheus = plain("Prometheus", "p", version="monitoring.coreos.com/v1", spec={"configMaps": ["settings"]})

    assert found("config-map-unused", workload(), settings())
    assert not found("config-map-unused", workload(), settings(), prometheus)
    annotated = plain("ApplicationSet", "s", version="argoproj.io/v1alpha1")
    annotated["metadata"]["annotations"] = {"example.com/clusters": "settings"}
    assert not found("config-map-unused", workload(), settings(), annotated)


ODD: list[Any] = [None, 7, "text", [], [None], {"a": [7]}, {"containers": [7, {"env": [7, {"name": 7, "value": {}}]}]}]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("rule", sorted(CHECKS))
def test_odd_objects_are_no_crash(rule: str, odd: Any) -> None:
    """Whatever somebody wrote: a rule finds something or nothing."""
    metadata = {"name": "odd", "labels": odd, "annotations": odd}
    objects = [
        {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": {"spec": odd}}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": odd},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"password": odd, "b": odd}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": odd, "data": odd},
        {"apiVersion": "e.io/v1", "kind": "ExternalSecret", "metadata": metadata, "spec": odd},
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": odd},
        workload({"env": odd, "args": odd, "envFrom": odd, "volumeMounts": odd}, volumes=odd, imagePullSecrets=odd),
    ]

    found(rule, *objects, whole=True)
