"""The edges of the rules on Argo CD and Argo Rollouts."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import yaml

from platformctl.checks import gate
from platformctl.checks.protocol import Fleet, World
from platformctl.checks.rules.argo import CHECKS, projects, releases, rollout_fields
from platformctl.checks.subject import Part, Subject
from platformctl.manifests import Manifest, dotted, parse, read
from platformctl.repo import Repo

COMMIT = "4be1c2d3" * 5
SERVER = "https://kubernetes.default.svc"
ODD: tuple[Any, ...] = (None, True, 7, "text", [], ["text", None, 3], {}, {"name": ["x"]}, {"name": {}}, [{"a": []}])


def objects(text: str) -> list[Manifest]:
    """The objects in some YAML."""
    return [each for each in parse(text, "given.yaml") if isinstance(each, Manifest)]


def judged(rule: str, manifests: list[Manifest], world: World | None = None) -> list[str]:
    """The paths of the violations of a rule."""
    check, around = CHECKS[rule], world or World(manifests)
    looked_at = [each for each in manifests if not check.kinds or each.kind in check.kinds]
    return [dotted(violation.path) for each in looked_at for violation in check.judge(each, around)]


def found(rule: str, *texts: str) -> list[str]:
    """The paths of the violations of a rule in some YAML."""
    return judged(rule, objects("\n---\n".join(texts)))


def rollout(strategy: str, spec: str = "{}") -> str:
    """A Rollout of that strategy."""
    content = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": {"containers": [{"name": "web"}]}},
            "strategy": yaml.safe_load(strategy),
            **yaml.safe_load(spec),
        },
    }
    return yaml.safe_dump(content)


def service(name: str, selector: str = "{app: web}") -> str:
    """A Service of the Rollout's namespace."""
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{selector: {selector}}}\n"
    )


def template(metrics: str, spec: str = "") -> str:
    """An analysis template called errors."""
    head = "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nmetadata: {name: errors, namespace: shop}\n"
    return f"{head}spec:\n  metrics: {metrics}\n{spec}"


def application(name: str = "web", metadata: Mapping[str, Any] | None = None, **spec: Any) -> Manifest:
    """An Application of the project shop."""
    content = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": "argocd", **(metadata or {})},
        "spec": {
            "project": "shop",
            "source": {"repoURL": "https://git.example/a/b.git", "targetRevision": "refs/heads/main", "path": name},
            "destination": {"server": SERVER, "namespace": "shop"},
            **spec,
        },
    }
    return Manifest(content, "clusters/a.yaml", None)


def project(**spec: Any) -> Manifest:
    """The project shop."""
    content = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "AppProject",
        "metadata": {"name": "shop", "namespace": "argocd"},
        "spec": {
            "sourceRepos": ["https://git.example/a/b.git"],
            "destinations": [{"server": SERVER, "namespace": "shop"}],
            **spec,
        },
    }
    return Manifest(content, "apps/projects.yaml", None)


def deployed(text: str, name: str = "web", destination: str = "shop") -> list[Manifest]:
    """Objects that an Application deploys."""
    return [replace(each, application=name, destination=destination) for each in objects(text)]


@pytest.mark.parametrize(
    ("step", "fits"),
    [
        ("{setWeight: 0}", True),
        ("{setWeight: 100}", True),
        ("{setWeight: 101}", False),
        ("{setWeight: -1}", False),
        ("{setWeight: '20'}", False),
        ("{}", False),
        ("{setWeight: 20, pause: {duration: 1m}}", False),
        ("{pause: {duration: 30}}", True),
        ("{pause: {duration: '30'}}", True),
        ("{pause: {duration: 1h30m}}", True),
        ("{pause: {duration: 1.5h}}", True),
        ("{pause: {duration: -5s}}", False),
        ("{pause: {duration: 5 minutes}}", False),
        ("{pause: {duration: 1d}}", False),
        ("{pause: {}}", True),
        ("{setCanaryScale: {replicas: 1}}", False),
        ("{setHeaderRoute: {name: a}}", False),
        ("{experiment: {templates: [{name: a, specRef: canary}]}}", True),
        ("{experiment: {templates: [{name: a, specRef: canary, weight: 5}]}}", False),
        ("{plugin: {name: a/b}}", True),
    ],
)
def test_step_does_one_thing(step: str, fits: bool) -> None:
    assert (found("rollout-steps", rollout(f"{{canary: {{steps: [{step}]}}}}")) == []) is fits


