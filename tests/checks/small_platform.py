"""Writes a small platform: one fleet, two clusters, one service, one component that the fleet adds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: services, namespace: argocd}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
    - matrix:
        generators:
          - git:
              repoURL: https://example.com/platform.git
              revision: refs/heads/main
              files:
                - path: clusters/one/*.yaml
                - {path: clusters/one/kustomization.yaml, exclude: true}
          - list: {elementsYaml: '{{ .services | toJson }}'}
  template:
    metadata: {name: '{{ .name }}-{{ .cluster }}'}
    spec:
      project: services
      source:
        repoURL: https://example.com/platform.git
        targetRevision: '{{ .revision }}'
        path: overlays/{{ .environment }}/{{ .name }}
        kustomize: {components: [../../../base/components/quiet]}
      destination: {server: '{{ .server }}', namespace: '{{ .environment }}'}
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: services, namespace: argocd}
spec:
  sourceRepos: [https://example.com/platform.git]
  destinations: [{server: https://kubernetes.default.svc, namespace: '*'}]
"""
CLUSTER = """\
cluster: {name}
environment: {name}
server: https://kubernetes.default.svc
services:
  - {{name: web, revision: "{revision}"}}
"""
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app.kubernetes.io/name: web}}
spec:
  replicas: 2
  revisionHistoryLimit: 5
  progressDeadlineSeconds: 300
  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  selector: {matchLabels: {app.kubernetes.io/name: web}}
  template:
    metadata: {labels: {app.kubernetes.io/name: web}}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 60
      nodeSelector: {kubernetes.io/os: linux}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector: {matchLabels: {app.kubernetes.io/name: web}}
      affinity:
        podAntiAffinity:
          preferredDuringSchedulingIgnoredDuringExecution:
            - weight: 100
              podAffinityTerm:
                topologyKey: kubernetes.io/hostname
                labelSelector: {matchLabels: {app.kubernetes.io/name: web}}
      priorityClassName: system-node-critical
      serviceAccountName: web
      securityContext:
        runAsNonRoot: true
        runAsUser: 10001
        runAsGroup: 10001
        fsGroup: 10001
        seccompProfile: {type: RuntimeDefault}
        appArmorProfile: {type: RuntimeDefault}
      containers:
        - name: web
          image: docker.io/library/nginx:1.31.0@sha256:5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d5d
          ports: [{name: http, containerPort: 8080}]
          readinessProbe: {httpGet: {path: /healthz, port: http}}
          livenessProbe: {httpGet: {path: /livez, port: http}}
          lifecycle: {preStop: {sleep: {seconds: 5}}}
          resources:
            requests: {cpu: 10m, memory: 16Mi, ephemeral-storage: 16Mi}
            limits: {cpu: 20m, memory: 32Mi, ephemeral-storage: 32Mi}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
"""
ACCOUNT = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
automountServiceAccountToken: false
"""
BUDGET = """\
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector: {matchLabels: {app.kubernetes.io/name: web}}
"""
NETWORK_POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]}]
"""
COMPONENT = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: |
      - {op: add, path: /metadata/annotations, value: {quiet: "yes"}}
"""
FILES = {
    "apps/kustomization.yaml": "resources: [services.yaml]\n",
    "apps/services.yaml": SET,
    "clusters/one/kustomization.yaml": "resources: [../../apps]\n",
    "clusters/one/production.yaml": CLUSTER.format(name="production", revision="0" * 40),
    "clusters/one/staging.yaml": CLUSTER.format(name="staging", revision="refs/heads/main"),
    "base/web/kustomization.yaml": "resources: [account.yaml, budget.yaml, deployment.yaml, network-policy.yaml]\n",
    "base/web/deployment.yaml": DEPLOYMENT,
    "base/web/account.yaml": ACCOUNT,
    "base/web/budget.yaml": BUDGET,
    "base/web/network-policy.yaml": NETWORK_POLICY,
    "base/components/quiet/kustomization.yaml": COMPONENT,
    "overlays/production/web/kustomization.yaml": "namespace: production\nresources: [../../../base/web]\n",
    "overlays/staging/web/kustomization.yaml": "namespace: staging\nresources: [../../../base/web]\n",
}


def write_platform(root: Path) -> None:
    """Write all files."""
    for name, content in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def commit(root: Path) -> None:
    """Make a repository of what is there, with one commit."""
    _git(root, "init", "--quiet", "--initial-branch=main")
    _git(root, "add", "--all")
    _git(root, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "-m", "first")


def commit_id(root: Path) -> str:
    """The id of the newest commit."""
    return _git(root, "rev-parse", "HEAD").strip()


def _git(root: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(
        ["git", "-C", root, *arguments], env=environment, capture_output=True, text=True, check=True
    ).stdout
