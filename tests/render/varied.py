# ruff: noqa: E501 - manifests on one line each
"""Small trees that use what kustomize can do, each with the overlay to render in `top`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

Tree = Mapping[str, str]

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: registry.example/web:1.0.0
          envFrom: [{configMapRef: {name: settings}}]
          env: [{name: WHEN, value: "22:30"}, {name: YES, value: "yes"}]
        - name: side
          image: registry.example/side@sha256:0000000000000000000000000000000000000000000000000000000000000000
"""
ROLLOUT = """\
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
        - name: web
          image: registry.example/web:1.0.0
          resources: {limits: {cpu: 10m}}
          env: [{name: A, value: b}]
          securityContext: {readOnlyRootFilesystem: true}
"""
SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n"
CONFIG_MAP = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: plain}\ndata: {a: 'no', b: '1e3', c: '0x10', d: 'null'}\n"
)
BASE = {
    "base/kustomization.yaml": "resources: [deployment.yaml, service.yaml]\n"
    "configMapGenerator: [{name: settings, literals: [A=1, B=two]}]\n",
    "base/deployment.yaml": DEPLOYMENT,
    "base/service.yaml": SERVICE,
}
ROLLOUT_KEYS = {
    "definitions": {
        "v1alpha1.Rollout": {
            "type": "object",
            "x-kubernetes-group-version-kind": [{"group": "argoproj.io", "version": "v1alpha1", "kind": "Rollout"}],
            "properties": {"spec": {"type": "object", "properties": {"template": {"type": "object", "properties": {
                "spec": {"type": "object", "properties": {"containers": {
                    "type": "array", "items": {"type": "object"},
                    "x-kubernetes-patch-merge-key": "name", "x-kubernetes-patch-strategy": "merge",
                }}},
            }}}}},
        }
    }
}  # fmt: skip
MERGE_ON_ROLLOUT = """\
resources: [rollout.yaml]
patches:
  - patch: |
      apiVersion: argoproj.io/v1alpha1
      kind: Rollout
      metadata: {name: web}
      spec: {template: {spec: {containers: [{name: web, tty: true}]}}}
"""

# merges into a Rollout and into a Service, of which each kind has keys of its own
SCHEMA_COMPONENT = {
    "component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    "openapi: {path: schema.json}\n",
    "component/schema.json": json.dumps(ROLLOUT_KEYS),
}
MERGE_ON_BOTH = """\
patches:
  - patch: |
      apiVersion: argoproj.io/v1alpha1
      kind: Rollout
      metadata: {name: web}
      spec: {template: {spec: {containers: [{name: web, tty: true}]}}}
  - patch: |
      apiVersion: v1
      kind: Service
      metadata: {name: web}
      spec: {ports: [{name: more, port: 81, protocol: TCP}]}
"""


def _on_base(kustomization: str, **files: str) -> Tree:
    named = {f"top/{name.replace('__', '.')}": content for name, content in files.items()}
    return {**BASE, **named, "top/kustomization.yaml": f"resources: [../base]\n{kustomization}"}