@pytest.mark.parametrize(
    ("routing", "step", "fits"),
    [
        ("{nginx: {}, maxTrafficWeight: 1000}", "{setWeight: 500}", True),
        ("{nginx: {}, maxTrafficWeight: 1000}", "{setWeight: 1001}", False),
        ("{traefik: {}}", "{setCanaryScale: {replicas: 1}}", True),
        ("{traefik: {}}", "{setCanaryScale: {replicas: 1, weight: 10}}", False),
        ("{istio: {}, managedRoutes: [{name: a}]}", "{setHeaderRoute: {name: a}}", True),
        ("{istio: {}, managedRoutes: [{name: b}]}", "{setHeaderRoute: {name: a}}", False),
        ("{traefik: {}, managedRoutes: [{name: a}]}", "{setHeaderRoute: {name: a}}", False),
        ("{alb: {}}", "{experiment: {templates: [{name: a, weight: 5}]}}", True),
        ("{nginx: {}}", "{experiment: {templates: [{name: a, weight: 5}]}}", False),
    ],
)
def test_step_needs_a_router_that_can(routing: str, step: str, fits: bool) -> None:
    text = rollout(f"{{canary: {{trafficRouting: {routing}, steps: [{step}]}}}}")

    assert (found("rollout-steps", text) == []) is fits


@pytest.mark.parametrize(
    ("strategy", "path"),
    [
        ("{}", "spec.strategy"),
        ("{canary: {}, blueGreen: {activeService: a}}", "spec.strategy"),
        ("{canary: {}, rolling: {}}", "spec.strategy.rolling"),
        ("{blueGreen: {}}", None),
        ("{blueGreen: {previewService: a}}", "spec.strategy.blueGreen.activeService"),
        ("{blueGreen: {activeService: a, steps: []}}", "spec.strategy.blueGreen.steps"),
        ("{canary: {autoPromotionEnabled: true}}", "spec.strategy.canary.autoPromotionEnabled"),
        ("{canary: {scaleDownDelaySeconds: 30}}", "spec.strategy.canary.scaleDownDelaySeconds"),
        ("{canary: {dynamicStableScale: true}}", "spec.strategy.canary.dynamicStableScale"),
        ("{canary: {trafficRouting: {}}}", "spec.strategy.canary.trafficRouting"),
        ("{canary: {stableService: a, trafficRouting: {traefik: {}}}}", "spec.strategy.canary.canaryService"),
        ("{canary: {pingPong: {pingService: a}}}", "spec.strategy.canary.pingPong.pongService"),
        ("{canary: {steps: [{setweight: 5}]}}", "spec.strategy.canary.steps[0].setweight"),
        ("{canary: {antiAffinity: {}}}", "spec.strategy.canary.antiAffinity"),
        ("{canary: {}}", None),
        ("{canary: {trafficRouting: {istio: {destinationRule: {}}}}}", None),
        ("{canary: {trafficRouting: {plugins: {a/b: {}}}}}", None),
    ],
)
def test_rollout_is_put_together(strategy: str, path: str | None) -> None:
    assert found("rollout-schema", rollout(strategy)) == ([path] if path else [])


def test_misplaced_field_is_told_its_place() -> None:
    [manifest] = objects(rollout("{canary: {}}", "{steps: []}"))
    [violation] = CHECKS["rollout-schema"].judge(manifest, World([manifest]))

    assert violation.message.endswith("it belongs to spec.strategy.canary")


