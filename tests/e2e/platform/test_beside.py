"""A second cluster beside the first: they do not meet, and one's end leaves the other alone."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from tests.e2e.leftovers import iptables, leftovers
from tests.e2e.live import Live, eventually, platformctl

NAME, PORT_OFFSET = "beside", "21000"


@pytest.fixture(scope="module")
def beside(live: Live) -> Iterator[Live]:
    """A bare cluster while the platform's runs."""
    platformctl("down", "--name", NAME)
    platformctl("up", "--name", NAME, "--port-offset", PORT_OFFSET, "--bare")
    yield Live.named(NAME)
    platformctl("down", "--name", NAME)


def test_each_has_its_own_objects(live: Live, beside: Live) -> None:
    """What is made in one is not in the other, though names and addresses inside are the same."""
    beside.kubectl("create", "namespace", "only-here")

    assert "only-here" in beside.kubectl("get", "namespaces")
    assert "only-here" not in live.kubectl("get", "namespaces")
    assert beside.cluster.network != live.cluster.network


def test_no_address_of_one_is_reached_from_the_other(live: Live, beside: Live) -> None:
    """The host forwards nothing between them, in either direction."""
    pod = live.objects("pods", "-n", "staging", "-l", "app.kubernetes.io/name=postgres")[0]["metadata"]["name"]

    def reaches(address: str) -> bool:
        probe = f"exec 3<>/dev/tcp/{address}/6443"
        done = live.kubectl(
            "exec", "-n", "staging", pod, "--", "bash", "-c", f"timeout 3 bash -c '{probe}' && echo yes || echo no"
        )
        return done.strip() == "yes"

    socket.create_connection((beside.cluster.node_address, 6443), timeout=3).close()
    assert not reaches(beside.cluster.node_address)


def test_the_end_of_one_leaves_nothing_and_the_other_running(live: Live, beside: Live) -> None:
    """`down` removes all of the second cluster; the first answers as before."""
    rules = iptables()
    before = {name: row["pid"] for name, row in live.components().items()}
    assert any(leftovers(beside.cluster).values())

    platformctl("down", "--name", NAME)

    found = leftovers(beside.cluster)
    assert not any(found.values()), found
    assert iptables() == rules
    assert {name: row["pid"] for name, row in live.components().items()} == before
    eventually("the shop answers", lambda: "data-product-id" in live.page(), seconds=20)
