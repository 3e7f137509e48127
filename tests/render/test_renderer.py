"""tools/render prints what the kustomize binary prints, on files of one folder and nothing else."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from platformctl.process import command, run, text
from platformctl.render.program import Job, call
from platformctl.repo import Repo
from platformctl.tools.programs import program

from .varied import BASE, DEPLOYMENT, MERGE_ON_ROLLOUT, ROLLOUT, VARIED, write


@dataclass(frozen=True)
class Answer:
    """What the program says of one overlay."""

    about: Mapping[str, Any]
    objects: Sequence[Mapping[str, Any]]
    text: str

    @property
    def error(self) -> str:
        return str(self.about.get("error", ""))

    @property
    def problems(self) -> list[str]:
        return [f"{each['file']}: {each['message']}" for each in self.about.get("problems") or ()]


Render = Callable[..., Answer]


@pytest.fixture(scope="session")
def renderer(repo: Repo) -> Path:
    """The program under test."""
    return program(repo, "render")


@pytest.fixture
def top(renderer: Path, tmp_path: Path) -> Render:
    """Renders `top` of a tree."""

    def of(tree: Mapping[str, str] | None = None, path: str = "top", **options: Any) -> Answer:
        write(tmp_path, tree or {})
        return answers(renderer, [Job(tmp_path, path, options, text=True)])[0]

    return of


def answers(renderer: Path, jobs: Sequence[Job]) -> list[Answer]:
    """One call for many overlays."""
    found = {
        number: Answer(result.about, [json.loads(line) for line in result.lines], result.text or "")
        for number, result in call(renderer, jobs)
    }
    return [found[number] for number in range(len(jobs))]


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
def test_options_equal_the_commands_that_argo_cd_runs(name: str, top: Render, kustomize: Path, tmp_path: Path) -> None:
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


def test_patches_of_an_application_come_after_those_of_the_overlay(top: Render) -> None:
    """Argo CD appends them; it has no command for it."""
    tree = {
        **BASE,
        "top/kustomization.yaml": "resources: [../base]\npatches:\n- target: {kind: Deployment}\n"
        "  patch: '- {op: replace, path: /spec/replicas, value: 2}'\n",
    }
    added = {"target": {"kind": "Deployment"}, "patch": "- {op: replace, path: /spec/replicas, value: 9}"}

    (deployment,) = [each for each in top(tree, patches=[added]).objects if each["kind"] == "Deployment"]

    assert deployment["spec"]["replicas"] == 9


def test_of_components_that_may_be_missing_the_first_found_is_added(top: Render) -> None:
    """As Argo CD's code does it."""
    answer = top(VARIED["component"], components=["../nowhere", "../component"], ignoreMissingComponents=True)
    without = top(VARIED["component"], components=["../nowhere"], ignoreMissingComponents=True)

    assert answer.error == without.error == ""
    assert "../nowhere has no match" in top(VARIED["component"], components=["../nowhere"]).error


def test_variables_of_argo_cd_are_refused(top: Render) -> None:
    """Only Argo CD knows them; leaving them out would judge something else."""
    assert "only Argo CD can fill in" in top(BASE | VARIED["order"], images=["web:$ARGOCD_APP_REVISION"]).error