def test_fields_are_those_of_the_definition(repo: Repo) -> None:
    """A new version of Argo Rollouts brings new fields."""
    file = repo.root / "base/platform/argo-rollouts/upstream/install.yaml"
    [found_] = [
        each.content
        for each in read(file, "install.yaml")
        if isinstance(each, Manifest) and each.name == "rollouts.argoproj.io"
    ]
    spec = found_["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    strategy = spec["strategy"]["properties"]
    canary = strategy["canary"]["properties"]

    assert set(spec) == rollout_fields.SPEC
    assert set(strategy) == rollout_fields.STRATEGIES
    assert set(strategy["blueGreen"]["properties"]) == rollout_fields.OF_BLUE_GREEN
    assert set(canary) == rollout_fields.OF_CANARY
    assert set(canary["trafficRouting"]["properties"]) == rollout_fields.OF_ROUTING
    assert set(canary["steps"]["items"]["properties"]) == rollout_fields.OF_STEP


def test_application_of_another_group_is_none() -> None:
    text = "apiVersion: app.k8s.io/v1beta1\nkind: Application\nmetadata: {name: a}\nspec: {}\n"

    assert [rule for rule in CHECKS if found(rule, text)] == []


@pytest.mark.parametrize(
    ("strategy", "services", "paths"),
    [
        ("{canary: {stableService: a, canaryService: b}}", ["a", "b"], []),
        ("{canary: {stableService: a, canaryService: a}}", ["a"], ["spec.strategy.canary.stableService"]),
        ("{canary: {stableService: a, canaryService: b}}", ["a"], ["spec.strategy.canary.canaryService"]),
        ("{canary: {stableService: a}}", [], []),  # among loose files it may be elsewhere
        ("{blueGreen: {activeService: a, previewService: b}}", ["b"], ["spec.strategy.blueGreen.activeService"]),
        (
            "{canary: {pingPong: {pingService: a, pongService: b}, trafficRouting: {alb: {rootService: c}}}}",
            ["a", "b"],
            ["spec.strategy.canary.trafficRouting.alb.rootService"],
        ),
    ],
)
def test_services_exist_and_differ(strategy: str, services: list[str], paths: list[str]) -> None:
    assert found("rollout-service", rollout(strategy), *map(service, services)) == paths


@pytest.mark.parametrize(
    ("selector", "metadata", "fits"),
    [
        ("{app: web}", "{}", True),
        ("{app: web, rollouts-pod-template-hash: abc}", "{}", True),
        ("{app: other}", "{}", False),
        ("{app: web, role: canary}", "{}", False),
        ("{app: web, role: canary}", "{labels: {role: canary}}", True),
        ("{app: web, role: canary}", "{labels: {role: stable}}", False),
    ],
)
def test_services_select_the_pods(selector: str, metadata: str, fits: bool) -> None:
    strategy = f"{{canary: {{canaryService: a, canaryMetadata: {metadata}}}}}"

    assert (found("rollout-service-selector", rollout(strategy), service("a", selector)) == []) is fits


def test_pods_of_a_referenced_workload_count() -> None:
    reference = "{template: null, workloadRef: {apiVersion: apps/v1, kind: Deployment, name: web}}"
    deployment = rollout("{}").replace("argoproj.io/v1alpha1", "apps/v1").replace("Rollout", "Deployment")
    texts = [rollout("{canary: {canaryService: a}}", reference), deployment, service("a", "{app: other}")]

    assert found("rollout-service-selector", *texts) == ["spec.strategy.canary.canaryService"]
    assert found("rollout-workload-ref", *texts) == ["spec.workloadRef.name"]


@pytest.mark.parametrize(
    ("value", "fits"),
    [("5m", True), ("1h30m", True), ("500ms", True), ("{{args.time}}", True), ("5", False), (5, False)],
)
def test_durations(value: object, fits: bool) -> None:
    assert releases.is_duration(value) is fits


@pytest.mark.parametrize(
    ("surge", "unavailable", "fits"),
    [("0", "0", False), ("0%", "0%", False), ("0", "1", True), ("1", "0", True), ("0", "~", True), ("25%", "0", True)],
)
def test_release_can_replace_pods(surge: str, unavailable: str, fits: bool) -> None:
    text = rollout(f"{{canary: {{maxSurge: {surge}, maxUnavailable: {unavailable}}}}}")

    assert (found("rollout-max-surge", text) == []) is fits


@pytest.mark.parametrize(
    ("strategy", "fits"),
    [
        ("{blueGreen: {scaleDownDelaySeconds: 30}}", True),
        ("{blueGreen: {scaleDownDelaySeconds: 29}}", False),
        ("{blueGreen: {}}", False),
        ("{canary: {}}", True),
        ("{canary: {scaleDownDelaySeconds: 5}}", True),  # without a router that is refused, not too short
        ("{canary: {scaleDownDelaySeconds: 5, trafficRouting: {traefik: {}}}}", False),
    ],
)
def test_old_pods_stay(strategy: str, fits: bool) -> None:
    assert (found("rollout-scale-down-delay", rollout(strategy)) == []) is fits


ROUTER = "{canary: {stableService: a, canaryService: b, trafficRouting: %s}}"
ROUTES = {
    "traefik": (
        "{traefik: {weightedTraefikServiceName: r}}",
        "apiVersion: traefik.io/v1alpha1\nkind: TraefikService\nmetadata: {name: r, namespace: shop}\n"
        "spec: {weighted: {services: [{name: a}, {name: b}]}}",
    ),
    "nginx": (
        "{nginx: {stableIngress: r}}",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: r, namespace: shop}\n"
        "spec: {rules: [{http: {paths: [{backend: {service: {name: a}}}]}}]}",
    ),
    "istio": (
        "{istio: {virtualService: {name: r}}}",
        "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: r, namespace: shop}\n"
        "spec: {http: [{route: [{destination: {host: a}}, {destination: {host: b.shop.svc}}]}]}",
    ),
    "gateway": (
        "{plugins: {argoproj-labs/gatewayAPI: {httpRoute: r, namespace: shop}}}",
        "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r, namespace: shop}\n"
        "spec: {rules: [{backendRefs: [{name: a}, {name: b}]}]}",
    ),
}


