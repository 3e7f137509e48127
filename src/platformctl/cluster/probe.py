"""Asks a component whether it is ready."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from pathlib import Path

from platformctl.cluster.component import Probe

SECONDS = 2.0
LOOPBACK, LISTENING = "0100007F", "0A"  # as the kernel writes 127.0.0.1 and the state LISTEN


def is_ready(probe: Probe, pid: int, authority: Path) -> bool:
    """One attempt of at most two seconds; certificates are checked against the cluster's authority."""
    try:
        if probe.kind == "listen":
            return _listens(pid, int(probe.target))
        if probe.kind == "unix":
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(SECONDS)
                connection.connect(probe.target)
            return True
        context = ssl.create_default_context(cafile=str(authority)) if probe.target.startswith("https") else None
        with urllib.request.urlopen(probe.target, timeout=SECONDS, context=context) as answer:  # noqa: S310 - our own
            return bool(answer.status == http.HTTPStatus.OK)
    except (OSError, urllib.error.URLError, http.client.HTTPException):
        return False


def _listens(pid: int, port: int) -> bool:
    # the process is in another network namespace: its own view of the sockets says it
    wanted = (f"{LOOPBACK}:{port:04X}", LISTENING)
    rows = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    return any((row.split()[1], row.split()[3]) == wanted for row in rows)
