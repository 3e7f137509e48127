"""tools/render prints what the kustomize binary prints, on files of one folder and nothing else."""

from __future__ import annotations

import json
import random
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.process import command, run, text
from platformctl.render.program import Job
from platformctl.repo import Repo

from .answer import Ask, answers
from .varied import BASE, VARIED, write


def test_every_overlay_of_every_pin_equals_the_binary(
    renderer: Path, repo: Repo, kustomize: Path, tmp_path: Path
) -> None:
    """All that can be built in the working tree and at each pinned commit, byte for byte."""
    roots = [repo.root, *_pinned_trees(repo, tmp_path)]
    jobs = [
        Job(root, path.parent.relative_to(root).as_posix(), {}, text=True)
        for root in roots
        for pattern in ("base/*", "base/platform/*", "overlays/*/*", "clusters/*")
        for path in sorted(root.glob(f"{pattern}/kustomization.yaml"))
    ]

    for job, answer in zip(jobs, answers(renderer, jobs), strict=True):
        assert (answer.error, answer.problems) == ("", []), job.path
        assert answer.text == text(command(kustomize, "build", job.root / job.path)), job.path
        assert answer.objects == [each for each in yaml.load_all(answer.text, Loader=_Exact) if each], job.path
    assert len(jobs) > 25


class _Exact(yaml.CSafeLoader):
    """YAML as kustomize writes it, in which nothing but what it means is a date, a number or an equals sign."""


_Exact.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if not pair[0].endswith((":value", ":timestamp"))]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _pinned_trees(repo: Repo, target: Path) -> list[Path]:
    pins = {
        match
        for path in (repo.root / "clusters").glob("*/*.yaml")
        for match in re.findall(r"revision: \"?'?([0-9a-f]{40})", path.read_text())
    }
    assert pins
    for pin in pins:
        archive = run(command("git", "-C", repo.root, "archive", "--format=tar", pin)).stdout
        (target / pin).mkdir()
        subprocess.run(["tar", "-x", "-C", target / pin], input=archive, check=True)
    return [target / pin for pin in sorted(pins)]


def test_varied_kustomizations_equal_the_binary_in_any_order(renderer: Path, kustomize: Path, tmp_path: Path) -> None:
    """Those with a schema of their own leave nothing behind for the others, wherever they come."""
    jobs = [Job(write(tmp_path / str(i), tree), "top", {}, text=True) for i, tree in enumerate(VARIED.values())]
    expected = [text(command(kustomize, "build", job.root / "top")) for job in jobs]
    order = random.Random(4)

    for _ in range(3):
        numbers = [*range(len(jobs)), *range(len(jobs))]
        order.shuffle(numbers)
        found = answers(renderer, [jobs[number] for number in numbers])
        for number, answer in zip(numbers, found, strict=True):
            assert answer.error == "", list(VARIED)[number]
            assert answer.text == expected[number], list(VARIED)[number]


OPTIONS: Mapping[str, tuple[Mapping[str, Any], list[list[str]]]] = {
    "name": ({"namePrefix": "-a", "nameSuffix": "-b"},
             [["set", "nameprefix", "--", "-a"], ["set", "namesuffix", "--", "-b"]]),
    "images": ({"images": ["registry.example/web=other.example/w:2", "registry.example/side:7"]},
               [["set", "image", "registry.example/web=other.example/w:2", "registry.example/side:7"]]),
    "replicas": ({"replicas": [{"name": "web", "count": 3}]}, [["set", "replicas", "web=3"]]),
    "numbers as text": ({"replicas": [{"name": "web", "count": "3"}]}, [["set", "replicas", "web=3"]]),
    "labels": ({"commonLabels": {"b": "c", "a": "d"}}, [["add", "label", "a:d", "b:c"]]),
    "labels aside": ({"commonLabels": {"a": "d"}, "labelWithoutSelector": True, "labelIncludeTemplates": True},
                     [["add", "label", "--without-selector", "--include-templates", "a:d"]]),
    "annotations": ({"commonAnnotations": {"a": "d"}, "forceCommonAnnotations": True},
                    [["add", "annotation", "--force", "a:d"]]),
    "namespace": ({"namespace": "elsewhere"}, [["set", "namespace", "--", "elsewhere"]]),
    "components": ({"components": ["../component"]}, [["add", "component", "../component"]]),
    "everything": (
        {"components": ["../component"], "namespace": "n", "namePrefix": "p-", "images": ["registry.example/web:3"]},
        [["set", "nameprefix", "--", "p-"], ["set", "image", "registry.example/web:3"],
         ["set", "namespace", "--", "n"], ["add", "component", "../component"]],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OPTIONS)
def test_options_equal_the_commands_that_argo_cd_runs(name: str, top: Ask, kustomize: Path, tmp_path: Path) -> None:
    """What an Application adds has the effect of `kustomize edit`, and the files stay as they were."""
    options, commands = OPTIONS[name]
    tree = VARIED["component"] | {"top/kustomization.yaml": "# first\nresources: [../base]\n# last\n"}
    copy = write(tmp_path.with_name(f"{tmp_path.name}-copy"), tree)
    for words in commands:
        run(command(kustomize, "edit", *words, cwd=copy / "top"))

    answer = top(tree, **options)

    assert answer.error == ""
    assert answer.text == text(command(kustomize, "build", copy / "top"))
    assert (tmp_path / "top/kustomization.yaml").read_text() == tree["top/kustomization.yaml"]


def test_patches_of_an_application_come_after_those_of_the_overlay(top: Ask) -> None:
    """Argo CD appends them; it has no command for it."""
    tree = {
        **BASE,
        "top/kustomization.yaml": "resources: [../base]\npatches:\n- target: {kind: Deployment}\n"
        "  patch: '- {op: replace, path: /spec/replicas, value: 2}'\n",
    }
    added = {"target": {"kind": "Deployment"}, "patch": "- {op: replace, path: /spec/replicas, value: 9}"}

    (deployment,) = [each for each in top(tree, patches=[added]).objects if each["kind"] == "Deployment"]

    assert deployment["spec"]["replicas"] == 9


def test_of_components_that_may_be_missing_the_first_found_is_added(top: Ask) -> None:
    """As Argo CD's code does it."""
    answer = top(VARIED["component"], components=["../nowhere", "../component"], ignoreMissingComponents=True)
    without = top(VARIED["component"], components=["../nowhere"], ignoreMissingComponents=True)

    assert answer.error == without.error == ""
    assert "../nowhere has no match" in top(VARIED["component"], components=["../nowhere"]).error


def test_variables_of_argo_cd_are_refused(top: Ask) -> None:
    """Only Argo CD knows them; leaving them out would judge something else."""
    assert "only Argo CD can fill in" in top(BASE | VARIED["order"], images=["web:$ARGOCD_APP_REVISION"]).error


def test_an_unknown_option_is_an_error(renderer: Path, tmp_path: Path) -> None:
    """Never left out in silence."""
    request = {"renders": [{"id": 0, "root": str(tmp_path), "path": "top", "options": {"helm": {}}}]}

    done = subprocess.run([renderer], input=json.dumps(request), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert 'unknown field "helm"' in done.stderr


def test_the_same_kustomize_as_the_binary(repo: Repo) -> None:
    """Both modules pin the same versions, so that one cannot move alone."""
    pinned = [
        set(re.findall(r"(sigs\.k8s\.io/kustomize/\S+ v\S+)", (repo.root / f"tools/{tool}/go.mod").read_text()))
        for tool in ("render", "kustomize")
    ]

    assert pinned[0]
    assert pinned[0] <= pinned[1]