@pytest.mark.parametrize("router", ROUTES)
def test_router_exists_and_knows_both_versions(router: str) -> None:
    routing, text = ROUTES[router]
    release = rollout(ROUTER % routing)

    assert found("rollout-traffic-router", release, text) == []
    assert len(found("rollout-traffic-router", release, text.replace("name: r,", "name: s,"))) == 1
    without_stable = text.replace("name: a}", "name: x}").replace("host: a}", "host: x}")
    assert len(found("rollout-traffic-router", release, without_stable)) == 1


ENDLESS = "[{name: e, interval: 1m, successCondition: 'true', provider: {job: {}}}]"
FINITE = "[{name: e, successCondition: 'true', provider: {job: {}}}]"
USE = "{templates: [{templateName: errors}], args: %s}"


@pytest.mark.parametrize(
    ("strategy", "metrics", "arguments", "count"),
    [
        ("{canary: {steps: [{analysis: %s}]}}", FINITE, "[]", 0),
        ("{canary: {steps: [{analysis: %s}]}}", ENDLESS, "[]", 1),
        ("{canary: {analysis: %s}}", ENDLESS, "[]", 0),
        ("{blueGreen: {prePromotionAnalysis: %s}}", ENDLESS, "[]", 1),
        ("{blueGreen: {postPromotionAnalysis: %s}}", FINITE, "[{name: a}, {name: b, value: c}]", 1),
        ("{canary: {analysis: %s}}", FINITE, "[{name: service}]", 0),
    ],
)
def test_analysis_ends_and_has_its_arguments(strategy: str, metrics: str, arguments: str, count: int) -> None:
    given = "[{name: service, value: web}]" if "service" in arguments else "[]"
    text = rollout(strategy % (USE % given))

    assert len(found("rollout-analysis", text, template(metrics, f"  args: {arguments}\n"))) == count