VARIED: Mapping[str, Tree] = {
    "nothing more": _on_base(""),
    "prefix and suffix": _on_base("namePrefix: a-\nnameSuffix: -z\n"),
    "namespace": _on_base("namespace: elsewhere\n"),
    "labels": _on_base("labels: [{pairs: {team: one}, includeSelectors: true}, {pairs: {x: z}, includeTemplates: true}]\n"),
    "old labels": _on_base("commonLabels: {team: one}\ncommonAnnotations: {who: 'me: you'}\n"),
    "images": _on_base("images: [{name: registry.example/web, newName: other.example/web, newTag: 2.0.0}]\n"),
    "image digest": _on_base(f"images: [{{name: registry.example/web, digest: 'sha256:{'1' * 64}'}}]\n"),
    "replicas": _on_base("replicas: [{name: web, count: 7}]\n"),
    "merge patch": _on_base(
        "patches: [{path: patch.yaml}]\n",
        patch__yaml="apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, annotations: {a: b}}\n"
        "spec: {template: {spec: {containers: [{name: web, tty: true}, {name: side, $patch: delete}]}}}\n",
    ),
    "annotations by operation": _on_base(
        "patches:\n- target: {kind: Deployment}\n  patch: |\n    - {op: add, path: /metadata/annotations, value: {x: 'y'}}\n"
        "- target: {annotationSelector: x=y}\n  patch: |\n    - {op: replace, path: /spec/replicas, value: 4}\n"
    ),
    "old patches": _on_base(
        "patchesStrategicMerge:\n- |\n  apiVersion: v1\n  kind: Service\n  metadata: {name: web}\n  spec: {type: NodePort}\n"
        "patchesJson6902:\n- target: {version: v1, kind: Service, name: web}\n  patch: '- {op: add, path: /spec/x, value: 1}'\n"
    ),
    "generators": _on_base(
        "configMapGenerator:\n- {name: settings, behavior: merge, literals: [B=three]}\n"
        "- {name: more, files: [a.txt, other=b.txt], envs: [c.env]}\n"
        "secretGenerator: [{name: hidden, literals: [p=q], type: Opaque}]\n"
        "generatorOptions: {annotations: {note: x}, labels: {l: m}}\n",
        a__txt="one\ntwo\n", b__txt="\ufeffbom: é\n", c__env="# comment\nK=V=W\nEMPTY=\n",
    ),
    "no hash": _on_base("generatorOptions: {disableNameSuffixHash: true}\nconfigMapGenerator: [{name: nn, literals: [a=b]}]\n"),
    "component": {
        **_on_base("components: [../component]\nnamePrefix: p-\n"),
        "component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        "resources: [more.yaml]\npatches:\n- target: {kind: Deployment, name: web}\n"
        "  patch: '- {op: replace, path: /spec/replicas, value: 3}'\n",
        "component/more.yaml": CONFIG_MAP,
    },
    "replacements": _on_base(
        "replacements:\n- source: {kind: Service, name: web, fieldPath: 'spec.ports.0.port'}\n  targets:\n"
        "  - {select: {kind: Deployment}, fieldPaths: [spec.replicas]}\n"
        "- source: {kind: Service, name: web, fieldPath: metadata}\n  targets:\n"
        "  - {select: {kind: ConfigMap}, fieldPaths: [data.A], options: {create: true}}\n"
    ),
    "vars": _on_base(
        "vars: [{name: PORT, objref: {kind: Service, name: web, apiVersion: v1}, fieldref: {fieldpath: metadata.name}}]\n"
        "patches:\n- target: {kind: Deployment}\n"
        "  patch: '- {op: add, path: /spec/template/spec/containers/0/args, value: [$(PORT)]}'\n"
    ),
    "list of several": _on_base(
        "", ) | {"top/kustomization.yaml": "resources: [../base, list.yaml, many.yaml]\n",
        "top/list.yaml": "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Namespace, metadata: {name: nn}}\n"
        "- {apiVersion: v1, kind: ServiceAccount, metadata: {name: s}}\n",
        "top/many.yaml": f"---\n# only a comment\n---\n{CONFIG_MAP}---\napiVersion: v1\nkind: Secret\nmetadata: {{name: t}}\n"},
    "custom resource and configurations": _on_base(
        "", ) | {"top/kustomization.yaml": "resources: [../base, thing.yaml]\nconfigurations: [names.yaml]\nnamePrefix: q-\n"
        "images: [{name: registry.example/web, newTag: '3'}]\ncrds: [crd.json]\n",
        "top/thing.yaml": "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: thing}\n"
        "spec: {settings: settings, picture: registry.example/web:1}\n",
        "top/names.yaml": "nameReference:\n- kind: ConfigMap\n  version: v1\n"
        "  fieldSpecs: [{path: spec/settings, kind: Thing}]\nimages: [{path: spec/picture, kind: Thing}]\n",
        "top/crd.json": json.dumps({"example.com/v1.Thing": {"Schema": {"properties": {}}}})},
    "order": _on_base("sortOptions: {order: fifo}\n"),
    "own metadata: origins": _on_base("buildMetadata: [originAnnotations]\n"),
    "own metadata: transformations": _on_base("buildMetadata: [transformerAnnotations]\nnamePrefix: x-\n"),
    "own metadata: managed by": _on_base("buildMetadata: [managedByLabel]\n"),
    "a transformer of its own": _on_base(
        "transformers: [labels.yaml]\n",
        labels__yaml="apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {by: transformer}\n"
        "fieldSpecs: [{path: metadata/labels, create: true}, {path: metadata/annotations, create: true}]\n",
    ),
    "a schema": {
        "top/kustomization.yaml": f"{MERGE_ON_ROLLOUT}openapi: {{path: schema.json}}\n",
        "top/rollout.yaml": ROLLOUT,
        "top/schema.json": json.dumps(ROLLOUT_KEYS),
    },
    "a schema of the base": {
        "base/kustomization.yaml": f"{MERGE_ON_ROLLOUT}openapi: {{path: schema.json}}\n",
        "base/rollout.yaml": ROLLOUT,
        "base/schema.json": json.dumps(ROLLOUT_KEYS),
        "top/kustomization.yaml": "resources: [../base]\nnamespace: nn\n",
    },
    "a schema of a component": {
        **SCHEMA_COMPONENT,
        "base/kustomization.yaml": "resources: [rollout.yaml, service.yaml]\ncomponents: [../component]\n",
        "base/rollout.yaml": ROLLOUT,
        "base/service.yaml": SERVICE,
        "top/kustomization.yaml": f"resources: [../base]\n{MERGE_ON_BOTH}",
    },
    "a schema of a component that comes too late for its neighbour": {
        **SCHEMA_COMPONENT,
        "base/kustomization.yaml": f"resources: [rollout.yaml, service.yaml]\n{MERGE_ON_BOTH}",
        "base/rollout.yaml": ROLLOUT,
        "base/service.yaml": SERVICE,
        "next/kustomization.yaml": "resources: [rollout.yaml]\ncomponents: [../component]\nnameSuffix: -next\n",
        "next/rollout.yaml": ROLLOUT,
        "top/kustomization.yaml": "resources: [../base, ../next]\n",
    },
    "a schema of a component before any custom kind": {
        **SCHEMA_COMPONENT,
        "base/kustomization.yaml": "resources: [service.yaml]\ncomponents: [../component]\n",
        "base/service.yaml": SERVICE,
        "top/kustomization.yaml": f"resources: [../base, rollout.yaml]\n{MERGE_ON_BOTH}",
        "top/rollout.yaml": ROLLOUT,
    },
    "another schema of a component": {
        **SCHEMA_COMPONENT,
        "component/schema.json": json.dumps({"definitions": {}}),
        "base/kustomization.yaml": "resources: [rollout.yaml, service.yaml]\ncomponents: [../component]\n",
        "base/rollout.yaml": ROLLOUT,
        "base/service.yaml": SERVICE,
        "top/kustomization.yaml": f"resources: [../base]\n{MERGE_ON_BOTH}",
    },
    "a component with a named version": {
        **SCHEMA_COMPONENT,
        "component/kustomization.yaml": "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
        "openapi: {version: v1.21.2}\n",
        "base/kustomization.yaml": "resources: [rollout.yaml, service.yaml]\ncomponents: [../component]\n",
        "base/rollout.yaml": ROLLOUT,
        "base/service.yaml": SERVICE,
        "top/kustomization.yaml": f"resources: [../base]\n{MERGE_ON_BOTH}",
    },
    "a named version": _on_base("openapi: {version: v1.21.2}\nnamespace: nn\n"),
    "without a schema": {"top/kustomization.yaml": MERGE_ON_ROLLOUT, "top/rollout.yaml": ROLLOUT},
    "anchors and odd values": {
        "top/kustomization.yaml": "resources: [odd.yaml]\nnamespace: nn\n",
        "top/odd.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: odd, annotations: &a {x: 'on'}, labels: *a}\n"
        "data:\n  big: '12345678901234567890'\n  text: |-\n    one\n\n      two\n  folded: >\n    a\n    b\n  emoji: '☃ 😀'\n",
    },
    "a kustomization in JSON": {**BASE, "top/kustomization.yaml": '{"resources": ["../base"], "namePrefix": "j-"}\n'},
    "the other file name": {**BASE, "top/Kustomization": "resources: [../base]\n"},
    "a text without an end": {**BASE, "top/kustomization.yml": "resources: [../base]\nnamespace: nn"},
}  # fmt: skip


def write(root: Path, tree: Tree) -> Path:
    """Write the files of a tree; the folder."""
    for name, content in tree.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root