def test_an_unknown_option_is_an_error(renderer: Path, tmp_path: Path) -> None:
    """Never left out in silence."""
    request = {"renders": [{"id": 0, "root": str(tmp_path), "path": "top", "options": {"helm": {}}}]}

    done = subprocess.run([renderer], input=json.dumps(request), capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert 'unknown field "helm"' in done.stderr


def _overlay(kustomization: str, **files: str) -> dict[str, str]:
    return {**BASE, **files, "top/kustomization.yaml": kustomization}


WHOLE = "image: x, resources: {}, env: [], securityContext: {}"  # every field that the container has
PATCH = "patches: [{target: {kind: %s}, patch: '- {op: add, path: /spec/x, value: z}'}]\n"


@pytest.mark.parametrize(
    ("tree", "problem"),
    [
        (_overlay("resources: [../base]\nimages: [{name: registry.example/wbe, newTag: '2'}]\n"),
         "top/kustomization.yaml: no object has an image called registry.example/wbe"),
        (_overlay("resources: [../base]\n" + PATCH % "StatefulSet"),
         "top/kustomization.yaml: the target of the patch matches no object"),
        (_overlay("resources: [../base]\n"
              "patchesJson6902: [{target: {version: v1, kind: Pod, name: x}, patch: '- {op: remove, path: /a}'}]\n"),
         "top/kustomization.yaml: the target of the patch matches no object"),
        ({"top/kustomization.yaml": MERGE_ON_ROLLOUT, "top/rollout.yaml": ROLLOUT},
         "top/kustomization.yaml: the patch takes env, image, resources, securityContext from the container web"),
        ({"top/kustomization.yaml": "resources: [rollout.yaml]\npatches: [{path: p.yaml, target: {kind: Rollout}}]\n",
          "top/rollout.yaml": ROLLOUT,
          "top/p.yaml": "kind: x\nmetadata: {name: x}\n"
                        "spec: {template: {spec: {containers: [{name: web, tty: true}]}}}\n"},
         "top/p.yaml: the patch takes env, image, resources, securityContext from the container web of Rollout web"),
        # another Rollout keeps what this one loses
        ({"top/kustomization.yaml": MERGE_ON_ROLLOUT.replace("rollout.yaml", "rollout.yaml, other.yaml"),
          "top/rollout.yaml": ROLLOUT, "top/other.yaml": ROLLOUT.replace("name: web", "name: other", 1)},
         "top/kustomization.yaml: the patch takes env, image, resources, securityContext from the container web"),
        # what is lost stands in another patch, as fields or as an operation
        ({"top/kustomization.yaml": MERGE_ON_ROLLOUT.replace("rollout.yaml", "../middle").replace("tty: true", WHOLE),
          "middle/kustomization.yaml": "resources: [rollout.yaml]\npatches: [{target: {kind: Rollout}, patch: '"
                                       "- {op: add, path: /spec/template/spec/containers/0/tty, value: true}'}]\n",
          "middle/rollout.yaml": ROLLOUT},
         "top/kustomization.yaml: the patch takes tty from the container web"),
        ({"top/kustomization.yaml": MERGE_ON_ROLLOUT.replace("rollout.yaml", "../middle").replace("tty: true", WHOLE),
          "middle/kustomization.yaml": MERGE_ON_ROLLOUT.replace("tty: true", f"{WHOLE}, tty: true"),
          "middle/rollout.yaml": ROLLOUT},
         "top/kustomization.yaml: the patch takes tty from the container web"),
    ],
)  # fmt: skip
def test_what_kustomize_passes_in_silence_is_a_problem(tree: Mapping[str, str], problem: str, top: Render) -> None:
    """It ends with 0 on each of these."""
    found = top(tree).problems

    assert len(found) == 1
    assert found[0].startswith(problem)


@pytest.mark.parametrize(
    "tree",
    [
        # renamed afterwards, so that the result does not show it
        {**_overlay("resources: [../middle]\nnamePrefix: p-\n"),
         "middle/kustomization.yaml": "resources: [../base]\n" + (PATCH % "Deployment, name: web")},
        # taken away afterwards
        {**_overlay("resources: [../middle]\npatches: [{patch: '{$patch: delete, apiVersion: v1, kind: Service, "
                    "metadata: {name: web}}'}]\n"),
         "middle/kustomization.yaml": "resources: [../base]\n" + PATCH % "Service"},
        # overridden afterwards
        {**_overlay("resources: [../middle]\nimages: [{name: other.example/w, newTag: '9'}]\n"),
         "middle/kustomization.yaml":
             "resources: [../base]\nimages: [{name: registry.example/web, newName: other.example/w, newTag: '3'}]\n"},
        _overlay("resources: [../base]\nimages: [{name: registry.example/web, newTag: 1.0.0}]\n"),
        _overlay("resources: [../base]\n" + PATCH % "'Deploy.*', labelSelector: app=web"),
        VARIED["a schema"],
        # said so
        {"top/kustomization.yaml": MERGE_ON_ROLLOUT.replace("tty: true", "$patch: delete"),
         "top/rollout.yaml": ROLLOUT},
    ],
)  # fmt: skip
def test_what_has_an_effect_is_no_problem(tree: Mapping[str, str], top: Render) -> None:
    """Even where the result alone does not show it."""
    answer = top(tree)

    assert (answer.error, answer.problems) == ("", [])


def test_entries_of_a_component_are_suspects_until_they_are_tried(renderer: Path, tmp_path: Path) -> None:
    """A Component serves several overlays, so an entry may well do nothing in one of them."""
    tree = VARIED["component"] | {
        "component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        + PATCH % "StatefulSet",
    }
    jobs = [Job(write(tmp_path, tree), "top", {}, confirm=confirm) for confirm in (False, True)]

    for answer in answers(renderer, jobs):
        assert answer.problems == []
        assert [each["field"] for each in answer.about["suspects"]] == [["patches", 0]]


def _kustomization(entry: str) -> dict[str, str]:
    return {"top/kustomization.yaml": f"resources: ['{entry}']\n", "outside.yaml": DEPLOYMENT}


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ("https://example.com/a.yaml", "top/kustomization.yaml names https://example.com/a.yaml, which is not in this"),
        ("https://example.com/org/repo", "top/kustomization.yaml names https://example.com/org/repo, which is not in"),
        ("git@example.com:org/repo.git", "top/kustomization.yaml names git@example.com:org/repo.git, which is not in"),
        ("github.com/org/repo/base?ref=v1", "top/kustomization.yaml names github.com/org/repo/base?ref=v1, which is"),
        ("../../../etc", "top/kustomization.yaml names /etc, which leads out of the repository"),
        ("/etc/hostname", "top/kustomization.yaml names /etc/hostname, which leads out of the repository"),
        ("../outside.yaml", "file 'outside.yaml' is not in or below 'top'"),
        ("nowhere.yaml", "top/nowhere.yaml: no such file or directory"),
        (".", "cycle detected: candidate root 'top' contains visited root 'top'"),
    ],
)
def test_what_is_not_in_the_tree_is_an_error_that_names_the_file(entry: str, error: str, top: Render) -> None:
    """No path of this machine is shown."""
    answer = top(_kustomization(entry))

    assert error in answer.error
    assert answer.objects == []


