"""Rules on the network: whom policies let through, whom Services and routes lead to."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from platformctl.checks.outside import Outside
from platformctl.checks.protocol import World
from platformctl.checks.rules.network import CHECKS
from platformctl.manifests import Manifest, dotted

Object = dict[str, Any]
NEIGHBOURS: Object = {"podSelector": {}}
DNS = {
    "to": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}],
    "ports": [{"port": 53, "protocol": "UDP"}],
}


def workload(kind: str = "Rollout", name: str = "web", namespace: str = "shop", **pod: Any) -> Object:
    """A workload whose pods carry the label app and serve on port 5000."""
    container = {"name": "web", "image": "shop:1", "ports": [{"name": "http", "containerPort": 5000}]}
    template = {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container], **pod}}
    version = "argoproj.io/v1alpha1" if kind == "Rollout" else "batch/v1" if kind == "CronJob" else "apps/v1"
    spec = {"jobTemplate": {"spec": {"template": template}}} if kind == "CronJob" else {"template": template}
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}, "spec": spec}


def policy(selector: Object | None = None, namespace: str = "shop", name: str = "policy", **spec: Any) -> Object:
    """A NetworkPolicy; without a selector it is about all pods."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"podSelector": selector or {}, **spec},
    }


def service(namespace: str = "shop", name: str = "web", app: str = "web", **spec: Any) -> Object:
    """A Service of port 80 that leads to http."""
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": app}},
        "spec": {"selector": {"app": app}, "ports": ports, **spec},
    }


def other(version: str, kind: str, spec: Object, namespace: str = "shop", name: str = "web", **metadata: Any) -> Object:
    """An object of any kind."""
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": name, "namespace": namespace, **metadata},
        "spec": spec,
    }


def world(objects: Sequence[Mapping[str, Any]], *, whole: bool = False, outside: tuple[Outside, ...] = ()) -> World:
    """Objects as the gate sees them."""
    return World([Manifest(each, "test.yaml", 1) for each in objects], whole=whole, outside=outside)


def found(rule: str, *objects: Mapping[str, Any], whole: bool = False, outside: tuple[Outside, ...] = ()) -> list[str]:
    """Where a rule is broken: object and path."""
    check, judged = CHECKS[rule], world(objects, whole=whole, outside=outside)
    return [
        f"{manifest.kind} {manifest.name} {dotted(violation.path)}"
        for manifest in judged.manifests
        if manifest.kind in check.kinds
        for violation in check.judge(manifest, judged)
    ]


RULES = [{"from": [NEIGHBOURS]}]


@pytest.mark.parametrize("kind", ["Deployment", "Rollout", "CronJob"])
@pytest.mark.parametrize(
    ("spec", "ingress", "egress"),
    [
        pytest.param({}, True, False, id="without types and rules it is about ingress"),
        pytest.param({"policyTypes": []}, True, False, id="an empty list of types is none"),
        pytest.param({"egress": [{"to": [NEIGHBOURS]}]}, True, True, id="egress rules make it about both"),
        pytest.param({"egress": []}, True, False, id="an empty list of egress rules does not"),
        pytest.param({"policyTypes": ["Egress"], "ingress": RULES}, False, True, id="types are the last word"),
        pytest.param({"policyTypes": ["Ingress"], "egress": [{}]}, True, False, id="rules of no named type are void"),
    ],
)
def test_policy_types_default_as_in_kubernetes(kind: str, spec: Object, ingress: bool, egress: bool) -> None:
    objects = [workload(kind), policy({"matchLabels": {"app": "web"}}, **spec)]

    assert bool(found("network-policy-missing-ingress", *objects)) is not ingress
    assert bool(found("network-policy-missing-egress", *objects)) is not egress


@pytest.mark.parametrize(
    ("selector", "covered"),
    [
        ({"matchLabels": {"app": "other"}}, False),
        ({"matchExpressions": [{"key": "app", "operator": "In", "values": ["web", "api"]}]}, True),
        ({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["web"]}]}, False),
        ({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}, True),
        ({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "Exists"}]}, False),
    ],
)
def test_selectors_of_policies(selector: Object, covered: bool) -> None:
    objects = [workload(), policy(selector, policyTypes=["Ingress", "Egress"])]

    assert bool(found("network-policy-missing-ingress", *objects)) is not covered
    assert bool(found("network-policy-dangling", *objects)) is not covered


