"""`platformctl dev`: what it starts, what it watches, what it prints."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from platformctl.commands.dev import refuse_taken_ports
from platformctl.dev.log_lines import readable
from platformctl.dev.services import describe
from platformctl.dev.sources import Sources
from platformctl.errors import PlatformError

ROOT, STATE = Path("/checkout"), Path("/state")


def test_databases_are_migrated_before_their_service_serves() -> None:
    """The catalogue is seeded too; the frontend has no database."""
    words = {each.name: [" ".join(step.argv[1:]) for step in each.steps] for each in describe(ROOT, STATE, 0)}

    assert words == {
        "product-api": ["-m product_api migrate --seed", "-m product_api serve"],
        "order-api": ["-m order_api migrate", "-m order_api serve"],
        "frontend": ["-m frontend serve"],
    }


def test_every_port_and_address_moves_by_the_offset() -> None:
    """Two checkouts may run side by side, each with its own neighbours."""
    services = {each.name: each for each in describe(ROOT, STATE, 100)}

    assert {name: each.url for name, each in services.items()} == {
        "product-api": "http://127.0.0.1:5100",
        "order-api": "http://127.0.0.1:7100",
        "frontend": "http://127.0.0.1:3100",
    }
    environment = services["frontend"].steps[-1].env
    assert environment["TECHCOMMERCE_PORT"] == "3100"
    assert environment["TECHCOMMERCE_PRODUCT_API_URL"] == "http://127.0.0.1:5100"
    assert environment["TECHCOMMERCE_ORDER_API_URL"] == "http://127.0.0.1:7100"
    assert services["order-api"].steps[0].env["TECHCOMMERCE_DATABASE_URL"] == "sqlite+aiosqlite:////state/order-api.db"


def test_a_service_reads_its_own_sources_and_the_chassis() -> None:
    """So a change of the chassis starts all of them again, any other change one."""
    for each in describe(ROOT, STATE, 0):
        assert each.sources == (ROOT / "services/chassis/src", ROOT / "services" / each.name / "src")
        assert each.steps[0].env["PYTHONPATH"] == f"{each.sources[0]}{os.pathsep}{each.sources[1]}"


def test_files_that_are_made_changed_and_removed_are_noticed_once(tmp_path: Path) -> None:
    """Byte code, hidden files and backups are no sources."""
    for name in ("kept.py", "changed.html", "removed.css"):
        (tmp_path / name).write_text("before")
    (tmp_path / "__pycache__").mkdir()
    sources = Sources([tmp_path])
    os.utime(tmp_path / "changed.html", (1, 1))
    (tmp_path / "removed.css").unlink()
    for name in ("made.py", ".hidden.py", "kept.py~", "__pycache__/kept.pyc"):
        (tmp_path / name).write_text("after")

    assert {path.name for path in sources.changed()} == {"changed.html", "removed.css", "made.py"}
    assert sources.changed() == set()


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (
            '{"event": "request", "timestamp": "2026-01-02T03:04:05.6Z", "level": "info", "method": "GET",'
            ' "route": "/", "status": 200, "duration_seconds": 0.0123, "service": "frontend", "request_id": "x"}',
            "frontend    03:04:05 GET / 200 12 ms",
        ),
        (
            '{"event": "check failed", "timestamp": "2026-01-02T03:04:05Z", "level": "warning", "check": "database"}',
            "frontend    03:04:05 WARNING check failed check=database",
        ),
        ('{"event": "oh", "exception": "Traceback\\nValueError"}', "frontend     oh\nTraceback\nValueError"),
        ("Traceback (most recent call last):", "frontend    Traceback (most recent call last):"),
        ("[1]", "frontend    [1]"),
    ],
)
def test_log_lines_are_for_people(line: str, shown: str) -> None:
    """Requests in short, other events with their values, and what is no JSON as it is."""
    assert readable("frontend", line) == shown


def test_a_taken_port_is_named_with_its_service() -> None:
    """A usage error, before anything is started."""
    services = describe(ROOT, STATE, 20_000)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 27_000))
        other.listen()
        with pytest.raises(PlatformError, match=r"127.0.0.1:27000 \(order-api\): somebody else listens") as caught:
            refuse_taken_ports(services)

    assert caught.value.exit_code == 2
    refuse_taken_ports(services)