def test_bases_in_a_circle_are_an_error(top: Render) -> None:
    """kustomize's own, with the folders as they are in the repository."""
    answer = top({
        "top/kustomization.yaml": "resources: [../one]\n",
        "one/kustomization.yaml": "resources: [../two]\n",
        "two/kustomization.yaml": "resources: [../one]\n",
    })  # fmt: skip

    assert "cycle detected: candidate root 'one' contains visited root 'one'" in answer.error


def _link(folder: Path, target: str) -> None:
    (folder / "deployment.yaml").unlink()
    (folder / "deployment.yaml").symlink_to(target)


def _fifo(folder: Path) -> None:
    (folder / "deployment.yaml").unlink()
    os.mkfifo(folder / "deployment.yaml")


def _sparse(folder: Path) -> None:
    with (folder / "deployment.yaml").open("wb") as file:
        file.truncate(1024**3)


def _bomb(folder: Path) -> None:
    lines = ["data:", "  a0: &a0 [x, x, x, x, x, x, x, x]"]
    lines += [f"  a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 8)}]" for i in range(1, 10)]
    (folder / "deployment.yaml").write_text("\n".join(["kind: A", "apiVersion: v1", "metadata: {name: a}", *lines]))


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (lambda folder: _link(folder, "/etc/hostname"),
         "base/kustomization.yaml names base/deployment.yaml, which is a link that leads out of the repository"),
        (lambda folder: _link(folder, "../../../etc/hostname"),
         "base/kustomization.yaml names base/deployment.yaml, which leads out of the repository"),
        (lambda folder: _link(folder, "deployment.yaml"), "base/deployment.yaml, which is a link that leads to itself"),
        (lambda folder: _link(folder, "/dev/zero"), "is a link that leads out of the repository"),
        (_fifo, "base/kustomization.yaml names base/deployment.yaml, which is no regular file"),
        (_bomb, "base/kustomization.yaml names base/deployment.yaml, which has too many values behind its aliases"),
        (_sparse, "base/kustomization.yaml names base/deployment.yaml, which is larger than 64 MiB"),
    ],
)  # fmt: skip
def test_hostile_files_are_errors(harm: Callable[[Path], None], error: str, top: Render, tmp_path: Path) -> None:
    """Nothing outside is read, nothing is waited for, and the file is named."""
    write(tmp_path, VARIED["nothing more"])
    harm(tmp_path / "base")

    answer = top()

    assert error in answer.error
    assert answer.objects == []