def test_policy_of_another_namespace_covers_nothing() -> None:
    assert found("network-policy-missing-ingress", workload(), policy(namespace="elsewhere"))


def test_object_without_namespace_stands_in_default() -> None:
    """Where one file says default and another says nothing, both mean the same."""
    nameless = workload()
    del nameless["metadata"]["namespace"]

    assert not found("network-policy-missing-ingress", nameless, policy(namespace="default"))


def test_policy_of_a_plugin_is_no_policy_of_kubernetes() -> None:
    calico = policy() | {"apiVersion": "projectcalico.org/v3"}

    assert found("network-policy-missing-ingress", workload(), calico)
    assert not found("network-policy-dangling", workload(), calico)


def test_policy_among_pods_of_other_namespaces_is_not_judged() -> None:
    """Its own may be in another file; alone, or where its namespace is described, it selects nobody."""
    dangling = policy({"matchLabels": {"app": "gone"}})

    assert not found("network-policy-dangling", dangling, workload(namespace="elsewhere"))
    assert found("network-policy-dangling", dangling, workload(namespace="elsewhere"), whole=True)
    assert found("network-policy-dangling", dangling)
    assert found("network-policy-dangling", dangling, workload())


CLOSED: Object = {"policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize(
    ("policies", "is_open"),
    [
        pytest.param([policy(**CLOSED)], False, id="closed"),
        pytest.param([policy({"matchLabels": {}, "matchExpressions": []}, **CLOSED)], False, id="empty selector"),
        pytest.param([policy({"matchLabels": {"app": "web"}}, **CLOSED)], True, id="one service only"),
        pytest.param([policy(**CLOSED, ingress=[{}])], True, id="closed and opened again"),
        pytest.param([policy(), policy(policyTypes=["Egress"], name="out")], False, id="a policy for each direction"),
    ],
)
def test_default_deny(policies: list[Object], is_open: bool) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    objects = [namespace, workload(), *policies]

    assert bool(found("network-policy-default-deny", *objects)) is is_open
    # without the Namespace the first policy answers for it
    assert bool(found("network-policy-default-deny", *objects[1:])) is is_open


def test_pods_without_any_policy_are_said_once() -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}

    assert not found("network-policy-default-deny", namespace, workload())
    assert found("network-policy-missing-ingress", namespace, workload())
    assert found("network-policy-default-deny", namespace, whole=True)


def block(cidr: str, *gaps: str) -> Object:
    return {"ipBlock": {"cidr": cidr, "except": list(gaps)}}


HTTPS, ANY = [{"port": 443}], None
METADATA, KUBELET, OPEN = "network-policy-metadata-api", "network-policy-kubelet", "network-policy-open-egress"


@pytest.mark.parametrize(
    ("to", "ports", "broken"),
    [
        ([block("169.254.169.254/32")], ANY, {METADATA}),
        ([block("169.254.169.254/32")], [{"port": 53, "protocol": "UDP"}], set()),  # Google's DNS has the same address
        ([block("169.254.0.0/16")], [{"port": 80}], {METADATA}),
        ([block("169.254.0.0/16", "169.254.169.254/32")], [{"port": 80}], set()),
        ([block("169.254.170.2/32")], [{"port": 80}], {METADATA}),  # the one of ECS
        ([block("fd00:ec2::254/128")], ANY, {METADATA}),
        ([block("0.0.0.0/0")], ANY, {METADATA, KUBELET, OPEN}),
        ([block("::/0")], ANY, {METADATA, KUBELET, OPEN}),
        ([block("0.0.0.0/0", "169.254.169.254/32", "10.0.0.0/8")], ANY, set()),
        ([block("0.0.0.0/0", "169.254.0.0/16", "10.0.0.0/8")], ANY, set()),
        ([block("0.0.0.0/0", "169.254.169.254/32")], ANY, {KUBELET}),
        ([block("0.0.0.0/0")], HTTPS, {OPEN}),
        ([block("0.0.0.0/0")], [{"port": 1, "endPort": 100}], {METADATA, OPEN}),
        ([block("203.0.113.0/24")], ANY, set()),
        ([block("203.0.113.0/24")], [{"port": 10250}], {KUBELET}),
        ([], ANY, {METADATA, KUBELET, OPEN}),
        ([], [{"port": 53, "protocol": "UDP"}, {"port": 53}], set()),
        ([], [{"port": 10255}], {KUBELET, OPEN}),
        ([{"namespaceSelector": {}}], ANY, set()),
        ([{"namespaceSelector": {}}], [{"port": 10250}], {KUBELET}),
        ([{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "metrics"}}}], [{"port": 10250}], set()),
        ([{"podSelector": {}}], [{"port": 10250}], set()),
        ([block("no network")], ANY, set()),
    ],
)
def test_what_egress_opens(to: list[Object], ports: list[Object] | None, broken: set[str]) -> None:
    rule = {key: value for key, value in (("to", to), ("ports", ports)) if value}
    objects = [policy(policyTypes=["Egress"], egress=[rule])]

    assert {each for each in (METADATA, KUBELET, OPEN) if found(each, *objects)} == broken


