"""checkov's Kubernetes checks, in a process of their own; what its checks are for us says policy/checkov.yaml.

A workload is handed over as what its pods stand in: a Pod, a Job or a Deployment without names, labels and replicas.
So a Rollout is judged like the Deployment it stands for, and a verdict holds for every object with the same pods.
Annotations that tell checkov to skip a check have no effect: exceptions stand in policy/exceptions.yaml alone.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from platformctl import manifests
from platformctl.checks.pods import WORKLOADS, pod_of
from platformctl.checks.protocol import Contents, Hit
from platformctl.checks.rulebook import Rulebook
from platformctl.checks.verdicts import KeptHit, Verdicts
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.findings import Finding
from platformctl.manifests import FieldPath, Manifest, items, mapping, text
from platformctl.process import command
from platformctl.process import text as output_of
from platformctl.repo import Repo
from platformctl.tools import environment

ENGINE = "checkov"
FILE = "policy/checkov.yaml"
BROKEN = "checkov-broken"
OWN_RULES = (BROKEN, "control-plane-flags")  # found by checkov alone
_RUNNER = Path(__file__).with_name("checkov_runner.py")
_STAND_INS = {"Pod": "Pod", "PodTemplate": "Pod", "Job": "Job", "CronJob": "Job"}  # all others: Deployment
_POD_KINDS = WORKLOADS | {"DeploymentConfig"}  # the last one is OpenShift's and has no schema here
# what checkov knows beside pods and has a check for that we use; handed over without names
_OTHERS = frozenset({"ClusterRole", "ClusterRoleBinding", "Ingress", "Role", "RoleBinding", "ServiceAccount"})
_STEP = re.compile(r"^\[?(\d+)\]?$")


@dataclass(frozen=True)
class Choice:
    """What each of checkov's checks is for us: a finding of one of our rules, or nothing, for a reason."""

    rules: Mapping[str, str]
    skipped: Mapping[str, str]


@dataclass(frozen=True)
class _StandIn:
    """What checkov gets to see of an object, and where in the object that stands."""

    content: Mapping[str, Any]
    prefix: FieldPath
    path: FieldPath

    def digest(self) -> str:
        """Names its content."""
        written = json.dumps(self.content, sort_keys=True, default=str)
        return hashlib.sha256(written.encode(errors="surrogatepass")).hexdigest()

    def place(self, path: FieldPath) -> FieldPath:
        """Where a field of the stand-in is in the object."""
        return (*self.path, *path[len(self.prefix) :]) if path[: len(self.prefix)] == self.prefix else self.path


def run(repo: Repo, rulebook: Rulebook, contents: Contents) -> tuple[list[Hit], set[int]]:
    """What checkov finds, and the numbers of the objects it was asked about or has nothing to say about."""
    chosen = choice(repo, rulebook)
    interpreter = environment.python(repo, ENGINE)  # a kept verdict is none without the program that made it
    stand_ins = [_stand_in(content) for content in contents]
    digests = [each.digest() if each else "" for each in stand_ins]
    by_digest = {digest: each for digest, each in zip(digests, stand_ins, strict=True) if each}
    with closing(Verdicts(_key(repo, chosen), ENGINE)) as store:
        known = store.of_objects(ENGINE, by_digest)
        new = [digest for digest in by_digest if digest not in known]
        if new:
            fresh = _judged(interpreter, chosen, [by_digest[digest].content for digest in new])
            made = dict(zip(new, fresh, strict=True))
            store.keep_objects(ENGINE, made)
            known |= made
    hits = [
        Hit(rule, index, stand_in.place(path), message)
        for index, stand_in in enumerate(stand_ins)
        if stand_in
        for rule, path, message in known[digests[index]]
    ]
    return hits, set(range(len(contents)))


def choice(repo: Repo, rulebook: Rulebook) -> Choice:
    """The list in policy/checkov.yaml; a rule that there is none of is an error, and so is a check named twice."""
    entries = mapping(manifests.load(repo.root / FILE, FILE))
    rules = {text(check): rule for rule, checks in mapping(entries.get("rules")).items() for check in items(checks)}
    skipped: dict[str, str] = {}
    named = len([check for checks in mapping(entries.get("rules")).values() for check in items(checks)])
    for entry in items(entries.get("skipped")):
        reason = text(mapping(entry).get("reason"))
        for check in items(mapping(entry).get("checks")):
            named += 1
            skipped[text(check)] = reason
    unknown = sorted(set(rules.values()) - set(rulebook))
    if unknown:
        raise PlatformError(f"{FILE} names rules that there are none of: {', '.join(unknown)}")
    if not rules or set(entries) != {"rules", "skipped"} or not all(skipped.values()):
        raise PlatformError(f"{FILE} needs `rules` and `skipped`, and a reason for each skipped check")
    if named != len({**rules, **skipped}) or "" in {**rules, **skipped}:
        raise PlatformError(f"{FILE} names a check twice, or something that is no check")
    return Choice(rules, skipped)


