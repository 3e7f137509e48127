"""What the rules find decides about baseline and restricted exactly as the API server's own library does."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from platformctl.checks import rulebook, standards
from platformctl.checks.protocol import World
from platformctl.checks.rulebook import Rulebook
from platformctl.checks.rules.pods import CHECKS
from platformctl.manifests import Manifest
from platformctl.repo import Repo
from platformctl.tools.programs import program

Object = dict[str, Any]
Verdict = tuple[bool, bool]  # baseline, restricted
APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


@pytest.fixture(scope="module")
def rules(repo: Repo) -> Rulebook:
    return rulebook.load(repo)


def _library(repo: Repo, pods: Sequence[Object]) -> list[Verdict | None]:
    """The library's verdicts; None for a pod that the API server could not decode."""
    done = subprocess.run(
        [program(repo, "pod-security")],
        input="".join(f"{json.dumps(pod)}\n" for pod in pods),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(pods)
    return [None if "error" in answer else (answer["baseline"], answer["restricted"]) for answer in answers]


def _ours(rules: Rulebook, pod: Object, kind: str) -> Verdict:
    manifest = Manifest(_wrapped(pod, kind), "pod.yaml", None)
    world = World([manifest])
    broken = {rule for rule, check in CHECKS.items() if kind in check.kinds and any(check.judge(manifest, world))}
    return standards.meets("baseline", broken, rules), standards.meets("restricted", broken, rules)


def _wrapped(pod: Object, kind: str) -> Object:
    template = {"template": pod}
    match kind:
        case "Pod":
            return {"apiVersion": "v1", "kind": kind, **pod}
        case "CronJob":
            return {"apiVersion": "batch/v1", "kind": kind, "spec": {"jobTemplate": {"spec": template}}}
        case "Rollout":
            return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "spec": template}
    return {"apiVersion": "apps/v1", "kind": kind, "spec": template}


def _maybe(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Object]:
    return st.fixed_dictionaries({}, optional={name: values | st.none() for name, values in fields.items()})


def _one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


