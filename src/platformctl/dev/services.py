"""The services as the commands that run them from their sources, on SQLite and loopback."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from platformctl.process import Command

HOST = "127.0.0.1"
PORTS = {"product-api": 5000, "order-api": 7000, "frontend": 3000}
SETUP = {"product-api": ("migrate", "--seed"), "order-api": ("migrate",)}  # what comes before serving
SECRET_KEY = "development-only-key-of-the-cookies"  # noqa: S105 - keeps sessions over a reload, on loopback only
STAFF = "staff"  # name and password, built into the frontend for development


@dataclass(frozen=True)
class Service:
    """A service: the commands that run one after the other, the last one for ever, and the folders they read."""

    name: str
    port: int
    steps: tuple[Command, ...]
    sources: tuple[Path, ...]

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"


def describe(root: Path, state: Path, port_offset: int) -> tuple[Service, ...]:
    """The services of the checkout `root` with their databases in `state`, in the order in which they are named."""
    return tuple(_service(name, root / "services", state, port_offset) for name in PORTS)


def _service(name: str, services: Path, state: Path, port_offset: int) -> Service:
    sources = (services / "chassis" / "src", services / name / "src")
    settings = {
        "ENVIRONMENT": "development",
        "BIND": HOST,
        "PORT": str(PORTS[name] + port_offset),
        # nobody balances load here: a reload need not wait for it
        "SHUTDOWN_DELAY_SECONDS": "0",
        "GRACEFUL_TIMEOUT_SECONDS": "2",
        **_own_settings(name, state, port_offset),
    }
    environment = {
        **{f"TECHCOMMERCE_{key}": value for key, value in settings.items()},
        "PYTHONPATH": os.pathsep.join(map(str, sources)),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "",  # without byte code a start takes three times as long
    }
    return Service(name, PORTS[name] + port_offset, tuple(_steps(name, environment, services)), sources)


def _steps(name: str, environment: Mapping[str, str], folder: Path) -> list[Command]:
    program = (sys.executable, "-m", name.replace("-", "_"))
    before = [Command((*program, *SETUP[name]), cwd=folder, env=environment)] if name in SETUP else []
    return [*before, Command((*program, "serve"), cwd=folder, env=environment)]


def _own_settings(name: str, state: Path, port_offset: int) -> dict[str, str]:
    def url(other: str) -> str:
        return f"http://{HOST}:{PORTS[other] + port_offset}"

    if name == "frontend":
        return {"PRODUCT_API_URL": url("product-api"), "ORDER_API_URL": url("order-api"), "SECRET_KEY": SECRET_KEY}
    database = {"DATABASE_URL": f"sqlite+aiosqlite:///{state / name}.db"}
    return {**database, "PRODUCT_API_URL": url("product-api")} if name == "order-api" else database