def test_egress_rules_of_an_ingress_policy_open_nothing() -> None:
    assert not found(METADATA, policy(policyTypes=["Ingress"], egress=[{}]))


def test_peer_of_another_namespace_is_judged_only_where_everything_is_known() -> None:
    peer = {"namespaceSelector": {"matchLabels": {"team": "a"}}, "podSelector": {"matchLabels": {"app": "proxy"}}}
    objects = [workload(), policy(ingress=[{"from": [peer]}])]
    space = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "edge", "labels": {"team": "a"}}}

    assert not found("network-policy-peer", *objects)
    assert found("network-policy-peer", *objects, whole=True)
    assert not found("network-policy-peer", *objects, space, workload(name="proxy", namespace="edge"), whole=True)


def test_peers_may_be_pods_of_operators_and_pods_outside_of_git() -> None:
    prometheus = other("monitoring.coreos.com/v1", "Prometheus", {}, "monitoring")
    named = {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}
    dns = {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
        "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
    }
    scraping = {"namespaceSelector": named, "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}}
    objects = [workload(), policy(ingress=[{"from": [scraping]}]), policy(egress=[{"to": [dns]}], name="dns")]
    outside = (Outside("Pod", "coredns", "the cluster", 1, "kube-system", labels={"k8s-app": "kube-dns"}),)

    assert len(found("network-policy-peer", *objects, whole=True)) == 2
    assert not found("network-policy-peer", *objects, prometheus, whole=True, outside=outside)


@pytest.mark.parametrize(
    ("egress", "pod", "broken"),
    [
        pytest.param([{"to": [NEIGHBOURS]}], {}, True, id="neighbours only"),
        pytest.param([{"to": [NEIGHBOURS]}, DNS], {}, False, id="and DNS"),
        pytest.param([{"to": [NEIGHBOURS], "ports": DNS["ports"]}], {}, True, id="the neighbours are no DNS"),
        pytest.param([{"to": DNS["to"], "ports": [{"port": 53}]}], {}, True, id="TCP only"),
        pytest.param([{"ports": [{"port": 1, "endPort": 1000, "protocol": "UDP"}]}], {}, False, id="a range"),
        pytest.param([{"to": [{"namespaceSelector": {}}]}], {}, False, id="every namespace on every port"),
        pytest.param([], {}, False, id="it talks to nobody"),
        pytest.param([{"to": [NEIGHBOURS]}], {"hostNetwork": True}, False, id="policies do not reach the node"),
        pytest.param([{"to": [NEIGHBOURS]}], {"dnsPolicy": "None"}, False, id="it brings resolvers of its own"),
    ],
)
def test_dns(egress: list[Object], pod: Object, broken: bool) -> None:
    objects = [workload(**pod), policy(policyTypes=["Egress"], egress=egress)]

    assert bool(found("network-policy-dns", *objects)) is broken


@pytest.mark.parametrize(
    ("ports", "broken"),
    [
        ([], False),
        ([{"port": 5000}], False),
        ([{"port": "http"}], False),
        ([{"port": 4000, "endPort": 6000}], False),
        ([{"port": 80}], True),  # the Service's port, not the pods'
        ([{"port": "https"}], True),
        ([{"port": 5000, "protocol": "UDP"}], True),
    ],
)
def test_policies_let_somebody_reach_a_service(ports: list[Object], broken: bool) -> None:
    rule = {"from": [NEIGHBOURS], **({"ports": ports} if ports else {})}

    assert bool(found("network-policy-service", workload(), service(), policy(ingress=[rule]))) is broken


def test_several_policies_add_up() -> None:
    one, two = ({"from": [NEIGHBOURS], "ports": [{"port": port}]} for port in (80, 5000))

    assert found("network-policy-service", workload(), service(), policy(), policy(ingress=[one], name="one"))
    assert not found("network-policy-service", workload(), service(), policy(), policy(ingress=[two], name="two"))


TRAEFIK = workload("Deployment", "traefik", "traefik", containers=[{"name": "t", "image": "docker.io/traefik:v3.6"}])
FROM_TRAEFIK = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "traefik"}}}


