"""`platformctl dev` with real processes: start, change, death and end."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.live import ROOT

from platformctl.repo import MARKERS

PATIENCE_SECONDS = 120.0  # the machine may be busy with other tests


class Shop:
    """A running `platformctl dev` and what it has printed."""

    def __init__(self, checkout: Path, state: Path, offset: int, *words: str) -> None:
        self.output = state / "output.txt"
        self.url = {name: f"http://127.0.0.1:{port + offset}" for name, port in PORTS.items()}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "platformctl", "dev", "--port-offset", str(offset), *words],
                cwd=checkout, env={**os.environ, "XDG_STATE_HOME": str(state)}, stdout=output, stderr=output,
            )  # fmt: skip

    def until(self, pattern: str) -> re.Match[str]:
        """Wait for a line of the output."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if found := re.search(pattern, self.output.read_text(), re.MULTILINE):
                return found
            time.sleep(0.05)
        raise AssertionError(f"no {pattern!r} in:\n{self.output.read_text()}")

    def end(self, how: signal.Signals = signal.SIGINT) -> int:
        """The exit code after a signal."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.wait(PATIENCE_SECONDS)

    def status(self, name: str, path: str) -> int:
        """What a service answers, 0 when it does not."""
        try:
            with urllib.request.urlopen(self.url[name] + path, timeout=PATIENCE_SECONDS) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return int(error.code)
        except OSError:
            return 0


PORTS = {"product-api": 5000, "order-api": 7000, "frontend": 3000}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with nothing but the services."""
    root = tmp_path / "checkout"
    for marker in MARKERS:
        (root / marker).mkdir(parents=True)
    ignored = shutil.ignore_patterns("tests", "__pycache__", ".pytest_cache")
    for name in ("chassis", *PORTS):
        shutil.copytree(ROOT / "services" / name, root / "services" / name, ignore=ignored)
    return root


@contextlib.contextmanager
def shop(checkout: Path, state: Path, offset: int, *words: str) -> Iterator[Shop]:
    """A shop, ended with the context."""
    state.mkdir(exist_ok=True)
    running = Shop(checkout, state, offset, *words)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


@pytest.fixture
def offset() -> int:
    """An offset at which all three ports are free."""
    for offset in range(30_000, 31_000):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for port in PORTS.values():
                stack.enter_context(socket.socket()).bind(("127.0.0.1", port + offset))
            return offset
    raise AssertionError("no free ports")


def test_it_starts_follows_changes_survives_a_death_and_ends(checkout: Path, tmp_path: Path, offset: int) -> None:
    """Only what changed starts again; a service that dies is told and comes back with the next change."""
    with shop(checkout, tmp_path / "state", offset) as running:
        running.until(r"^all three are ready after \d+\.\d s; Ctrl-C ends them$")
        assert [running.status(name, "/healthz") for name in PORTS] == [200, 200, 200]
        assert running.status("frontend", "/api/products") == 200

        broken = checkout / "services/frontend/src/frontend/app.py"
        good = broken.read_text()
        broken.write_text("raise RuntimeError('broken on purpose')\n")
        running.until(r"^frontend starts again: app\.py has changed$")
        running.until(r"RuntimeError: broken on purpose")
        running.until(r"^frontend ended with 1, see above")
        assert [running.status(name, "/healthz") for name in PORTS] == [200, 200, 0]

        broken.write_text(good)
        running.until(r"^frontend is ready again \(\d+\.\d s\)$")
        assert running.status("frontend", "/livez") == 200
        assert "product-api starts again" not in running.output.read_text()

        (checkout / "services/chassis/src/chassis/body.py").touch()
        for name in PORTS:
            running.until(rf"^{name} starts again: body\.py has changed$")
        assert running.end() == 130
    assert [running.status(name, "/livez") for name in PORTS] == [0, 0, 0]


def test_a_closed_terminal_ends_the_services(checkout: Path, tmp_path: Path, offset: int) -> None:
    """It leaves nothing behind but the data, which is kept until --fresh."""
    state = tmp_path / "state"
    with shop(checkout, state, offset) as running:
        running.until(r"^all three are ready")
        assert running.end(signal.SIGHUP) == 130
        assert [running.status(name, "/livez") for name in PORTS] == [0, 0, 0]
    seeded = re.findall(r"seeded added=(\d+)", running.output.read_text())
    with shop(checkout, state, offset) as again:
        kept = again.until(r"seeded added=(\d+)")
    with shop(checkout, state, offset, "--fresh") as fresh:
        emptied = fresh.until(r"seeded added=(\d+)")

    assert int(seeded[0]) > 0
    assert (kept[1], emptied[1]) == ("0", seeded[0])


def test_one_that_cannot_start_ends_everything_with_its_last_lines(checkout: Path, tmp_path: Path, offset: int) -> None:
    """Exit code 3, what the service said, and nothing left running."""
    (checkout / "services/order-api/src/order_api/__main__.py").write_text("raise SystemExit('no good')\n")
    with shop(checkout, tmp_path / "state", offset) as running:
        assert running.process.wait(PATIENCE_SECONDS) == 3
        running.until(r"^error: order-api ended with 1$")
        running.until(r"^order-api   no good$")
        assert running.status("product-api", "/livez") == 0
