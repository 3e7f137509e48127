"""What the builder takes from the machine: pip's settings, the lock, the checks before a build."""

from __future__ import annotations

import configparser
import io
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from platformctl.console import Console
from platformctl.errors import USAGE, PlatformError
from platformctl.images import pip_settings, preflight
from platformctl.images.logged import run_logged
from platformctl.process import command
from platformctl.tools import lock


def passed_on(folder: Path, environment: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    volumes = pip_settings.volumes(folder, {"HOME": str(folder / "nobody"), **environment})
    parser = configparser.RawConfigParser()
    parser.read(folder / "pip.conf")
    assert volumes[0] == f"{folder / 'pip.conf'}:/etc/pip.conf:ro"
    return dict(parser["global"]), volumes[1:]


def test_settings_of_the_environment_win_over_those_of_files(tmp_path: Path) -> None:
    certificates = tmp_path / "ca.pem"
    certificates.write_text("")
    named = tmp_path / "my.conf"
    named.write_text(f"[global]\ncert = {certificates}\nindex-url = https://file.example/simple\ntarget = /elsewhere\n")
    settings, mounts = passed_on(
        tmp_path, {"PIP_CONFIG_FILE": str(named), "PIP_INDEX_URL": "https://variable.example/simple", "PIP_USER": "1"}
    )
    assert settings["index-url"] == "https://variable.example/simple"
    assert settings["cert"] == "/run/pip/cert"
    assert f"{certificates}:/run/pip/cert:ro" in mounts
    assert "target" not in settings
    assert "user" not in settings


def test_without_a_setting_the_certificates_of_the_system_are_used(tmp_path: Path) -> None:
    certificates = tmp_path / "system.crt"
    certificates.write_text("")
    settings, mounts = passed_on(tmp_path, {"PIP_CONFIG_FILE": "/dev/null", "SSL_CERT_FILE": str(certificates)})
    assert settings == {"cert": "/run/pip/cert"}
    assert mounts == [f"{certificates}:/run/pip/cert:ro"]


def test_the_settings_are_not_readable_for_others(tmp_path: Path) -> None:
    passed_on(tmp_path, {"PIP_INDEX_URL": "https://name:password@host.example/simple"})
    assert (tmp_path / "pip.conf").stat().st_mode & 0o077 == 0


def test_a_second_run_waits_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [
            sys.executable, "-c",
            "import sys\nfrom pathlib import Path\nfrom platformctl.console import Console\n"
            "from platformctl.tools import lock\n"
            "with lock.held(Path(sys.argv[1]), Console(sys.stderr), 'builds images'):\n"
            " print('held', flush=True)\n sys.stdin.read()\n",
            str(path),
        ],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.readline() == "held\n"

        class Releasing(io.StringIO):
            def write(self, text: str) -> int:
                assert holder.stdin is not None
                holder.stdin.close()  # what we wait for ends only after we have said so
                return super().write(text)

        output = Releasing()
        with lock.held(path, Console(output), "builds images"):
            assert f"waiting for another run that builds images (process {holder.pid})" in output.getvalue()
        assert holder.wait(10) == 0
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout is not None:
            holder.stdout.close()


def test_a_missing_program_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda name, path: None if name == "buildah" else f"/bin/{name}")
    with pytest.raises(PlatformError) as caught:
        preflight.check_machine()
    assert caught.value.exit_code == USAGE
    assert caught.value.fix == "apt-get install --no-install-recommends buildah"


def test_without_root_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(PlatformError, match="needs root"):
        preflight.check_machine()


def test_a_full_disk_is_told_before_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1_000_000_000})())
    preflight.check_space(tmp_path, 1, with_base=False)
    with pytest.raises(PlatformError, match=r"1\.0 GB free, 1\.9 GB needed"):
        preflight.check_space(tmp_path, 1, with_base=True)


def test_a_failed_program_shows_the_end_of_its_log_and_where_it_is(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("an earlier run\n")
    with pytest.raises(PlatformError, match="it broke") as caught:
        run_logged(command("sh", "-c", "seq 100; exit 7"), log, what="it broke")
    assert caught.value.exit_code == 3
    assert caught.value.why.splitlines()[0] == "it ended with 7"
    assert caught.value.why.splitlines()[1:] == [str(number) for number in range(86, 101)]
    assert str(log) in caught.value.fix
    assert "earlier" in log.read_text()
