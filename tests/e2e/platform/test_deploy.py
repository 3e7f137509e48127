"""From a working tree to a shop, and from a push to what runs."""

from __future__ import annotations

import re
import subprocess
import uuid

import pytest
from tests.e2e.live import Clone, Live, eventually, platformctl

SERVICES = ("frontend", "product-api", "order-api")
ENVIRONMENTS = ("staging", "production")


def test_everything_is_synced_and_healthy(live: Live) -> None:
    """`up` ended with 0, so every Application has to be Synced and Healthy now."""
    apps = live.objects("applications.argoproj.io", "-n", "argocd")
    states = {
        app["metadata"]["name"]: (app["status"]["sync"]["status"], app["status"]["health"]["status"]) for app in apps
    }

    expected = {f"{service}-{environment}" for service in SERVICES for environment in ENVIRONMENTS}
    assert expected | {"root", "argo-cd", "platform-staging", "platform-production"} <= set(states)
    assert set(states.values()) == {("Synced", "Healthy")}, states


def test_status_lists_services_with_revision_digest_and_replicas(live: Live) -> None:
    """Two environments times three services, each with all its replicas, on images by digest."""
    table = platformctl("status", "--name", live.cluster.name).stdout

    for service in SERVICES:
        for environment in ENVIRONMENTS:
            row = next(line for line in table.splitlines() if line.startswith(f"{service}-{environment} "))
            fields = re.search(r"Synced\s+Healthy\s+[0-9a-f]{12}\s+[0-9a-f]{12}\s+(\d+)/(\d+)$", row)
            assert fields, row
            assert fields[1] == fields[2], row
            assert int(fields[2]) >= 2, row


def test_pods_run_the_digests_that_git_demands(live: Live, clone: Clone) -> None:
    """What the containers say they run is what base/<service>/kustomization.yaml says."""
    for service in SERVICES:
        text = (clone.folder / "base" / service / "kustomization.yaml").read_text()
        digest = re.search(r"sha256:[0-9a-f]{64}", text)
        assert digest, text
        for environment in ENVIRONMENTS:
            pods = live.objects("pods", "-n", environment, "-l", f"app.kubernetes.io/name={service}")
            running = {
                status["imageID"].rpartition("@")[2] for pod in pods for status in pod["status"]["containerStatuses"]
            }
            assert running == {digest[0]}, (service, environment)


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_shop_shows_products(live: Live, environment: str) -> None:
    """The page comes through Traefik and holds what product-api has in PostgreSQL."""
    page = live.page(environment=environment)

    assert page.count("data-product-id") >= 3
    products = live.request("/api/products?limit=3", environment=environment).json()["items"]
    assert all(product["name"] for product in products)
    assert len(products) == 3


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_order_is_placed_and_read_back(live: Live, environment: str) -> None:
    """Stock goes down by what was ordered, and the order is there with the catalogue's price."""
    product = live.request("/api/products?limit=1", environment=environment).json()["items"][0]
    order = {
        "customer": {"name": "Ada", "email": "ada@techcommerce.example"},
        "lines": [{"product_id": product["id"], "quantity": 2}],
    }
    key = str(uuid.uuid4())

    placed = live.request("/api/orders", environment=environment, method="POST", body=order, Idempotency_Key=key)
    again = live.request("/api/orders", environment=environment, method="POST", body=order, Idempotency_Key=key)

    assert placed.status == 201, placed.text
    assert again.json()["number"] == placed.json()["number"]
    read = live.request(f"/api/orders/{placed.json()['number']}", environment=environment).json()
    assert read["status"] == "placed"
    assert [(line["quantity"], line["unit_price_cents"]) for line in read["lines"]] == [(2, product["price_cents"])]
    now = live.request(f"/api/products/{product['id']}", environment=environment).json()
    assert now["stock"] == product["stock"] - 2


