"""A finding names the file and the line that somebody has to edit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from platformctl.manifests import FieldPath, Manifest
from platformctl.render import Source, render
from platformctl.render.trees import WORKING_TREE
from platformctl.repo import Repo
from platformctl.tools.programs import program

from .varied import write

TREE = {
    "base/kustomization.yaml": """\
resources:
  - rollout.yaml
  - service.yaml
configMapGenerator:
  - name: settings
    envs: [settings.env]
    files: [page.html]
    literals:
      - A=1
      - B=2
images:
  - name: registry.example/web
    newTag: 1.0.0
""",
    "base/rollout.yaml": """\
# two objects
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata:
  name: web
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: side
          image: registry.example/side:1
        - name: web
          image: registry.example/web
          resources:
            limits: {memory: 1Mi}
""",
    "base/service.yaml": """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports: [{name: http, port: 80}]
""",
    "base/settings.env": "# settings\nFROM_FILE=yes\n",
    "base/page.html": "<p>\n",
    "component/kustomization.yaml": """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Rollout}
    path: memory.yaml
""",
    "component/memory.yaml": """\
- op: test
  path: /kind
  value: Rollout
- op: replace
  path: /spec/template/spec/containers/1/resources/limits
  value:
    cpu: 10m
    memory: 2Mi
""",
    "added/kustomization.yaml": """\
kind: Component
apiVersion: kustomize.config.k8s.io/v1alpha1
patches:
  - target: {kind: Service}
    patch: |-
      - op: add
        path: /spec/type
        value: NodePort
""",
    "top/kustomization.yaml": """\
resources: [../base]
components: [../component]
namePrefix: p-
namespace: somewhere
configMapGenerator:
  - name: settings
    behavior: merge
    literals:
      - B=3
labels:
  - pairs:
      team: one
patches:
  - path: ports.yaml
images:
  - name: registry.example/side
    newName: other.example/side
    digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
""",
    "top/ports.yaml": """\
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
      targetPort: 8080
""",
}  # fmt: skip
CONTAINERS = ("spec", "template", "spec", "containers")

Place = Callable[[str, FieldPath], tuple[str, int | None]]


@pytest.fixture(scope="module")
def objects(repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Manifest]:
    """The objects of the tree by kind."""
    root = write(tmp_path_factory.mktemp("tree"), TREE)
    source = Source(WORKING_TREE, "top", ("../added",), pinned_in="clusters/one.yaml")
    return {each.kind: each for each in render(Repo(root), program(repo, "render"), [source])[source].manifests}


@pytest.mark.parametrize(
    ("kind", "path", "place"),
    [
        ("Rollout", (), ("base/rollout.yaml", 6)),
        ("Rollout", ("metadata", "name"), ("base/rollout.yaml", 9)),
        ("Rollout", ("spec", "strategy"), ("base/rollout.yaml", 11)),
        ("ServiceAccount", (), ("base/rollout.yaml", 2)),
        ("Rollout", (*CONTAINERS, 1, "name"), ("base/rollout.yaml", 18)),
        ("Rollout", (*CONTAINERS, 1, "securityContext"), ("base/rollout.yaml", 18)),
        ("Rollout", (*CONTAINERS, 1, "resources", "limits", "memory"), ("component/memory.yaml", 8)),
        ("Rollout", (*CONTAINERS, 1, "resources", "limits"), ("component/memory.yaml", 7)),
        ("Rollout", (*CONTAINERS, 1, "resources"), ("base/rollout.yaml", 21)),
        ("Rollout", (*CONTAINERS, 1, "image"), ("base/kustomization.yaml", 13)),
        ("Rollout", (*CONTAINERS, 0, "image"), ("top/kustomization.yaml", 18)),
        ("Rollout", ("metadata", "namespace"), ("top/kustomization.yaml", 4)),
        ("Rollout", ("metadata", "labels", "team"), ("top/kustomization.yaml", 12)),
        ("Service", ("spec", "ports", 0, "targetPort"), ("top/ports.yaml", 8)),
        ("Service", ("spec", "ports", 0, "name"), ("base/service.yaml", 6)),
        ("Service", ("spec", "type"), ("added/kustomization.yaml", 8)),
        ("ConfigMap", (), ("base/kustomization.yaml", 5)),
        ("ConfigMap", ("data", "A"), ("base/kustomization.yaml", 9)),
        ("ConfigMap", ("data", "B"), ("top/kustomization.yaml", 9)),
        ("ConfigMap", ("data", "FROM_FILE"), ("base/settings.env", 2)),
        ("ConfigMap", ("data", "page.html"), ("base/page.html", 1)),
    ],
)  # fmt: skip
def test_a_field_is_where_it_was_set_last(
    kind: str, path: FieldPath, place: tuple[str, int | None], objects: Mapping[str, Manifest]
) -> None:
    """In a patch, an entry of a kustomization, a generator's source, else in the resource itself."""
    assert objects[kind].place(path) == place


def test_every_field_of_every_overlay_has_a_place(repo: Repo) -> None:
    """A file that is there, and a line that it has."""
    overlays = sorted(repo.root.glob("overlays/*/*/kustomization.yaml"))
    sources = [Source(WORKING_TREE, path.parent.relative_to(repo.root).as_posix()) for path in overlays]
    found = render(repo, program(repo, "render"), sources)

    lengths: dict[str, int] = {}
    for source, rendered in found.items():
        for manifest in rendered.manifests:
            if manifest.kind == "CustomResourceDefinition":
                continue
            for path in _paths(manifest.content):
                file, line = manifest.place(path)
                if file not in lengths:
                    lengths[file] = len((repo.root / file).read_text().splitlines())
                assert 1 <= (line or 0) <= lengths[file], (source.path, manifest.name, path)
    assert len(lengths) > 50


def _paths(content: object) -> list[FieldPath]:
    if isinstance(content, Mapping):
        return [(key, *rest) for key, value in content.items() for rest in [(), *_paths(value)]]
    if isinstance(content, list):
        return [(number, *rest) for number, value in enumerate(content) for rest in [(), *_paths(value)]]
    return []


def test_what_the_application_sets_is_in_the_file_that_pins_it(repo: Repo, tmp_path: Path) -> None:
    """Its line is not known, but nobody is sent to the overlay for it."""
    write(tmp_path, TREE)
    source = Source(WORKING_TREE, "top", options='{"images":["registry.example/web:9"]}', pinned_in="clusters/one.yaml")
    found = render(Repo(tmp_path), program(repo, "render"), [source])[source].manifests
    (rollout,) = [each for each in found if each.kind == "Rollout"]

    assert rollout.content["spec"]["template"]["spec"]["containers"][1]["image"] == "registry.example/web:9"
    assert rollout.place((*CONTAINERS, 1, "image")) == ("clusters/one.yaml", None)
