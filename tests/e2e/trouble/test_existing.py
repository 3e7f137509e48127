"""The platform on an existing cluster: a second embedded one, with its own registry and Git server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.e2e.leftovers import iptables, leftovers
from tests.e2e.live import Live, eventually, platformctl

from platformctl.cluster.secrets import ensure as secrets_of

NAME, PORT_OFFSET = "existing", "23000"


@pytest.fixture(scope="module")
def existing() -> Iterator[Live]:
    """A bare cluster, known to the command line only by its kubeconfig context."""
    platformctl("down", "--name", NAME)
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET, "--bare")
    yield Live.named(NAME)
    platformctl("down", "--name", NAME)


def test_the_platform_comes_up_on_it(existing: Live) -> None:
    """Every Application is Synced and Healthy, and the shop answers through that cluster's port."""
    password = secrets_of(existing.cluster.folder)["git"]
    git_url = f"http://platform-bot:{password}@{existing.cluster.node_address}:3001"

    platformctl("up", "--context", NAME, "--git-url", git_url, KUBECONFIG=str(existing.cluster.kubeconfig))

    states = {
        (app["status"]["sync"]["status"], app["status"]["health"]["status"])
        for app in existing.objects("applications.argoproj.io", "-n", "argocd")
    }
    assert states == {("Synced", "Healthy")}
    eventually("products", lambda: "data-product-id" in existing.page(), seconds=30)


def test_down_removes_the_whole_platform(existing: Live) -> None:
    """With some forty pods running, nothing of the cluster is left."""
    rules = iptables()

    platformctl("down", "--name", NAME)

    found = leftovers(existing.cluster)
    assert not any(found.values()), found
    assert iptables() == rules
