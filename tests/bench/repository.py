"""Writes a large repository in the form of this one: many services on many clusters, each with 20 objects.

`python -m tests.bench.repository FOLDER [SERVICES [CLUSTERS]]` (50 and 20 when not given: 1,000 overlays and 20,000
objects). The manifests are those of the frontend under other names, so that they pass the gate as the frontend does;
what a service of this size has beside is added. It is committed, and `platformctl check` works in it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from platformctl.process import command, run
from platformctl.repo import Repo

MODEL = "frontend"
ROOT = Repo.find(Path(__file__).resolve()).root
ADD_ONS = {  # with the kinds that the services use; on the first cluster
    "argo-rollouts": "argo-rollouts",
    "foundation": "kube-system",
    "metrics-server": "kube-system",
    "prometheus": "monitoring",
    "traefik": "traefik",
}
# with the templates that releases are judged by, and the priority classes
EVERYWHERE = {"argo-rollouts": "argo-rollouts", "foundation": "kube-system"}
LABEL = "app.kubernetes.io/name"
MORE = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: NAME-metrics
spec:
  podSelector:
    matchLabels: {LABEL: NAME}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: {kubernetes.io/metadata.name: monitoring}
          podSelector:
            matchLabels: {LABEL: prometheus}
      ports:
        - {port: 3000}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: NAME-entry
spec:
  podSelector:
    matchLabels: {LABEL: NAME}
  policyTypes: [Ingress]
  ingress:
    - from:
        - namespaceSelector:
            matchLabels: {kubernetes.io/metadata.name: traefik}
          podSelector:
            matchLabels: {LABEL: traefik}
      ports:
        - {port: 3000}
---
apiVersion: traefik.io/v1alpha1
kind: Middleware
metadata:
  name: NAME-headers
spec:
  headers:
    frameDeny: true
    contentTypeNosniff: true
---
apiVersion: traefik.io/v1alpha1
kind: IngressRoute
metadata:
  name: NAME-status
spec:
  entryPoints: [web]
  routes:
    - kind: Rule
      match: Path(`/NAME/status`)
      middlewares:
        - {name: NAME-headers}
      services:
        - kind: TraefikService
          name: NAME
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: NAME
spec:
  groups:
    - name: NAME
      rules:
        - alert: NAME-errors
          expr: sum(rate(http_requests_total{service="NAME", status=~"5.."}[5m])) > 1
          for: 5m
          labels: {severity: page}
          annotations: {summary: NAME answers with errors}
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisTemplate
metadata:
  name: NAME
spec:
  metrics:
    - name: errors
      interval: 30s
      count: 3
      successCondition: len(result) == 0 || isNaN(result[0]) || result[0] < 0.05
      failureLimit: 0
      provider:
        prometheus:
          address: http://prometheus.monitoring:9090
          query: sum(rate(http_requests_total{service="NAME", status=~"5.."}[1m]))
"""
GENERATORS = """\
  - name: NAME-features
    literals:
      - features=search,cart
  - name: NAME-texts
    files: [texts.json]
"""
FEATURES = "            - configMapRef: {name: NAME-features}\n"
TEXTS = """\
            - name: TECHCOMMERCE_TEXTS
              valueFrom:
                configMapKeyRef: {name: NAME-texts, key: texts.json}
"""
SECRETS = {"session": "secret-key", "identity": "token-key", "staff": "accounts"}  # with the key that is read
DIGEST = hashlib.sha256(MODEL.encode()).hexdigest()
POD = "- {{kind: Pod, namespace: {namespace}, name: {name}, labels: {{{labels}}}, by: others}}\n"
CLUSTER = """\
cluster: {name}
environment: {name}
server: https://{name}.k8s.techcommerce.example
region: eu
platform: {{revision: refs/heads/main}}
services:
{services}
addOns:{add_ons}
"""
FLEET = """\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: argocd
resources:
  - ../../apps
components:
  - ../../apps/references
configMapGenerator:
  - name: clusters
    files: [{files}]
  - name: fleet
    literals:
      - repository=https://github.com/techcommerce/platform.git
      - folder=large
      - servers=https://*.k8s.techcommerce.example
    options:
      disableNameSuffixHash: true
      annotations: {{config.kubernetes.io/local-config: "true"}}
transformers:
  - ../../apps/fleet
"""