def route(name: str = "web", kind: str = "Service", match: str = "Host(`shop`)", **spec: Any) -> Object:
    services = [{"name": name, "kind": kind, "port": 80}]
    return other("traefik.io/v1alpha1", "IngressRoute", {"routes": [{"match": match, "services": services}], **spec})


def weighted(*names: str) -> Object:
    services = [{"name": name, "port": 80} for name in names]
    return other("traefik.io/v1alpha1", "TraefikService", {"weighted": {"services": services}}, name="weighted")


@pytest.mark.parametrize(("source", "broken"), [(FROM_TRAEFIK, False), (NEIGHBOURS, True)])
@pytest.mark.parametrize("through", [[route()], [route("weighted", "TraefikService"), weighted("web")]])
def test_policies_let_traefik_reach_what_routes_name(source: Object, broken: bool, through: list[Object]) -> None:
    objects = [TRAEFIK, workload(), service(), *through, policy(ingress=[{"from": [source]}])]

    assert bool(found("network-policy-route", *objects, whole=True)) is broken
    assert not found("network-policy-route", *objects)  # among loose files that Traefik need not be the one


def test_egress_of_the_proxy_counts_as_well() -> None:
    objects = [TRAEFIK, workload(), service(), route()]
    closed = policy(namespace="traefik", policyTypes=["Egress"], egress=[DNS])

    assert not found("network-policy-route", *objects, whole=True)
    assert found("network-policy-route", *objects, closed, whole=True)


def monitor(**spec: Any) -> Object:
    defaults = {"selector": {"matchLabels": {"app": "web"}}, "endpoints": [{"port": "http"}]}
    return other("monitoring.coreos.com/v1", "ServiceMonitor", {**defaults, **spec})


def test_policies_let_prometheus_scrape() -> None:
    everything: Object = {"serviceMonitorSelector": {}, "serviceMonitorNamespaceSelector": {}}
    prometheus = other("monitoring.coreos.com/v1", "Prometheus", everything, "monitoring")
    named = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}}
    objects = [workload(), service(), monitor(), prometheus]

    assert found("network-policy-monitor", *objects, policy(ingress=[{"from": [NEIGHBOURS]}]))
    assert not found("network-policy-monitor", *objects, policy(ingress=[{"from": [named]}]))
    # one that takes up other monitors does not matter
    labelled = {"matchLabels": {"a": "b"}}
    others: list[Object] = [{"serviceMonitorSelector": {}}, {**everything, "serviceMonitorSelector": labelled}]
    for spec in others:
        elsewhere = other("monitoring.coreos.com/v1", "Prometheus", spec, "monitoring")
        assert not found("network-policy-monitor", *objects[:3], elsewhere, policy(ingress=[{"from": [NEIGHBOURS]}]))


def caller(url: str) -> Object:
    """A workload whose environment names another."""
    env = [{"name": "API_URL", "value": url}]
    return workload("Deployment", "shop", containers=[{"name": "shop", "image": "shop:1", "env": env}])


@pytest.mark.parametrize(
    ("url", "missing"),
    [
        ("http://web", False),
        ("http://web:80/v1", False),
        ("http://user@web.shop.svc.cluster.local:80", False),
        ("http://web.shop.svc", False),
        ("http://web.shop", False),
        ("http://web:5000", True),  # the pods' port
        ("https://web", True),
        ("http://api", True),
        ("http://web.elsewhere.svc", False),  # what is there is not known
        ("http://api.example.com", False),
        ("http://web.shop.example", False),
        ("http://localhost:8080", False),
        ("http://127.0.0.1:8080", False),
        ("postgresql+asyncpg://web:80/shop", False),
        ("no URL at all", False),
        ("http://$(HOST):80", False),
    ],
)
def test_urls_of_environments_name_services(url: str, missing: bool) -> None:
    assert bool(found("service-url", caller(url), workload(), service())) is missing


