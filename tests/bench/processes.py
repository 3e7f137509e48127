"""The services as processes on PostgreSQL, for a measurement."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.e2e.live import ROOT

sys.path.append(str(ROOT / "services"))
from testing.postgresql import fresh_database, throwaway_server

SERVICES = ROOT / "services"
PRODUCTS = 100_000
PATIENCE_SECONDS = 60.0
FAST = {"RATE_LIMIT_PER_SECOND": "10000", "RATE_LIMIT_BURST": "100000"}  # what is measured comes from one address


@dataclass(frozen=True)
class Started:
    """A service that is ready, and the seconds that took."""

    url: str
    pid: int
    seconds: float


@contextlib.contextmanager
def platform(products: int = PRODUCTS) -> Iterator[dict[str, Started]]:
    """The bare route and all three services, with so many products; PostgreSQL keeps what it acknowledged."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(throwaway_server(durable=True))
        databases = {name: stack.enter_context(fresh_database(server)) for name in ("product_api", "order_api")}
        for name, url in databases.items():
            own = {"PRODUCT_API_URL": "http://127.0.0.1:9"} if name == "order_api" else {}
            command(name, "migrate", DATABASE_URL=url, **own)
        command("product_api", "seed", "--products", str(products), DATABASE_URL=databases["product_api"])
        found = {"bare": stack.enter_context(started(str(ROOT / "tests/bench/bare_service.py")))}
        found["product-api"] = stack.enter_context(started("-m", "product_api", DATABASE_URL=databases["product_api"]))
        urls = {"PRODUCT_API_URL": found["product-api"].url}
        found["order-api"] = stack.enter_context(
            started("-m", "order_api", DATABASE_URL=databases["order_api"], **urls)
        )
        urls["ORDER_API_URL"] = found["order-api"].url
        found["frontend"] = stack.enter_context(started("-m", "frontend", **urls, **FAST))
        yield found


@contextlib.contextmanager
def started(*words: str, **settings: str) -> Iterator[Started]:
    """A process that is ready; it is ended with the context."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url, began = f"http://127.0.0.1:{port}", time.monotonic()
    more = {"PORT": str(port), "BIND": "127.0.0.1", "SHUTDOWN_DELAY_SECONDS": "0"}
    process = subprocess.Popen([sys.executable, *words], env=environment(**more, **settings), stdout=subprocess.DEVNULL)
    try:
        while not _is_ready(url):
            assert process.poll() is None, f"{words} has ended with {process.returncode}"
            assert time.monotonic() - began < PATIENCE_SECONDS, f"{words} is not ready"
            time.sleep(0.01)
        yield Started(url, process.pid, time.monotonic() - began)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def command(package: str, *words: str, **settings: str) -> None:
    """One command of a service, to its end."""
    words = (sys.executable, "-m", package, *words)
    subprocess.run(words, env=environment(**settings), stdout=subprocess.DEVNULL, check=True)


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings, and the sources of the services."""
    folders = [SERVICES / name / "src" for name in ("chassis", "product-api", "order-api", "frontend")]
    named = {f"TECHCOMMERCE_{name}": value for name, value in {"ENVIRONMENT": "development", **settings}.items()}
    # images hold byte code, so it is written here too
    python = {"PYTHONPATH": os.pathsep.join(map(str, folders)), "PYTHONDONTWRITEBYTECODE": ""}
    return {**os.environ, **named, **python}


def get(url: str) -> Any:
    """The JSON at `url`."""
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
        return json.load(answer)


def _is_ready(url: str) -> bool:
    path = "/healthz"
    try:
        with urllib.request.urlopen(f"{url}{path}", timeout=PATIENCE_SECONDS) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code == 404  # the bare one has no such route
    except OSError:
        return False