@pytest.mark.parametrize("place", ["{canary: {analysis: %s}}", "{canary: {steps: [{analysis: %s}]}}"])
def test_template_must_be_there(place: str) -> None:
    use = "{templates: [{templateName: errors, clusterScope: true}]}"

    assert len(found("rollout-analysis", rollout(place % use), template(FINITE))) == 1
    assert found("rollout-analysis", rollout(place % use)) == []  # none at all among loose files


def test_analysis_of_an_experiment_is_one() -> None:
    step = "{experiment: {analyses: [{name: a, templateName: missing}]}}"

    assert len(found("rollout-analysis", rollout(f"{{canary: {{steps: [{step}]}}}}"), template(FINITE))) == 1


def test_argument_that_no_template_has_does_nothing() -> None:
    text = rollout("{canary: {analysis: %s}}" % (USE % "[{name: serivce, value: web}]"))

    assert found("rollout-analysis", text, template(FINITE)) == ["spec.strategy.canary.analysis.args"]


@pytest.mark.parametrize(
    ("metric", "fits"),
    [
        ("{name: a, successCondition: x, provider: {web: {}}}", True),
        ("{name: a, provider: {web: {}}}", False),
        ("{name: a, provider: {job: {}}}", True),
        ("{name: a, successCondition: x, failureCondition: y, provider: {web: {}}}", False),
        ("{name: a, successCondition: x, failureCondition: y, inconclusiveLimit: 2, provider: {web: {}}}", True),
        ("{name: a, successCondition: x}", False),
        ("{name: a, successCondition: x, provider: {web: {}, job: {}}}", False),
        ("{name: a, successCondition: x, count: 3, provider: {web: {}}}", False),
        ("{name: a, successCondition: x, count: 3, interval: 10s, provider: {web: {}}}", True),
        ("{name: a, successCondition: x, count: 3, interval: 10s, failureLimit: 4, provider: {web: {}}}", False),
        ("{name: a, successCondition: x, interval: 10, provider: {web: {}}}", False),
        ("{name: a, successCondition: x, initialDelay: 1 minute, provider: {web: {}}}", False),
        ("{name: a, successCondition: x, failureLimit: -1, provider: {web: {}}}", False),
        ("{name: a, successCondition: x, count: '{{args.count}}', interval: 10s, provider: {web: {}}}", False),
    ],
)
def test_metric_is_complete(metric: str, fits: bool) -> None:
    assert (found("analysis-metric", template(f"[{metric}]")) == []) is fits


@pytest.mark.parametrize(("argument", "fits"), [("{name: count, value: '3'}", True), ("{name: count}", False)])
def test_a_count_that_is_an_argument_has_a_number_of_its_own(argument: str, fits: bool) -> None:
    """The controller refuses a Rollout before it looks at what the Rollout gives."""
    metric = "{name: a, successCondition: x, count: '{{args.count}}', interval: 10s, provider: {web: {}}}"

    assert (found("analysis-metric", template(f"[{metric}]", f"  args: [{argument}]\n")) == []) is fits


@pytest.mark.parametrize(
    ("condition", "query", "fits"),
    [
        ("result[0] < 1", "up", False),
        ("result[0] < 1", "up or on() vector(0)", True),
        ("len(result) > 0 && result[0] < 1", "up", True),
        ("isNaN(result[0]) || result[0] < 1", "up", True),
        ("result < 1", "scalar(up)", True),
    ],
)
def test_empty_results_are_thought_of(condition: str, query: str, fits: bool) -> None:
    metric = f"{{name: a, successCondition: '{condition}', provider: {{prometheus: {{query: '{query}'}}}}}}"

    assert (found("analysis-empty-result", template(f"[{metric}]")) == []) is fits


@pytest.mark.parametrize(
    ("patterns", "repository", "permitted"),
    [
        (["*"], "https://git.example/a/b.git", True),
        (["https://git.example/a/b"], "https://git.example/a/b.git", True),
        (["https://git.example/a/*"], "https://git.example/a/b", True),
        (["https://git.example/*"], "https://git.example/a/b", False),
        (["https://git.example/**"], "https://git.example/a/b", True),
        (["https://git.example/a/*", "!https://git.example/a/b"], "https://git.example/a/b", False),
        ([], "https://git.example/a/b", False),
        (["git@git.example:a/b.git"], "ssh://git@git.example/a/b", True),
    ],
)
def test_project_permits_repositories(patterns: list[str], repository: str, permitted: bool) -> None:
    assert projects.permits_repository({"sourceRepos": patterns}, repository) is permitted