def test_urls_of_config_maps_count_as_well() -> None:
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "s", "namespace": "shop"}}
    pod = workload(containers=[{"name": "web", "envFrom": [{"configMapRef": {"name": "s"}}]}])

    assert found("service-url", pod, service(), settings | {"data": {"A": "http://api", "B": "http://web"}})
    assert not found("service-url", pod, service(), settings | {"data": {"B": "http://web"}})


OUT, IN = {"to": [NEIGHBOURS], "ports": [{"port": 5000}]}, {"from": [NEIGHBOURS], "ports": [{"port": 5000}]}


@pytest.mark.parametrize(
    ("policies", "closed"),
    [
        pytest.param([], False, id="no policies"),
        pytest.param([policy(policyTypes=["Ingress", "Egress"], ingress=[IN], egress=[OUT])], False, id="both ends"),
        pytest.param([policy(policyTypes=["Ingress", "Egress"], ingress=[IN])], True, id="nothing goes out"),
        pytest.param([policy(policyTypes=["Ingress", "Egress"], egress=[OUT])], True, id="nothing comes in"),
        pytest.param([policy(policyTypes=["Egress"], egress=[{**OUT, "ports": [{"port": 80}]}])], True,
                     id="the port of the Service instead of the pods'"),
    ],
)  # fmt: skip
def test_policies_let_calls_through(policies: list[Object], closed: bool) -> None:
    objects = [caller("http://web"), workload(), service(), *policies]

    assert bool(found("network-policy-call", *objects)) is closed


def test_calls_go_through_aliases_into_other_namespaces() -> None:
    """A Service that is only another name leads to the pods behind the one that it names."""
    alias = service(name="api", type="ExternalName", externalName="web.edge.svc.cluster.local")
    behind = [workload(namespace="edge"), service("edge")]
    named = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "edge"}}}
    closed, opened = (policy(policyTypes=["Egress"], egress=[{"to": [peer]}]) for peer in (NEIGHBOURS, named))

    assert found("network-policy-call", caller("http://api"), alias, *behind, closed)
    assert not found("network-policy-call", caller("http://api"), alias, *behind, opened)


def test_alias_of_itself_ends() -> None:
    alias = service(type="ExternalName", externalName="web.shop.svc.cluster.local")

    assert not found("network-policy-call", caller("http://web"), alias)


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        ({}, False),
        ({"selector": {"app": "web", "tier": "front"}}, True),
        ({"selector": {}}, False),
        ({"selector": None}, False),
        ({"type": "ExternalName", "selector": {"app": "nobody"}}, False),
    ],
)
def test_services_select_pods(changed: Object, broken: bool) -> None:
    assert bool(found("service-selects-pods", workload(), service(**changed))) is broken


def test_service_whose_pods_stand_in_another_namespace() -> None:
    """Beside them in one file it can mean no others; alone nobody knows."""
    assert found("service-selects-pods", workload(namespace="elsewhere"), service())
    assert not found("service-selects-pods", service())
    assert not found("service-selects-pods", workload(namespace="elsewhere", name="other"), service())


def test_template_with_labels_alone_says_which_pods_there_are() -> None:
    unfinished = workload("Deployment")
    del unfinished["spec"]["template"]["spec"]

    assert not found("service-selects-pods", unfinished, service())
    assert found("service-selects-pods", unfinished, service(app="other"))
    assert not found("service-target-port", unfinished, service())


def test_service_of_knative_is_another_thing() -> None:
    assert not found(
        "service-selects-pods", workload(name="other"), service() | {"apiVersion": "serving.knative.dev/v1"}
    )


@pytest.mark.parametrize(
    ("target", "broken"),
    [("http", False), (5000, False), ("5000", False), ("https", True), (8080, True), (None, True)],
)
def test_target_port_is_a_port_of_the_pods(target: object, broken: bool) -> None:
    port = {"port": 80} if target is None else {"port": 80, "targetPort": target}

    assert bool(found("service-target-port", workload(), service(ports=[port]))) is broken


def test_pods_that_name_no_port_may_have_any_number() -> None:
    silent = workload(containers=[{"name": "web", "image": "shop:1"}])

    assert not found("service-target-port", silent, service(ports=[{"port": 80, "targetPort": 5000}]))
    assert found("service-target-port", silent, service(ports=[{"port": 80, "targetPort": "http"}]))


STEERED = {"canary": {"canaryService": "web", "stableService": "stable"}}