def confirmed(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of checkov beside ours of the same rule and object: ours stay, which say more, as both engines'."""
    findings = list(findings)
    theirs = {_subject(finding) for finding in findings if finding.engine == ENGINE}
    ours = {_subject(finding) for finding in findings if finding.engine != ENGINE} & theirs
    return [
        replace(finding, engine="+".join(sorted([ENGINE, finding.engine]))) if _subject(finding) in ours else finding
        for finding in findings
        if finding.engine != ENGINE or _subject(finding) not in ours
    ]


def _subject(finding: Finding) -> tuple[object, ...]:
    # an object that is deployed has one place in its cluster; loose files may hold several of one name
    return (finding.rule, finding.object, finding.clusters or finding.file)


def _stand_in(content: Mapping[str, Any]) -> _StandIn | None:
    manifest = Manifest(content, "", None)
    pod = pod_of(manifest)
    if pod and text(mapping(pod.spec.get("os")).get("name")) == "windows":
        return None  # its checks know Linux only: they would ask for seccomp and capabilities
    if pod:
        kind = _STAND_INS.get(manifest.kind, "Deployment")
        template = {"spec": pod.spec}
        whole = template if kind == "Pod" else {"spec": {"template": template}}
        prefix: FieldPath = ("spec",) if kind == "Pod" else ("spec", "template", "spec")
        return _StandIn({"kind": kind, "metadata": {"name": "object"}, **whole}, prefix, pod.path)
    if manifest.kind not in _OTHERS:
        return None
    metadata = {"name": "object", "annotations": mapping(mapping(content.get("metadata")).get("annotations"))}
    # without its namespace and, but for an Ingress, without its annotations
    kept = metadata if manifest.kind == "Ingress" else {"name": "object"}
    return _StandIn({**content, "metadata": kept}, (), ())


def _key(repo: Repo, chosen: Choice) -> str:
    parts = [environment.key(repo, ENGINE), repr(sorted(chosen.rules.items())), repr(sorted(chosen.skipped))]
    parts += [_RUNNER.read_text(), Path(__file__).read_text()]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _judged(interpreter: Path, chosen: Choice, contents: Sequence[Mapping[str, Any]]) -> list[list[KeptHit]]:
    answer = _asked(interpreter, sorted(chosen.rules), contents)
    try:
        checks: Mapping[str, Mapping[str, Any]] = answer["checks"]
        _same_checks(chosen, checks)
        if answer["seen"] != len(contents):
            raise _rubbish(f"it saw {answer['seen']} of {len(contents)} objects")
        hits: list[list[KeptHit]] = [[] for _ in contents]
        for index, check, key in answer["failed"]:
            hits[index].append((chosen.rules[check], _field_path(key), f"{check}: {checks[check]['name']}"))
        for index, check, error in answer["broken"]:
            hits[index].append((BROKEN, (), f"{check} cannot judge it: {error}"))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise _rubbish(f"{type(error).__name__}: {error}") from error
    return hits


def _asked(python: Path, checks: Sequence[str], contents: Sequence[Mapping[str, Any]]) -> Any:
    with tempfile.TemporaryDirectory(prefix="techcommerce-checkov-") as folder:
        objects = Path(folder) / "objects.json"
        objects.write_text(json.dumps(list(contents), default=str))
        # -I: neither the working directory nor variables of the caller's environment change what is imported
        answer = output_of(command(python, "-I", _RUNNER, objects, *checks, cwd=Path(folder), timeout=600))
    try:
        return json.loads(answer)
    except ValueError as error:
        raise _rubbish(answer[:2000]) from error


def _same_checks(chosen: Choice, checks: Mapping[str, Mapping[str, Any]]) -> None:
    listed = {**chosen.rules, **chosen.skipped}
    if set(listed) != set(checks):
        unlisted, gone = sorted(set(checks) - set(listed)), sorted(set(listed) - set(checks))
        raise PlatformError(
            f"{FILE} and checkov know different checks",
            why=f"not in the file: {', '.join(unlisted) or 'none'}; not in checkov: {', '.join(gone) or 'none'}",
            fix="say of each check which of our rules it is, or why it is skipped",
        )
    for check in chosen.rules:
        never = set(checks[check]["kinds"]) - _POD_KINDS - _OTHERS
        if never:
            raise PlatformError(f"checkov's {check} looks at objects that it is never handed", why=str(sorted(never)))


def _field_path(key: str) -> FieldPath:
    steps = [step for step in key.split("/") if step]
    return tuple(int(found.group(1)) if (found := _STEP.match(step)) else step for step in steps)


def _rubbish(why: str) -> PlatformError:
    return PlatformError("checkov's answer is no result", why=why, exit_code=TOOL_FAILURE)