FLAG = st.booleans()
USER = _one_of(0, 1, 10001)
PROFILE = _maybe(type=_one_of("RuntimeDefault", "Localhost", "Unconfined", "", "runtimedefault"))
CAPABILITIES = st.lists(
    _one_of("ALL", "all", "NET_BIND_SERVICE", "CHOWN", "NET_RAW", "SYS_ADMIN", "", None), max_size=2
)
SELINUX = _maybe(
    type=_one_of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t"),
    user=_one_of("", "system_u"),
    role=_one_of("", "system_r"),
    level=_one_of("s0"),
)
SHARED = {
    "runAsNonRoot": FLAG,
    "runAsUser": USER,
    "runAsGroup": USER,
    "seccompProfile": PROFILE,
    "appArmorProfile": PROFILE,
    "seLinuxOptions": SELINUX,
    "windowsOptions": _maybe(hostProcess=FLAG),
}
SYSCTL = _maybe(
    name=_one_of(
        "", "kernel.shm_rmid_forced", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_rmem", "net.ipv4.tcp_keepalive",
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_notsent_lowat", "net.ipv4.tcp_slow_start_after_idle", "kernel.sem",
    )
)  # fmt: skip
POD_CONTEXT = _maybe(**SHARED, sysctls=st.lists(SYSCTL | st.none(), max_size=1))
CONTEXT = _maybe(
    **SHARED,
    privileged=_one_of(False, False, True),
    allowPrivilegeEscalation=_one_of(False, False, True),
    procMount=_one_of("Default", "Unmasked", ""),
    capabilities=_maybe(add=CAPABILITIES, drop=CAPABILITIES | st.just(["ALL"])),
)
ACTION = _maybe(host=_one_of("", "192.0.2.1"))
PROBE = _maybe(httpGet=ACTION, tcpSocket=ACTION)
CONTAINER = _maybe(
    name=_one_of("web", "proxy"),
    securityContext=CONTEXT,
    ports=st.lists(_maybe(containerPort=_one_of(80), hostPort=_one_of(0, 80)) | st.none(), max_size=1),
    livenessProbe=PROBE,
    readinessProbe=PROBE,
    startupProbe=PROBE,
    lifecycle=_maybe(postStart=PROBE, preStop=PROBE),
)
KINDS_OF_VOLUMES = [
    "awsElasticBlockStore",
    "azureDisk",
    "azureFile",
    "cephfs",
    "cinder",
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "fc",
    "flexVolume",
    "flocker",
    "gcePersistentDisk",
    "gitRepo",
    "glusterfs",
    "hostPath",
    "image",
    "iscsi",
    "nfs",
    "persistentVolumeClaim",
    "photonPersistentDisk",
    "portworxVolume",
    "projected",
    "quobyte",
    "rbd",
    "scaleIO",
    "secret",
    "storageos",
    "vsphereVolume",
]
VOLUME: st.SearchStrategy[Object] = st.dictionaries(_one_of(*KINDS_OF_VOLUMES), st.just({}) | st.none(), max_size=2)
ANNOTATIONS = st.dictionaries(
    _one_of(f"{APPARMOR}web", f"{APPARMOR}other", "container.seccomp.security.alpha.kubernetes.io/web"),
    _one_of("", "runtime/default", "localhost/web", "unconfined", None),
    max_size=1,
)
POD = st.fixed_dictionaries(
    {
        "metadata": _maybe(annotations=ANNOTATIONS),
        "spec": _maybe(
            securityContext=POD_CONTEXT,
            containers=st.lists(CONTAINER | st.none(), max_size=2),
            initContainers=st.lists(CONTAINER, max_size=1),
            ephemeralContainers=st.lists(CONTAINER, max_size=1),
            volumes=st.lists(VOLUME | st.none(), max_size=2),
            hostNetwork=_one_of(False, False, True),
            hostPID=_one_of(False, False, True),
            hostIPC=_one_of(False, False, True),
            hostUsers=FLAG,
            os=_maybe(name=_one_of("linux", "windows", "")),
        ),
    }
)
CONTAINER_MODEL: Object = {
    "name": "web",
    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
}
COMPLIANT: Object = {
    "metadata": {},
    "spec": {
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [CONTAINER_MODEL],
    },
}


def _one_field(pod: Object) -> Iterator[Object]:
    """The compliant pod with one field of another pod at a time."""
    yield {**COMPLIANT, "metadata": pod["metadata"]}
    for key, value in pod["spec"].items():
        if key in ("containers", "initContainers", "ephemeralContainers"):
            for container in value or ():
                yield from (_with_spec(key, [changed]) for changed in _one_changed(CONTAINER_MODEL, container or {}))
        elif key == "securityContext":
            for context in _one_changed(COMPLIANT["spec"], {key: value}):
                yield {**COMPLIANT, "spec": context}
        else:
            yield _with_spec(key, value)


def _with_spec(key: str, value: Any) -> Object:
    return {**COMPLIANT, "spec": {**COMPLIANT["spec"], key: value}}


def _one_changed(model: Object, other: Object) -> Iterator[Object]:
    """The model with each field of another one, and for its security context each field of that."""
    for key, value in other.items():
        for field in value or () if key == "securityContext" else ():
            yield {**model, key: {**model[key], field: value[field]}}
        if key != "securityContext":
            yield {**model, key: value}


KINDS = ("Pod", "Deployment", "Rollout", "CronJob")
SETTINGS: tuple[Object, ...] = ({}, {"os": {"name": "windows"}}, {"hostUsers": False})  # what exceptions depend on
COUNTED: Counter[Verdict | None] = Counter()