def write(target: Path, services: int = 50, clusters: int = 20) -> Repo:
    """Write the repository and commit it."""
    for name in ("apps", "base", "policy", "requirements", "tools"):
        shutil.copytree(ROOT / name, target / name, symlinks=True)
    for name in ("product-api", "order-api"):
        shutil.rmtree(target / "base" / name)
    (target / "policy/exceptions.yaml").write_bytes((ROOT / "policy/exceptions.yaml").read_bytes())
    names = [f"service-{number:02}" for number in range(services)]
    environments = [f"area-{number:02}" for number in range(clusters)]
    for name in names:
        _base(target, name)
    shutil.rmtree(target / "base" / MODEL)
    _grant_more(target / "base/environment/quota.yaml")
    _write_outside(target / "policy/outside.yaml", names, environments)
    release = target / "base/components/canary/kustomization.yaml"  # every service is released as the model is
    _edit(release, "name: frontend|product-api}", "name: service-.*}")
    _edit(release, "name: frontend}", "name: service-.*}")
    for number, environment in enumerate(environments):
        _cluster(target, environment, names, ADD_ONS if number == 0 else EVERYWHERE)
        for name in names:
            _overlay(target, environment, name, number)
        _frame(target, environment)
    files = ", ".join(f"{environment}.yaml" for environment in environments)
    (target / "clusters/large/kustomization.yaml").write_text(FLEET.format(files=files))
    _allow(target / "apps/projects.yaml", environments)
    _commit(target)
    return Repo(target)


def _base(target: Path, name: str) -> None:
    folder = target / "base" / name
    shutil.copytree(ROOT / "base" / MODEL, folder)
    for path in folder.glob("*.yaml"):
        path.write_text(path.read_text().replace(MODEL, name))
    shutil.copy(ROOT / "base/product-api/autoscaler.yaml", folder / "autoscaler.yaml")
    _edit(folder / "autoscaler.yaml", "product-api", name)
    _edit(folder / "rollout.yaml", "  replicas: 2\n", "")
    _edit(
        folder / "rollout.yaml",
        f"name: {name}-settings}}\n",
        f"name: {name}-settings}}\n{FEATURES.replace('NAME', name)}",
    )
    _edit(folder / "rollout.yaml", "          env:\n", f"          env:\n{TEXTS.replace('NAME', name)}")
    for secret in SECRETS:  # one for all services of an environment
        _edit(folder / "rollout.yaml", f"{name}-{secret}", f"shop-{secret}")
    _edit(folder / "routes.yaml", "PathPrefix(`/`) && !Path(`/metrics`)", f"PathPrefix(`/{name}`)")
    _edit(folder / "kustomization.yaml", "http://order-api:7000", "https://orders.techcommerce.example")
    _edit(folder / "kustomization.yaml", "newTag: 0.1.0", f'newTag: "0.1.0@sha256:{DIGEST}"')
    (folder / "more.yaml").write_text(MORE.replace("NAME", name).replace("LABEL", LABEL))
    (folder / "texts.json").write_text('{"title": "' + name + '", "lines": [' + ", ".join(['"text"'] * 20) + "]}\n")
    _edit(
        folder / "kustomization.yaml",
        "  - disruption-budget.yaml\n",
        "  - autoscaler.yaml\n  - disruption-budget.yaml\n",
    )
    _edit(folder / "kustomization.yaml", "  - network-policy.yaml\n", "  - more.yaml\n  - network-policy.yaml\n")
    _edit(folder / "kustomization.yaml", "generatorOptions:", GENERATORS.replace("NAME", name) + "generatorOptions:")