def test_services_of_a_rollout_share_their_selector() -> None:
    rollout = workload()
    rollout["spec"]["strategy"] = STEERED
    pair = [service(), service(name="stable")]

    assert not found("service-selector-unique", rollout, *pair)
    assert found("service-selector-unique", workload(), *pair) == ["Service stable spec.selector"]


@pytest.mark.parametrize(
    "second",
    [service(name="two", clusterIP="None"), service(name="two", ports=[{"port": 9100}]), service(name="two", app="api"),
     service("elsewhere")],
    ids=["headless", "other port", "other pods", "other namespace"],
)  # fmt: skip
def test_services_that_are_no_copies(second: Object) -> None:
    assert not found("service-selector-unique", service(), second)


@pytest.mark.parametrize(
    ("rule", "spec", "annotations", "broken"),
    [
        ("service-node-port", {"type": "NodePort"}, {}, True),
        ("service-node-port", {"type": "LoadBalancer"}, {}, False),
        ("service-load-balancer", {"type": "LoadBalancer"}, {}, True),
        ("service-load-balancer", {"type": "LoadBalancer"}, {"cloud.google.com/load-balancer-type": "Internal"}, False),
        ("service-external-ips", {"externalIPs": ["203.0.113.7"]}, {}, True),
        ("service-external-ips", {"externalIPs": []}, {}, False),
    ],
)
def test_services_that_lead_outside(rule: str, spec: Object, annotations: Object, broken: bool) -> None:
    each = service(**spec)
    each["metadata"]["annotations"] = annotations

    assert bool(found(rule, each)) is broken


def ingress(name: str = "web", host: str = "shop.example", port: Object | None = None, **spec: Any) -> Object:
    backend = {"service": {"name": "web", "port": port or {"number": 80}}}
    rule = {"host": host, "http": {"paths": [{"path": "/", "backend": backend}]}}
    return other("networking.k8s.io/v1", "Ingress", {"rules": [rule], **spec}, name=name)


@pytest.mark.parametrize(
    ("port", "broken"), [({"number": 80}, False), ({"name": "http"}, False), ({"number": 5000}, True)]
)
def test_ingress_names_the_port_of_the_service(port: Object, broken: bool) -> None:
    assert bool(found("ingress-backend", service(), ingress(port=port))) is broken
    assert not found("ingress-backend", ingress(port=port))  # the Service may be elsewhere
    assert found("ingress-backend", ingress(port=port), whole=True)


def test_ingress_of_the_old_form() -> None:
    def old(name: str) -> Object:
        spec = {"backend": {"serviceName": name, "servicePort": "http"}}
        return other("extensions/v1beta1", "Ingress", spec)

    assert found("ingress-backend", service(), old("wbe")) == ["Ingress web spec.backend"]
    assert not found("ingress-backend", service(), old("web"))


@pytest.mark.parametrize(
    ("tls", "broken"),
    [
        ([], True),
        ([{"hosts": ["shop.example"]}], False),
        ([{"hosts": ["*.example"]}], False),
        ([{"secretName": "web"}], False),
        ([{"hosts": ["other.example"]}], True),
    ],
)
def test_ingress_is_encrypted(tls: list[Object], broken: bool) -> None:
    assert bool(found("ingress-tls", ingress(tls=tls))) is broken


@pytest.mark.parametrize(("host", "broken"), [("", True), ("*.shop.example", True), ("shop.example", False)])
def test_ingress_names_its_host(host: str, broken: bool) -> None:
    assert bool(found("ingress-host", ingress(host=host))) is broken


def test_host_and_path_belong_to_one_ingress_over_all_namespaces() -> None:
    second = ingress("second")
    second["metadata"]["namespace"] = "elsewhere"

    assert found("ingress-host-unique", ingress(), second) == ["Ingress second spec.rules[0].http.paths[0].path"]
    assert not found("ingress-host-unique", ingress(), ingress("second", host="other.example"))
    assert not found("ingress-host-unique", ingress(), ingress("second", ingressClassName="internal"))


@pytest.mark.parametrize(
    ("key", "broken"),
    [
        ("nginx.ingress.kubernetes.io/server-snippet", True),
        ("nginx.ingress.kubernetes.io/auth-snippet", True),
        ("nginx.ingress.kubernetes.io/proxy-body-size", False),
        ("example.com/snippet", False),
    ],
)
def test_snippets(key: str, broken: bool) -> None:
    each = ingress()
    each["metadata"]["annotations"] = {key: "x"}

    assert bool(found("ingress-snippet", each)) is broken


