"""The registry program, started for a push and ended after it."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.images import places
from platformctl.process import command, started

START_SECONDS = 20.0
ATTEMPTS = 3  # another program may take the free port before the registry does


@contextmanager
def serving(program: Path, store: Path) -> Iterator[str]:
    """Serve the store on a free loopback port; gives the address `127.0.0.1:port`."""
    log = places.log_file("registry")
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output, ExitStack() as stack:
        for _ in range(ATTEMPTS):
            port = _free_port()
            config = places.work() / f"registry-{port}.json"
            config.parent.mkdir(parents=True, exist_ok=True)
            config.write_text(json.dumps(_config(store, port)))  # JSON is YAML
            # it would look for a collector of traces at start
            wanted = command(
                "setpriv", "--pdeathsig=TERM", "--", program, "serve", config, env={"OTEL_TRACES_EXPORTER": "none"}
            )
            child = stack.enter_context(started(wanted, output))
            if _ready(child, port):
                yield f"127.0.0.1:{port}"
                return
        raise PlatformError(
            "the registry program does not start",
            why="\n".join(log.read_text(errors="replace").splitlines()[-5:]),
            fix=f"its output is in {log}",
            exit_code=TOOL_FAILURE,
        )


def _config(store: Path, port: int) -> dict[str, object]:
    return {
        "version": "0.1",
        "log": {"level": "warn", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(store)}, "delete": {"enabled": False}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ready(child: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/v2/")
            if connection.getresponse().status == http.HTTPStatus.OK:
                return child.poll() is None
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    return False