@pytest.mark.parametrize(
    ("entries", "namespace", "permitted"),
    [
        ([{"server": SERVER, "namespace": "shop"}], "shop", True),
        ([{"server": SERVER, "namespace": "shop"}], "other", False),
        ([{"server": "*", "namespace": "*"}, {"server": SERVER, "namespace": "!kube-system"}], "kube-system", False),
        ([{"server": SERVER, "namespace": "team-*"}], "team-a", True),
        ([{"server": "!https://*", "namespace": "*"}], "shop", False),
        ([{"name": "in-cluster", "namespace": "shop"}], "shop", False),
        ([], "shop", False),
    ],
)
def test_project_permits_destinations(entries: list[dict[str, str]], namespace: str, permitted: bool) -> None:
    assert projects.permits_destination({"destinations": entries}, SERVER, "", namespace) is permitted


@pytest.mark.parametrize(
    ("spec", "kind", "namespaced", "permitted"),
    [
        ({}, "Secret", True, True),
        ({}, "ClusterRole", False, False),
        ({"clusterResourceWhitelist": [{"group": "*", "kind": "Cluster*"}]}, "ClusterRole", False, True),
        ({"namespaceResourceWhitelist": []}, "Secret", True, False),
        ({"namespaceResourceWhitelist": [{"group": "", "kind": "Secret"}]}, "Secret", True, True),
        ({"namespaceResourceBlacklist": [{"group": "", "kind": "Secret"}]}, "Secret", True, False),
        ({"clusterResourceWhitelist": [{"group": "", "kind": "Namespace", "name": "a-*"}]}, "Namespace", False, False),
    ],
)
def test_project_permits_kinds(spec: dict[str, Any], kind: str, namespaced: bool, permitted: bool) -> None:
    assert projects.permits_kind(spec, "", kind, "name", namespaced=namespaced) is permitted


def fleet(*applications: Manifest, **spec: Any) -> Fleet:
    """A fleet of these Applications with the one project."""
    return Fleet({each.name: each for each in applications}, {"shop": project(**spec)})


def test_objects_are_held_against_the_project_of_their_application() -> None:
    """The project lies on Argo CD's own cluster, the objects go to another one."""
    manifests = deployed(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: kube-system}\n---\n"
        "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n---\n"
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
    )
    around = fleet(application(), namespaceResourceBlacklist=[{"group": "", "kind": "Secret"}])
    world = World(manifests, whole=True, fleet=around)

    assert judged("application-permission", manifests, world) == ["kind", "metadata.namespace", "kind"]


def test_generated_application_is_judged() -> None:
    """What a set makes is no object in Git, and held against its project all the same."""
    wrong = application(destination={"server": SERVER, "namespace": "other"}, project="nobody")
    lost = application("lost", destination={"server": SERVER, "namespace": "other"})
    world = World([], whole=True, fleet=fleet(wrong, lost))

    assert judged("application-project", [wrong], world) == ["spec.project"]
    assert judged("application-permission", [lost], world) == ["spec.destination"]


def test_gate_judges_generated_applications(repo: Repo) -> None:
    wrong = replace(application(project="default"), clusters=("a/b",))
    config = objects("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n")
    subject = Subject((Part(load=lambda: config, generated=lambda: (wrong,)),), deployed=True)
    report = gate.judge(repo, subject, datetime.date(2026, 1, 1))

    assert "application-project" in {finding.rule for finding in report.findings}
    assert report.summary.objects == report.summary.schema_checked == 1


