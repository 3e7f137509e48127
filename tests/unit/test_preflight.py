"""What a machine must have, and what is said when it has not."""

from __future__ import annotations

import os
import platform
import shutil
import socket
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from platformctl.cluster import config, network, preflight
from platformctl.cluster.config import Cluster
from platformctl.errors import PlatformError


def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names the system and the way that is left."""
    monkeypatch.setattr(platform, "system", lambda: "Darwin")

    with pytest.raises(PlatformError, match="runs on Debian 12") as raised:
        preflight.check_system()
    assert raised.value.exit_code == 2
    assert "CONTEXT=name" in raised.value.fix


def test_a_user_who_is_not_root_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is made."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    with pytest.raises(PlatformError, match="needs root"):
        preflight.check_system()


def test_too_little_disk_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is there and what is needed."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000_000_000))

    with pytest.raises(PlatformError, match=r"too little disk: 1\.0 GB free .*, 6 GB needed"):
        preflight.check_disk()


def test_too_little_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there and what is needed."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=2_000_000_000))

    with pytest.raises(PlatformError, match=r"too little memory: 2\.0 GB available, 4 GB needed"):
        preflight.check_memory()


def test_a_taken_port_is_named() -> None:
    """Only the port that is taken, with the way to choose others."""
    cluster = Cluster("test", 9, port_offset=31000)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", cluster.port("git")))
        taken.listen()

        assert network.taken_ports(cluster) == [cluster.port("git")]
        with pytest.raises(PlatformError, match=f"port {cluster.port('git')}") as raised:
            preflight.check_ports(cluster)
    assert "--port-offset" in raised.value.fix


@pytest.mark.parametrize("name", ["", "Upper", "9start", "a/b", "../up", "x" * 21, "a b"])
def test_names_that_do_not_fit_are_refused(name: str) -> None:
    """A name is a folder, a namespace and a control group."""
    with pytest.raises(PlatformError, match="cannot name a cluster"):
        config.check_name(name)


def test_a_new_cluster_gets_a_free_network() -> None:
    """The first that no interface uses."""
    assert config.describe("test", 0, {1, 2, 4}).node_address == "10.87.3.2"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"network": "x"}', '{"name": "test"}'])
def test_a_damaged_description_counts_as_none(content: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is not there for `up`, but `down` still finds what is left."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    folder = tmp_path / "techcommerce" / "test"
    folder.mkdir(parents=True)
    (folder / "cluster.json").write_text(content)

    assert config.find("test") is None
    assert config.remains("test") == Cluster("test", 0)


def test_a_description_is_read_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What `up` saved is what `down` finds."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    cluster = Cluster("test", 5, 1000)

    cluster.save()

    assert config.find("test") == cluster