def test_a_link_inside_of_the_tree_is_followed_and_noted(top: Render, tmp_path: Path) -> None:
    """As the binary does; another target is another result."""
    write(tmp_path, {**VARIED["nothing more"], "real/x.yaml": "", "base/second.yaml": DEPLOYMENT})
    _link(tmp_path / "base", "second.yaml")
    (tmp_path / "link").symlink_to("base")
    (tmp_path / "top/kustomization.yaml").write_text("resources: [../link]\n")

    answer = top()

    assert answer.error == ""
    assert answer.about["seen"]["link"] == "l:base"
    assert answer.about["seen"]["base/deployment.yaml"] == "l:second.yaml"
    assert answer.about["seen"]["base/second.yaml"].startswith("f:")
    assert answer.about["seen"]["top/kustomization.yml"] == "-"


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("a: [b\n", "invalid Kustomization"),
        ("resources: [../base]\nbananas: 1\n", 'unknown field "bananas"'),
        ("resources: [../base]\nopenapi: {path: s.json}\n", "top/s.json: no such file"),
        ("resources: [../base]\nopenapi: {version: v0}\n", "is not built in"),
        ("\xff\xfe", "invalid Kustomization"),
        ("resources: [../base]\nhelmCharts: [{name: x}]\n", "must specify --enable-helm"),
        ("resources: [../base]\ntransformers: [{}]\n", "invalid Kustomization"),
        ("", "kustomization.yaml is empty"),
    ],
)
def test_a_broken_kustomization_is_an_error(content: str, error: str, top: Render) -> None:
    """Never a crash: the other overlays of the run are rendered all the same."""
    assert error in top(_overlay(content)).error


def test_a_schema_that_is_none_is_an_error_of_that_overlay_alone(renderer: Path, tmp_path: Path) -> None:
    """kustomize itself dies of it."""
    broken = {**VARIED["a schema"], "top/schema.json": "{"}
    trees = [broken, VARIED["a schema"], VARIED["nothing more"]]
    jobs = [Job(write(tmp_path / str(i), tree), "top", {}) for i, tree in enumerate(trees)]

    first, second, third = answers(renderer, jobs)

    assert "invalid schema file" in first.error
    assert second.error == third.error == ""


def test_the_same_kustomize_as_the_binary(repo: Repo) -> None:
    """Both modules pin the same versions, so that one cannot move alone."""
    pinned = [
        set(re.findall(r"(sigs\.k8s\.io/kustomize/\S+ v\S+)", (repo.root / f"tools/{tool}/go.mod").read_text()))
        for tool in ("render", "kustomize")
    ]

    assert pinned[0]
    assert pinned[0] <= pinned[1]
