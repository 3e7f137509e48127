"""A throw-away PostgreSQL and databases in it."""

import asyncio
import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
from sqlalchemy import URL, make_url

from testing.process import until

BINARIES = Path("/usr/lib/postgresql/15/bin")
START_SECONDS = 30.0
BLOCKED_SECONDS = 30.0


class PostgresqlMissingError(Exception):
    """The package is not installed."""

    def __init__(self) -> None:
        super().__init__(f"{BINARIES} is missing: apt-get install postgresql-15, or set TEST_POSTGRESQL_URL")


@contextlib.contextmanager
def throwaway_server(*, durable: bool = False) -> Iterator[URL]:
    """A server on a unix socket in a temporary folder; it waits for the disk only if it is to be `durable`."""
    if not BINARIES.is_dir():
        raise PostgresqlMissingError
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    prefix = _as_postgres(folder)
    data = folder / "data"
    try:
        initdb = [*prefix, f"{BINARIES}/initdb", f"-D{data}", "-Upostgres", "-Atrust", "-N", "-EUTF8"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder)
        command = [*prefix, f"{BINARIES}/postgres", f"-D{data}", *([] if durable else ["-F"]), "-h", "", f"-k{folder}"]
        with (folder / "log").open("w") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        url = URL.create("postgresql+asyncpg", "postgres", database="postgres", query={"host": str(folder)})
        try:
            _wait(url, server, folder / "log")
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # fast shutdown: does not wait for connections
            server.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def fresh_database(server: URL) -> Iterator[str]:
    """The URL of an empty database that is dropped afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    asyncio.run(_execute(server, f"CREATE DATABASE {name}"))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        asyncio.run(_execute(server, f"DROP DATABASE {name} WITH (FORCE)"))


async def end_blocked(url: str, application: str) -> None:
    """End a session of an application as soon as one waits for a lock; TimeoutError when none does.

    Each look is a statement of its own: a transaction sees the sessions as they were when it first asked.
    """
    async with _connected(make_url(url)) as connection:
        ended = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = $1 AND wait_event_type = 'Lock' LIMIT 1"
        )

        async def one() -> bool:
            return bool(await connection.fetchval(ended, application))

        await until(one, BLOCKED_SECONDS)


def _as_postgres(folder: Path) -> list[str]:
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]


def _wait(url: URL, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return asyncio.run(_execute(url, "SELECT 1"))
        except (OSError, asyncpg.PostgresError):
            if server.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}") from None
            time.sleep(0.05)


async def _execute(url: URL, statement: str) -> None:
    async with _connected(url) as connection:
        await connection.execute(statement)


@contextlib.asynccontextmanager
async def _connected(url: URL) -> AsyncIterator[asyncpg.Connection]:
    plain = url.set(drivername="postgresql")
    connection = await asyncpg.connect(plain.render_as_string(hide_password=False))
    try:
        yield connection
    finally:
        await connection.close()