def test_traefik_routes_name_what_exists() -> None:
    middleware = other("traefik.io/v1alpha1", "Middleware", {}, name="strip")
    named = route(routes=[{"match": "x", "middlewares": [{"name": "strip"}, {"name": "auth@file"}]}])

    assert found("traefik-reference", route("weighted", "TraefikService"), weighted("web", "canary"), service()) == [
        "TraefikService weighted spec.weighted.services[1]"
    ]
    assert not found("traefik-reference", route("api@internal", "TraefikService"), whole=True)
    assert found("traefik-reference", named, whole=True) == ["IngressRoute web spec.routes[0].middlewares[0]"]
    assert not found("traefik-reference", named, middleware, whole=True)


def test_services_of_traefik_that_refer_to_each_other_end() -> None:
    """A circle is a fault of its own for Traefik, and no endless loop for us."""
    service_of_itself = weighted("weighted")
    service_of_itself["spec"]["weighted"]["services"][0]["kind"] = "TraefikService"

    assert not found(
        "network-policy-route", TRAEFIK, route("weighted", "TraefikService"), service_of_itself, whole=True
    )


def test_two_routes_with_one_match_at_different_entry_points() -> None:
    second = route(entryPoints=["internal"])

    assert not found("traefik-match-unique", route(entryPoints=["web"]), second)
    assert found("traefik-match-unique", route(), route(match="Host( `shop` )"))


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({}, None),
        ({"endpoints": [{"targetPort": "http"}]}, None),
        ({"endpoints": [{"port": "http"}, {"port": "metrics"}]}, "spec.endpoints[1]"),
        ({"selector": {"matchLabels": {"app": "api"}}}, "spec.selector"),
        ({"namespaceSelector": {"matchNames": ["elsewhere"]}}, None),  # what is there is not known
        ({"namespaceSelector": {"any": True}}, None),
    ],
)
def test_monitors_select_a_service_and_its_port(spec: Object, path: str | None) -> None:
    expected = [] if path is None else [f"ServiceMonitor web {path}"]

    assert found("monitor-target", workload(), service(), monitor(**spec)) == expected


def test_monitor_of_pods_names_the_port_of_containers() -> None:
    def pods(port: str) -> Object:
        spec = {"selector": {"matchLabels": {"app": "web"}}, "podMetricsEndpoints": [{"port": port}]}
        return other("monitoring.coreos.com/v1", "PodMonitor", spec)

    assert not found("monitor-target", workload(), pods("http"))
    assert found("monitor-target", workload(), pods("metrics"))


@pytest.mark.parametrize("spec", [None, 7, "text", [], [None], {"rules": {"a": 1}}, {"egress": [7, None, {"to": [7]}]}])
@pytest.mark.parametrize("rule", sorted(CHECKS))
def test_odd_objects_are_no_crash(rule: str, spec: object) -> None:
    """Whatever somebody wrote: a rule finds something or nothing."""
    for kind in CHECKS[rule].kinds:
        for version in ("v1", "apps/v1", "networking.k8s.io/v1", "traefik.io/v1alpha1", "monitoring.coreos.com/v1"):
            odd = {"apiVersion": version, "kind": kind, "metadata": {"name": "odd"}, "spec": spec}
            pods = workload(containers=[7, {"ports": [None, {"containerPort": "x"}], "image": 7}])
            found(rule, odd, pods, service(ports=[None, {"port": {}}]), policy(spec={}), whole=True)


def test_selection_does_not_grow_with_the_square() -> None:
    """A thousand namespaces with twenty objects each cost a few seconds at most."""
    objects = []
    for number in range(1000):
        space = f"n{number}"
        objects += [workload(name=f"w{each}", namespace=space) for each in range(5)]
        objects += [service(space, f"w{each}", f"w{each}") for each in range(5)]
        objects += [policy({"matchLabels": {"app": f"w{each}"}}, space, f"w{each}", **CLOSED) for each in range(10)]
    judged = world(objects, whole=True)

    began = time.process_time()
    for check in CHECKS.values():
        for manifest in judged.manifests:
            if manifest.kind in check.kinds:
                list(check.judge(manifest, judged))

    assert time.process_time() - began < 10