@settings(
    max_examples=60,
    deadline=None,  # each example is one call of the library
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(pods=st.lists(POD, min_size=20, max_size=60), setting=_one_of(*SETTINGS), kind=_one_of(*KINDS))
def test_rules_agree_with_the_library(
    repo: Repo, rules: Rulebook, pods: list[Object], setting: Object, kind: str
) -> None:
    """Whole pods of any fields, and the compliant pod with each of those fields alone."""
    changed = [{**pod, "spec": {**pod["spec"], **setting}} for whole in pods for pod in (whole, *_one_field(whole))]
    cases = list({json.dumps(pod): pod for pod in changed}.values())
    verdicts = _library(repo, cases)
    COUNTED.update(verdicts)

    for pod, verdict in zip(cases, verdicts, strict=True):
        if verdict is not None:
            assert _ours(rules, pod, kind) == verdict, pod


def test_the_generator_reaches_every_verdict() -> None:
    """Agreement means something only where pods of all levels were compared."""
    print(f"pods compared with the Pod Security Standards' library: {dict(COUNTED)}")

    assert COUNTED[None] < 0.05 * COUNTED.total()
    assert COUNTED[True, True] > 500
    assert COUNTED[True, False] > 500
    assert COUNTED[False, False] > 500
    assert COUNTED[False, True]  # restricted makes exceptions that baseline does not make, for Windows


TYPES = ("RuntimeDefault", "Localhost", "Unconfined", "", None)
NAMES = (
    "ALL", "AUDIT_CONTROL", "AUDIT_WRITE", "BPF", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD",
    "NET_ADMIN", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_ADMIN", "SYS_CHROOT",
    "SYS_PTRACE", "chown", "", None,
)  # fmt: skip
LABELS = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t", "spc_t", None)
SYSCTLS = (
    "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.tcp_slow_start_after_idle", "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.ip_forward", "kernel.sem", "", None,
)  # fmt: skip
VALUES: dict[str, Sequence[Any]] = {  # of a security context, the pod's or a container's
    "runAsNonRoot": (True, False, None),
    "runAsUser": (0, 1, None),
    "seccompProfile": [{"type": each} for each in TYPES] + [{}, None],
    "appArmorProfile": [{"type": each} for each in TYPES] + [{}, None],
    "seLinuxOptions": [{"type": each} for each in LABELS] + [{"user": "u"}, {"role": "r"}, {"level": "s0"}, None],
    "windowsOptions": [{"hostProcess": True}, {"hostProcess": False}, {"hostProcess": None}, None],
}
OF_CONTAINERS: dict[str, Sequence[Any]] = {
    **VALUES,
    "privileged": (True, False, None),
    "allowPrivilegeEscalation": (True, False, None),
    "procMount": ("Default", "Unmasked", "", None),
    "capabilities": [
        *({"drop": ["ALL"], "add": [name]} for name in NAMES),
        *({"drop": [name]} for name in NAMES), {"drop": ["KILL", "ALL"]}, {"drop": []}, {}, None,
    ],
}  # fmt: skip
HANDLERS = ("livenessProbe", "readinessProbe", "startupProbe")
PLACES = ("containers", "initContainers", "ephemeralContainers")


def _systematic() -> Iterator[Object]:
    """Every value of every field that a standard looks at, alone, in each kind of container."""
    for field, values in OF_CONTAINERS.items():
        yield from (_in_context(place, field, value) for place in PLACES for value in values)
    for field in VALUES:  # what the pod says, against what its container says
        for above in VALUES[field]:
            yield {"spec": {**COMPLIANT["spec"], "securityContext": {field: above}}}
            for pod in (_in_context("containers", field, value) for value in VALUES[field]):
                yield {"spec": {**pod["spec"], "securityContext": {**pod["spec"]["securityContext"], field: above}}}
    for action in ("httpGet", "tcpSocket"):
        for host in ("192.0.2.1", "", None):
            call = {action: {"host": host}}
            yield from (_with_spec(place, [{**CONTAINER_MODEL, probe: call}]) for place in PLACES for probe in HANDLERS)
            for event in ("postStart", "preStop"):
                yield _with_spec("containers", [{**CONTAINER_MODEL, "lifecycle": {event: call}}])
    for port in (0, 80, None):
        yield from (_with_spec(place, [{**CONTAINER_MODEL, "ports": [{"hostPort": port}]}]) for place in PLACES)


def _of_the_pod() -> Iterator[Object]:
    """Every value of every field of the pod itself."""
    context = COMPLIANT["spec"]["securityContext"]
    for name in SYSCTLS:
        yield _with_spec("securityContext", {**context, "sysctls": [{"name": name, "value": "1"}]})
    for kind in KINDS_OF_VOLUMES:
        yield from (_with_spec("volumes", [{"name": "a", kind: {}, other: {}}]) for other in KINDS_OF_VOLUMES)
        yield from (_with_spec("volumes", volumes) for volumes in ([{kind: None}], [{"name": "a"}, {kind: {}}], [None]))
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        yield from (_with_spec(field, value) for value in (True, False, None))
    for value in ("", "runtime/default", "runtime/other", "localhost/", "localhost", "unconfined", None):
        for key in (f"{APPARMOR}web", f"{APPARMOR}other", "container.seccomp.security.alpha.kubernetes.io/web"):
            yield {**COMPLIANT, "metadata": {"annotations": {key: value}}}


def _in_context(place: str, field: str, value: Any) -> Object:
    context = {**CONTAINER_MODEL["securityContext"], field: value}
    return _with_spec(place, [{**CONTAINER_MODEL, "securityContext": context}])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("setting", [*SETTINGS, {"hostUsers": True, "os": {"name": "linux"}}], ids=json.dumps)
def test_rules_agree_with_the_library_on_every_single_value(
    repo: Repo, rules: Rulebook, setting: Object, kind: str
) -> None:
    """Systematically, where the generated pods only probably come by."""
    pods = [{**pod, "spec": {**pod["spec"], **setting}} for pod in (*_systematic(), *_of_the_pod())]
    verdicts = _library(repo, pods)
    print(f"{len(pods)} pods compared: {dict(Counter(verdicts))}")

    differing = [pod for pod, verdict in zip(pods, verdicts, strict=True) if _ours(rules, pod, kind) != verdict]
    assert differing == []


def test_the_compliant_pod_is_restricted(repo: Repo, rules: Rulebook) -> None:
    """What the cases above are changes of."""
    assert _library(repo, [COMPLIANT]) == [(True, True)] == [_ours(rules, COMPLIANT, "Pod")]


def test_what_cannot_be_decoded_is_said(repo: Repo) -> None:
    """A pod that the API server would refuse has no verdict."""
    assert _library(repo, [{"spec": {"hostPID": "true"}}, {"spec": {"hostpid": True}}, COMPLIANT])[:2] == [None, None]


def test_the_library_is_of_the_pinned_kubernetes(repo: Repo) -> None:
    """Standards change with Kubernetes: v1.37.2 of it is v0.37.2 of the library."""
    pinned = (repo.root / "tools" / "kubernetes" / "go.mod").read_text()
    library = (repo.root / "tools" / "pod-security" / "go.mod").read_text()
    version = re.search(r"k8s\.io/kubernetes v1\.(\S+)", pinned)

    assert version
    assert f"k8s.io/pod-security-admission v0.{version.group(1)}\n" in library


def test_the_levels_name_their_rules(rules: Rulebook) -> None:
    """What restricted replaces is of baseline, and every rule of a level is one of this group."""
    baseline, restricted = standards.rules_of("baseline", rules), standards.rules_of("restricted", rules)

    assert baseline - restricted == standards.REPLACED
    assert baseline | restricted <= set(CHECKS)
    assert standards.meets("baseline", ["uid-floor"], rules)
    assert not standards.meets("restricted", ["uid-floor", "host-pid"], rules)
