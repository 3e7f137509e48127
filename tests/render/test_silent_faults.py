"""What kustomize passes in silence is told, and what has an effect is not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from platformctl.render.program import Job

from .answer import Ask, answers
from .varied import BASE, MERGE_ON_ROLLOUT, ROLLOUT, VARIED, write


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
def test_what_kustomize_passes_in_silence_is_a_problem(tree: Mapping[str, str], problem: str, top: Ask) -> None:
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
def test_what_has_an_effect_is_no_problem(tree: Mapping[str, str], top: Ask) -> None:
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