@pytest.mark.parametrize(
    ("revision", "stage", "fits"),
    [
        ("refs/heads/main", "staging", True),
        ("refs/tags/v1", "staging", True),
        (COMMIT, "staging", True),
        ("main", "staging", False),
        ("HEAD", "staging", False),
        ("", "staging", False),
        (COMMIT[:8], "staging", False),
        (COMMIT, "production", True),
        ("refs/heads/main", "production", False),
        ("refs/tags/v1", "production", False),
    ],
)
def test_revision_follows_the_stage(revision: str, stage: str, fits: bool) -> None:
    source = {"repoURL": "https://git.example/a/b.git", "targetRevision": revision, "path": "a"}
    given = application(metadata={"labels": {"environment": stage}}, source=source)

    assert (judged("application-revision", [given]) == []) is fits


@pytest.mark.parametrize(("version", "fits"), [("1.2.3", True), ("v1.2.3-rc.1", True), ("1.x", False), ("*", False)])
def test_chart_has_an_exact_version(version: str, fits: bool) -> None:
    given = application(source={"repoURL": "https://charts.example", "targetRevision": version, "chart": "a"})

    assert (judged("application-revision", [given]) == []) is fits


def test_generators_read_a_qualified_revision() -> None:
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: a, namespace: argocd}\n"
        "spec: {generators: [{matrix: {generators: [{git: {revision: main}}, {list: {}}]}}]}\n"
    )

    assert found("application-revision", text) == ["spec.generators[0].matrix.generators[0].git.revision"]


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        ({"jsonPointers": ["/spec/replicas"]}, True),
        ({"jsonPointers": ["/spec"]}, False),
        ({"jsonPointers": ["/spec/template/spec/containers"]}, False),
        ({"jsonPointers": ["/spec/template/spec/containers/0/image"]}, False),
        ({"jsonPointers": ["/spec/template/spec/containers/0/resources"]}, True),
        ({"jsonPointers": ["/spec/template/spec/securityContext/runAsUser"]}, False),
        ({"jsonPointers": ["/webhooks/0/clientConfig/caBundle"]}, True),
        ({"jsonPointers": ["/rules"]}, False),
        ({"jqPathExpressions": [".spec.weighted.services[]?.weight"]}, True),
        ({"jqPathExpressions": ['.spec.template.spec.containers[] | select(.name == "a")']}, False),
        ({"jqPathExpressions": ['.spec.template.spec.containers[] | select(.name == "image").resources']}, True),
        ({"jqPathExpressions": [".spec.template.spec.containers[].image"]}, False),
        ({"managedFieldsManagers": ["*"]}, False),
        ({"managedFieldsManagers": ["kube-controller-manager"]}, True),
    ],
)
def test_security_is_not_ignored(entry: dict[str, Any], fits: bool) -> None:
    assert (judged("ignore-differences", [application(ignoreDifferences=[entry])]) == []) is fits


def test_two_applications_do_not_own_one_object() -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    manifests = [*deployed(text), *deployed(text, "again"), *deployed(text, "elsewhere", "other")]

    assert judged("object-owner", manifests, World(manifests, whole=True)) == ["metadata.name"]


@pytest.mark.parametrize(("first", "second", "paths"), [("0", "1", [0]), ("1", "0", []), ("-1", "-1", [])])
def test_namespace_comes_first(first: str, second: str, paths: list[int]) -> None:
    wave = "annotations: {argocd.argoproj.io/sync-wave: '%s'}"
    texts = [
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: shop, {wave % first}}}\n",
        f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, {wave % second}}}\n",
    ]

    assert len(found("sync-wave", *texts)) == len(paths)


@pytest.mark.parametrize(("wave", "count"), [("1", 1), ("0", 0)])
def test_definition_comes_before_its_kind(wave: str, count: int) -> None:
    texts = [
        "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a, namespace: shop}\n",
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        f"metadata: {{name: things.example.com, annotations: {{argocd.argoproj.io/sync-wave: '{wave}'}}}}\n"
        "spec: {group: example.com, names: {kind: Thing, plural: things}}\n",
    ]

    assert len(found("sync-wave", *texts)) == count


