"""A throw-away Redis."""

import contextlib
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

from testing.server import free_port

PATIENCE_SECONDS = 20.0


@dataclass
class RedisServer:
    """A Redis on a loopback port that can go away, hang and come back."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """End it, with everything that it held."""
        self.process.send_signal(signal.SIGCONT)
        self.process.kill()
        self.process.wait()

    def hang(self) -> None:
        """Connections are taken, and never answered."""
        self.process.send_signal(signal.SIGSTOP)

    def start(self) -> None:
        """Start it again, empty."""
        self.process = _start(self.port)


@contextlib.contextmanager
def throwaway_redis() -> Iterator[RedisServer]:
    """A server without a disk; it ends with the context."""
    if not shutil.which("redis-server"):
        raise RuntimeError("redis-server is missing: apt-get install redis-server")
    port = free_port()
    server = RedisServer(port, _start(port))
    try:
        yield server
    finally:
        server.stop()


def _start(port: int) -> "subprocess.Popen[bytes]":
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return process
        time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"redis-server did not start on port {port}")