def _overlay(target: Path, environment: str, name: str, number: int) -> None:
    folder = target / "overlays" / environment / name
    (folder / "differences").mkdir(parents=True)
    (folder / "kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"
        f"namespace: {environment}\nresources:\n  - ../../../base/{name}\ncomponents:\n  - differences\n"
    )
    (folder / "differences/kustomization.yaml").write_text(
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nconfigMapGenerator:\n"
        f"  - name: {name}-settings\n    behavior: merge\n    envs: [settings.env]\n"
        f"patches:\n  - target: {{kind: HorizontalPodAutoscaler, name: {name}}}\n    path: scale.yaml\n"
        f"  - target: {{kind: Rollout, name: {name}}}\n    path: release.yaml\n"
    )
    (folder / "differences/settings.env").write_text(f"TECHCOMMERCE_ENVIRONMENT={environment}\n")
    (folder / "differences/scale.yaml").write_text(
        f"- op: replace\n  path: /spec/maxReplicas\n  value: {4 + number % 4}\n"
    )
    shutil.copy(ROOT / f"overlays/production/{MODEL}/differences/release.yaml", folder / "differences/release.yaml")


def _frame(target: Path, environment: str) -> None:
    folder = target / "overlays" / environment / "platform"
    shutil.copytree(ROOT / "overlays/production/platform", folder)
    for path in folder.rglob("*.yaml"):
        path.write_text(path.read_text().replace("production", environment))
        if "requests.cpu" in path.read_text():
            _grant_more(path)


def _cluster(target: Path, environment: str, names: list[str], chosen: Mapping[str, str]) -> None:
    path = target / "clusters/large" / f"{environment}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    services = "\n".join(f"  - {{name: {name}, revision: refs/heads/main}}" for name in names)
    listed = "".join(
        f"\n  - {{name: {name}, namespace: {namespace}, revision: refs/heads/main}}"
        for name, namespace in chosen.items()
    )
    path.write_text(CLUSTER.format(name=environment, services=services, add_ons=listed))


def _grant_more(path: Path) -> None:
    """Room for fifty services instead of three."""
    text = path.read_text()
    text = re.sub(r"(: \d+)Gi", r"\g<1>000Gi", text)
    path.write_text(re.sub(r'(cpu: |pods: |value: )"(\d+)"', r'\1"\g<2>000"', text))


def _write_outside(path: Path, names: list[str], environments: list[str]) -> None:
    """What exists beside: the pods of add-ons where they are not described, secrets, and the jobs of releases."""
    lines = [
        POD.format(namespace="kube-system", name="coredns", labels="k8s-app: kube-dns"),
        POD.format(namespace="traefik", name="traefik", labels=f"{LABEL}: traefik"),
        POD.format(namespace="monitoring", name="prometheus", labels=f"{LABEL}: prometheus"),
    ]
    for environment in environments:
        lines += [
            f"- {{kind: Secret, namespace: {environment}, name: shop-{name}, keys: [{key}], by: others}}\n"
            for name, key in SECRETS.items()
        ]
        lines.append(POD.format(namespace=environment, name="order-api", labels=f"{LABEL}: order-api"))
        lines += [
            POD.format(
                namespace=environment,
                name=f"smoke-{name}",
                labels=f"{LABEL}: smoke, app.kubernetes.io/instance: {name}",
            )
            for name in names
        ]
    path.write_text("".join(lines))


def _allow(path: Path, environments: list[str]) -> None:
    """The projects' destinations: the namespaces of all environments."""
    lines = []
    for line in path.read_text().splitlines(keepends=True):
        if "namespace: production}" in line:
            lines += [line.replace("production", environment) for environment in environments]
        elif "namespace: staging}" not in line:
            lines.append(line)
    path.write_text("".join(lines))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    if old not in text:
        raise ValueError(f"{path} has no {old!r}: the model changed")
    path.write_text(text.replace(old, new))


def _commit(target: Path) -> None:
    git = ("git", "-C", target, "-c", "user.name=bench", "-c", "user.email=bench@techcommerce.example")
    run(command(*git, "init", "--quiet", "--initial-branch=main"))
    run(command(*git, "add", "--all"))
    run(command(*git, "-c", "commit.gpgsign=false", "commit", "--quiet", "-m", "large"))


if __name__ == "__main__":
    write(Path(sys.argv[1]), *map(int, sys.argv[2:]))