def test_a_setting_is_live_in_staging_and_not_in_production(live: Live, clone: Clone) -> None:
    """A commit on main reaches staging alone: production runs its pins."""
    name = f"Shop {uuid.uuid4().hex[:8]}"
    before = live.application("frontend-production")["status"]["sync"]["revision"]
    clone.edit(
        "overlays/staging/frontend/differences/settings.env", "TECHCOMMERCE_SHOP_NAME=TechCommerce (staging)",
        f"TECHCOMMERCE_SHOP_NAME={name}",
    )  # fmt: skip

    commit = clone.push("Rename the shop in staging")

    eventually(
        "Synced at the commit",
        lambda: _sync(live, "frontend-staging") == ("Synced", commit),
    )
    eventually("the new name in staging", lambda: name in live.page(environment="staging"), seconds=180)
    assert name not in live.page(environment="production")
    assert live.application("frontend-production")["status"]["sync"]["revision"] == before


def test_a_moved_pin_is_live_in_production(live: Live, clone: Clone) -> None:
    """A change of base reaches production when its pin moves to the commit, and not before."""
    name = f"Store {uuid.uuid4().hex[:8]}"
    clone.edit(
        "base/frontend/kustomization.yaml", "TECHCOMMERCE_SHOP_NAME=TechCommerce", f"TECHCOMMERCE_SHOP_NAME={name}"
    )
    commit = clone.push("Rename the shop everywhere")
    eventually(
        "staging has the commit",
        lambda: live.application("frontend-staging")["status"]["sync"]["revision"] == commit,
    )
    assert name not in live.page(environment="production")

    path = clone.folder / "clusters/local/production.yaml"
    moved, count = re.subn(r"(name: frontend, revision: )\"?[0-9a-f]{40}\"?", rf"\g<1>{commit}", path.read_text())
    assert count == 1
    path.write_text(moved)
    clone.push("Move the frontend's pin in production")

    eventually("the new name in production", lambda: name in live.page(), seconds=240)
    assert live.application("frontend-production")["status"]["sync"]["revision"] == commit


def test_prometheus_scrapes_services_and_rollouts(live: Live) -> None:
    """Releases will be judged by these series."""

    def value(query: str) -> float:
        return next(iter(live.samples(query)), 0.0)

    for service in SERVICES:
        up = f'count(up{{namespace=~"staging|production",pod=~"{service}-.*"}}==1)'
        eventually(f"targets of {service}", lambda up=up: value(up) >= 4, seconds=120)
    eventually("rollout metrics", lambda: value("count(rollout_info)") >= 6, seconds=120)
    eventually("request metrics", lambda: value('sum(http_requests_total{namespace="production"})') > 0, seconds=120)


def _sync(live: Live, name: str) -> tuple[str, str]:
    sync = live.application(name)["status"]["sync"]
    return sync["status"], sync["revision"]


def test_a_second_up_changes_nothing_that_runs(live: Live) -> None:
    """It puts the working tree back on main, and the cluster's processes stay the same."""
    before = {name: row["pid"] for name, row in live.components().items()}

    platformctl("up", "--name", live.cluster.name)

    assert {name: row["pid"] for name, row in live.components().items()} == before


@pytest.mark.parametrize(("service", "reached"), [("product-api", True), ("frontend", False)])
def test_network_policies_are_enforced(live: Live, service: str, reached: bool) -> None:
    """The database answers the services that have one, and nobody else in the same namespace."""
    connect = "import socket; socket.create_connection(('postgres', 5432), timeout=3).close(); print('reached')"
    pod = live.objects("pods", "-n", "staging", "-l", f"app.kubernetes.io/name={service}")[0]["metadata"]["name"]
    try:
        output = live.kubectl("exec", "-n", "staging", pod, "-c", service, "--", "/usr/bin/python3.11", "-c", connect)
    except subprocess.CalledProcessError as error:
        output = error.stderr

    assert ("reached" in output) is reached
    assert ("TimeoutError" in output or "ConnectionRefusedError" in output) is not reached
