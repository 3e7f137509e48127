"""The three services on this machine."""

from __future__ import annotations

import shutil
import signal
import socket
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

import click

from platformctl.console import Console
from platformctl.dev.services import HOST, STAFF, Service, describe
from platformctl.dev.session import Session
from platformctl.errors import PlatformError
from platformctl.repo import Repo, state_folder

MOST_OFFSET = 50_000


@click.command("dev")
@click.option("--fresh", is_flag=True, help="Forget products and orders of before.")
@click.option("--port-offset", type=click.IntRange(0, MOST_OFFSET), default=0, help="Added to the ports on 127.0.0.1.")
def command(fresh: bool, port_offset: int) -> None:
    """Run frontend, product-api and order-api from their sources, on SQLite, until Ctrl-C; they follow changes."""
    repo, console = Repo.find(Path.cwd()), Console()
    # every offset is a shop of its own
    folder = state_folder() / (f"dev-{port_offset}" if port_offset else "dev")
    services = describe(repo.root, folder, port_offset)
    refuse_taken_ports(services)
    if fresh:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # whatever a parent made of them
        signal.signal(ending, _interrupt)
    Session(services, folder / "logs", console, lambda seconds: _welcome(console, services, folder, seconds)).run()


def refuse_taken_ports(services: Iterable[Service]) -> None:
    """PlatformError that names every port somebody else listens on."""
    taken = [service for service in services if _is_taken(service.port)]
    if taken:
        named = ", ".join(f"{HOST}:{service.port} ({service.name})" for service in taken)
        raise PlatformError(
            f"{named}: somebody else listens there",
            why="the services need these ports, and `make dev` may be running already",
            fix="end what listens there, or run `make dev DEV_OPTIONS='--port-offset 100'`",
        )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # closed connections hold nobody up
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
        return False


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _welcome(console: Console, services: Iterable[Service], folder: Path, seconds: float) -> None:
    url = {service.name: service.url for service in services}
    console.line()
    console.line(f"all three are ready after {seconds:.1f} s; Ctrl-C ends them")
    console.line(f"shop         {url['frontend']}/")
    console.line(f"staff        {url['frontend']}/staff (name {STAFF}, password {STAFF})")
    console.line(f"product-api  {url['product-api']}/docs")
    console.line(f"order-api    {url['order-api']}/docs")
    console.line(f"data         {folder} (--fresh empties it)")
    console.line()