def test_other_applications_have_waves_of_their_own() -> None:
    late = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {argocd.argoproj.io/sync-wave: '5'}}\n"
    manifests = [
        *deployed(late, "platform"),
        *deployed("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\n"),
    ]

    assert judged("sync-wave", manifests) == []


@pytest.mark.parametrize(
    ("hook", "policy", "fits"),
    [
        ("PreSync", "HookSucceeded", True),
        ("PreSync, PostSync", "BeforeHookCreation,HookFailed", True),
        ("Skip", "", True),
        ("", "", True),
        ("PreSync", "", False),
        ("Presync", "HookSucceeded", False),
        ("PreSync", "Always", False),
    ],
)
def test_hooks_are_known(hook: str, policy: str, fits: bool) -> None:
    keys = {"argocd.argoproj.io/hook": hook, "argocd.argoproj.io/hook-delete-policy": policy}
    content = {"metadata": {"name": "a", "annotations": {key: value for key, value in keys.items() if value}}}
    given = Manifest({"apiVersion": "batch/v1", "kind": "Job", **content}, "given.yaml", None)

    assert (judged("sync-hook", [given]) == []) is fits


def test_nothing_waits_for_a_release() -> None:
    hook = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a, annotations: {argocd.argoproj.io/hook: PostSync}}\n"
    manifests = [*deployed(rollout("{canary: {}}")), *deployed(hook)]

    assert judged("sync-after-release", manifests) == ["metadata.annotations.argocd.argoproj.io/hook"]
    assert judged("sync-after-release", [*deployed(rollout("{canary: {}}")), *deployed(hook, "other")]) == []


@pytest.mark.parametrize(
    ("made", "count"), [({"web": 3}, 0), ({"web": 0}, 1), ({"web": 1001}, 1), ({"other": 3}, 1), ({"web": 1000}, 0)]
)
def test_set_makes_some_applications(made: dict[str, int], count: int) -> None:
    content = {"apiVersion": "argoproj.io/v1alpha1", "kind": "ApplicationSet", "metadata": {"name": "web"}}
    given = Manifest(content, "apps/web.yaml", None)
    world = World([given], whole=True, fleet=Fleet(made=made))

    assert len(judged("applicationset-yield", [given], world)) == count


def test_default_project_is_locked() -> None:
    content = dict(project().content)
    content["metadata"] = {"name": "default", "namespace": "argocd"}

    assert judged("appproject-locked", [Manifest(content, "a.yaml", None)]) == ["spec.sourceRepos", "spec.destinations"]


@pytest.mark.parametrize("rule", sorted(CHECKS))
@pytest.mark.parametrize(
    "kind", ["Rollout", "Application", "ApplicationSet", "AppProject", "AnalysisTemplate", "ConfigMap"]
)
def test_odd_values_raise_nothing(rule: str, kind: str) -> None:
    """Whatever somebody writes by hand, a rule answers."""
    for value in ODD:
        step = {"setWeight": value, "pause": value, "experiment": value, "analysis": value, "setCanaryScale": value}
        routing = {"traefik": value, "nginx": value, "istio": value, "plugins": value, "maxTrafficWeight": value}
        canary = {"canaryService": value, "steps": [step, value], "trafficRouting": routing, "analysis": value}
        for spec in (
            value,
            {"strategy": value, "template": value, "source": value, "metrics": value, "generators": value},
            {"strategy": {"canary": canary, "blueGreen": value}, "workloadRef": value, "selector": value},
            {"template": {"metadata": value, "spec": {"source": value, "syncPolicy": value, "project": value}}},
            {"metrics": [{"provider": value, "count": value, "interval": value, "name": value}], "args": value},
            {"sourceRepos": value, "destinations": value, "clusterResourceWhitelist": value, "project": value},
            {"ignoreDifferences": [{"jsonPointers": value, "jqPathExpressions": value}], "destination": value},
        ):
            metadata = {"name": "a", "annotations": {"argocd.argoproj.io/sync-wave": value}, "finalizers": value}
            content = {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}
            manifest = Manifest(content, "odd.yaml", 1)
            list(CHECKS[rule].judge(manifest, World([manifest])))
