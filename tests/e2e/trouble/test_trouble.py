"""Bad input, interruptions and damage, on a bare cluster: a clear message, and a next command that repairs."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.leftovers import iptables, leftovers
from tests.e2e.live import ROOT, Live, eventually, platformctl

from platformctl.cluster import launch
from platformctl.cluster.config import Cluster, remains

NAME, PORT_OFFSET = "trouble", "22000"
UP = ("up", "--name", NAME, "--port-offset", PORT_OFFSET, "--bare")


@pytest.fixture
def removed() -> Iterator[None]:
    """No cluster of this name before and after."""
    platformctl("down", "--name", NAME)
    yield
    platformctl("down", "--name", NAME)


@pytest.mark.usefixtures("removed")
def test_up_and_down_leave_nothing() -> None:
    """A cluster with running pods is removed without a trace, iptables included."""
    rules = iptables()
    platformctl(*UP)
    live = Live.named(NAME)
    eventually("the default service account", lambda: live.objects("serviceaccount", "default"), seconds=30)
    live.kubectl("run", "sleeper", "--image=registry.k8s.io/pause:3.10")
    eventually("a running pod", lambda: live.objects("pod", "sleeper")[0]["status"]["phase"] == "Running", seconds=60)

    platformctl("down", "--name", NAME)

    found = leftovers(live.cluster)
    assert not any(found.values()), found
    assert iptables() == rules


@pytest.mark.usefixtures("removed")
def test_a_second_up_keeps_every_process() -> None:
    """Nothing is restarted when nothing changed."""
    platformctl(*UP)
    before = {name: row["pid"] for name, row in Live.named(NAME).components().items()}

    platformctl(*UP)

    assert {name: row["pid"] for name, row in Live.named(NAME).components().items()} == before


@pytest.mark.usefixtures("removed")
def test_an_interrupted_up_is_repaired_by_the_next() -> None:
    """SIGKILL to `up` and to the supervisor in the middle of a start; `up` again ends well."""
    child = subprocess.Popen(
        [str(ROOT / ".venv/bin/platformctl"), *UP], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    state = eventually("a started etcd", lambda: _etcd(), seconds=60, pause=0.05)
    child.send_signal(signal.SIGKILL)
    child.wait()
    os.kill(state["pid"], signal.SIGKILL)

    platformctl(*UP)

    live = Live.named(NAME)
    assert all(row["ready"] for row in live.components().values())
    assert "node" in live.kubectl("get", "nodes")


@pytest.mark.usefixtures("removed")
@pytest.mark.parametrize("damage", ["cluster.json", "pki/ca.crt", "supervisor.json", "kubeconfig"])
def test_a_damaged_state_folder_is_repaired_by_the_next_up(damage: str) -> None:
    """Any of these files can be rubbish: the next `up` writes it again and the cluster runs."""
    platformctl(*UP)
    folder = Live.named(NAME).cluster.folder
    (folder / damage).write_text("rubbish")

    platformctl(*UP)

    assert "node" in Live.named(NAME).kubectl("get", "nodes")


@pytest.mark.usefixtures("removed")
def test_down_removes_a_cluster_whose_description_is_damaged() -> None:
    """Processes and namespaces are found without cluster.json."""
    platformctl(*UP)
    cluster = Live.named(NAME).cluster
    (cluster.folder / "cluster.json").write_text("{")

    platformctl("down", "--name", NAME)

    found = leftovers(cluster)
    assert not any(found.values()), found
    assert remains(NAME) is None


@pytest.mark.usefixtures("removed")
def test_lost_data_is_a_clear_failure_that_down_repairs() -> None:
    """etcd refuses rubbish: its log is in the message, nothing keeps running, and after `down` an `up` works."""
    platformctl(*UP)
    cluster = Live.named(NAME).cluster
    os.kill(launch.supervisor_pid(cluster), signal.SIGKILL)  # as if the machine had stopped
    os.kill(Live.named(NAME).components()["etcd"]["pid"], signal.SIGKILL)
    for path in (cluster.folder / "etcd").rglob("*"):
        if path.name == "db" or path.suffix == ".wal":
            path.write_bytes(b"rubbish")

    done = platformctl(*UP, check=False)

    assert done.returncode == 3
    assert "did not start: etcd not ready" in done.stderr
    assert "make down" in done.stderr
    assert not leftovers(cluster)["processes"]
    platformctl("down", "--name", NAME)
    platformctl(*UP)


@pytest.mark.usefixtures("removed")
def test_a_taken_port_is_named_before_anything_is_made() -> None:
    """Exit code 2, the port and what to do; no namespace, no process."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 8080 + int(PORT_OFFSET)))
        taken.listen()
        done = platformctl(*UP, check=False)

    assert done.returncode == 2
    assert "in use on 127.0.0.1: port 30080" in done.stderr
    assert "--port-offset" in done.stderr
    assert not Path("/run/netns", Cluster(NAME, 0).namespace).exists()


def test_without_root_is_a_clear_error(tmp_path: Path) -> None:
    """Exit code 2 before anything is touched."""
    code = (
        "import os; from platformctl.cluster import preflight;"
        "os.setgroups([]); os.setgid(65534); os.setuid(65534); preflight.check_system()"
    )
    python = str(ROOT / ".venv/bin/python")
    done = subprocess.run([python, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "the embedded cluster needs root" in done.stderr


def test_an_unknown_context_is_a_clear_error(tmp_path: Path) -> None:
    """The contexts that there are, and what to do."""
    done = platformctl(
        "up", "--context", "nowhere", "--git-url", "http://user:password@127.0.0.1:1",
        check=False, KUBECONFIG=str(tmp_path / "config"),
    )  # fmt: skip

    assert done.returncode == 2
    assert "the kubeconfig has no context 'nowhere'" in done.stderr


def test_a_context_without_a_git_server_is_a_clear_error() -> None:
    """Argo CD needs somewhere to sync from."""
    done = platformctl("up", "--context", "nowhere", check=False)

    assert done.returncode == 2
    assert "--context needs --git-url" in done.stderr


def _etcd() -> dict[str, int] | None:
    state = launch.state(Live.named(NAME).cluster)
    row = state.get("components", {}).get("etcd")
    return {"pid": int(state["pid"])} if row and row["pid"] and state["state"] == "starting" else None
