"""What the gate says of ApplicationSets is what the live controller makes of them: fifty varied sets, side by side."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.live import ROOT, Clone, Live, eventually
from tests.expand.cases import SETS, described, read_set

from platformctl.expand.generated import Generated, generate
from platformctl.repo import Repo
from platformctl.tools.programs import program

MARK = {"platform.techcommerce.example/test": "expand"}
SELECTOR = ",".join(f"{key}={value}" for key, value in MARK.items())
QUIET = "argocd.argoproj.io/skip-reconcile"  # Applications are compared, not deployed
KINDS = ("applicationsets.argoproj.io", "appprojects.argoproj.io", "secrets")
BROKEN = "missing-key"

Object = dict[str, Any]


@dataclass(frozen=True)
class Compared:
    """What the gate expects of each set, and the sets and Applications of the live controller."""

    expected: Mapping[str, Generated]
    sets: Mapping[str, Object]
    applications: Sequence[Object]


@pytest.fixture(scope="module")
def compared(live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compared]:
    """All sets, applied at once and removed with all that came of them."""
    clone = Clone.of(live, tmp_path_factory.mktemp("expand") / "clone")
    commit = clone.git("rev-parse", "HEAD")
    wanted = described([_quiet(read_set(name, commit)) for name in SETS] + [_quiet(_broken(commit))])
    answers = generate(program(Repo(ROOT), "expand"), clone.folder, [wanted])
    file = clone.folder.parent / "sets.json"
    try:
        _apply(live, file, [*wanted.projects, *wanted.secrets])
        _apply(live, file, wanted.sets)
        sets = {each["metadata"]["name"]: each for each in eventually("every set judged", lambda: _judged(live), 180)}
        yield Compared({answer.name: answer for answer in answers}, sets, _applications(live))
    finally:
        _remove(live)


def _quiet(found: Object) -> Object:
    metadata = found["spec"]["template"]["metadata"]
    metadata["annotations"] = {**metadata.get("annotations", {}), QUIET: "true"}
    return found


def _broken(commit: str) -> Object:
    found = read_set("list", commit)
    found["metadata"]["name"] = f"expand-{BROKEN}"
    found["spec"]["template"]["metadata"]["name"] = f"expand-{BROKEN}-{{{{ .colour }}}}"
    return found


def _apply(live: Live, file: Path, objects: Sequence[Mapping[str, Any]]) -> None:
    marked = []
    for each in objects:
        labels = {**each["metadata"].get("labels", {}), **MARK}
        marked.append({**each, "metadata": {**each["metadata"], "labels": labels}})
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": marked}))
    live.kubectl("apply", "--server-side", "-f", str(file))


def _judged(live: Live) -> list[Object]:
    """The sets, once the controller says of each that it is up to date, and of the broken one what is wrong with it."""
    sets = live.objects("applicationsets.argoproj.io", "-n", "argocd", "-l", SELECTOR)
    waiting = {
        each["metadata"]["name"]: _conditions(each)
        for each in sets
        if ("ErrorOccurred" if each["metadata"]["name"] == f"expand-{BROKEN}" else "ResourcesUpToDate")
        not in {row["type"] for row in _conditions(each) if row["status"] == "True"}
    }
    assert not waiting, waiting
    return sets if len(sets) == len(SETS) + 1 else []


def _conditions(found: Object) -> list[Object]:
    rows: list[Object] = found.get("status", {}).get("conditions", [])
    return rows


def _applications(live: Live) -> list[Object]:
    """The Applications whose owner is one of the sets."""
    return [
        each
        for each in live.objects("applications.argoproj.io", "-n", "argocd")
        if any(name.startswith("expand-") for name in _owners(each))
    ]


def _owners(application: Object) -> list[str]:
    references = application["metadata"].get("ownerReferences", [])
    return [each["name"] for each in references if each["kind"] == "ApplicationSet"]


def _remove(live: Live) -> None:
    """Sets first, so that nothing comes back; a finalizer would wait for clusters that do not exist."""
    live.kubectl("delete", KINDS[0], "-n", "argocd", "-l", SELECTOR, "--cascade=orphan")
    names = [each["metadata"]["name"] for each in _orphans(live)]
    for name in names:
        patch = '{"metadata": {"finalizers": null}}'
        live.kubectl("patch", "applications.argoproj.io", "-n", "argocd", name, "--type=merge", f"--patch={patch}")
    if names:
        live.kubectl("delete", "applications.argoproj.io", "-n", "argocd", *names)
    live.kubectl("delete", ",".join(KINDS[1:]), "-n", "argocd", "-l", SELECTOR)
    eventually("no Application is left", lambda: not _orphans(live))


def _orphans(live: Live) -> list[Object]:
    return [
        each
        for each in live.objects("applications.argoproj.io", "-n", "argocd")
        if each["metadata"].get("annotations", {}).get(QUIET) == "true"
    ]


def _decided(application: Mapping[str, Any]) -> Object:
    """What a set decides about an Application."""
    metadata = application["metadata"]
    return {
        "labels": metadata.get("labels", {}),
        "annotations": metadata.get("annotations", {}),
        "finalizers": sorted(metadata.get("finalizers", [])),
        "spec": application["spec"],
    }


@pytest.mark.parametrize("name", SETS)
def test_controller_makes_what_the_gate_expects(compared: Compared, name: str) -> None:
    """The same Applications, no more and no fewer, each with the same labels, annotations, finalizers and spec."""
    expected = compared.expected[f"expand-{name}"]
    assert not expected.error

    live = {
        each["metadata"]["name"]: _decided(each)
        for each in compared.applications
        if _owners(each) == [f"expand-{name}"]
    }

    assert live, _conditions(compared.sets[f"expand-{name}"])
    assert live == {
        each["application"]["metadata"]["name"]: _decided(each["application"]) for each in expected.applications
    }


def test_controller_refuses_what_the_gate_refuses(compared: Compared) -> None:
    """With the same words."""
    expected = compared.expected[f"expand-{BROKEN}"]
    rows = _conditions(compared.sets[f"expand-{BROKEN}"])
    errors = [row["message"] for row in rows if row["type"] == "ErrorOccurred" and row["status"] == "True"]

    assert expected.error
    assert errors == [expected.error]
    assert not [each for each in compared.applications if _owners(each) == [f"expand-{BROKEN}"]]
