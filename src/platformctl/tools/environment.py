"""Python programs that must not share an environment with ours: each in one of its own, made from its lock file."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from pathlib import Path

from platformctl.console import Console
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import command, run
from platformctl.repo import Repo, cache_folder

NAMES = ("checkov",)


def key(repo: Repo, name: str) -> str:
    """What an environment is made of: its lock file and the Python that runs it."""
    lock = _lock_file(repo, name)
    try:
        content = lock.read_bytes()
    except OSError as error:
        raise PlatformError(f"{lock.relative_to(repo.root)} cannot be read", why=str(error)) from error
    return hashlib.sha256(content + sys.version.encode()).hexdigest()[:12]


def home(repo: Repo, name: str) -> Path:
    """Where an environment is, or will be."""
    return cache_folder() / f"{name}-{key(repo, name)}"


def python(repo: Repo, name: str) -> Path:
    """The interpreter of an environment; an error says how to make it."""
    found = home(repo, name) / "bin" / "python"
    if not found.is_file():
        raise PlatformError(
            f"{name} is not installed",
            why=f"there is no {found}",
            fix=f"run `platformctl tools {name}` (or `make tools`)",
            exit_code=TOOL_FAILURE,
        )
    return found


def bring(repo: Repo, console: Console, name: str) -> None:
    """Make an environment when it is missing."""
    place = home(repo, name)
    if place.is_dir():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_name(f"{name}.lock").open("a") as lock:  # several runs begin at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.is_dir():
            with console.step(f"install {name}"):
                install(_lock_file(repo, name), place)
            _remove_older(place, name)


def install(lock: Path, target: Path) -> None:
    """Make an environment of what a lock file names; the folder appears in one rename, so it is never half full."""
    uv = uv_program()
    unfinished = target.with_name(target.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    run(command(uv, "venv", "--quiet", "--python", sys.executable, unfinished))
    run(
        command(
            uv, "pip", "install", "--quiet", "--require-hashes", "-r", lock,
            "--python", unfinished / "bin" / "python", timeout=600,
        )
    )  # fmt: skip
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)


def uv_program() -> str:
    """The uv that the Makefile passes on, or the one on PATH."""
    found = os.environ.get("UV") or shutil.which("uv")
    if not found:
        raise PlatformError("uv is missing", fix="run `make tools`: the Makefile brings uv")
    return found


def _lock_file(repo: Repo, name: str) -> Path:
    return repo.root / "requirements" / f"{name}.txt"


def _remove_older(place: Path, name: str) -> None:
    for older in place.parent.glob(f"{name}-*"):
        if older != place and older.is_dir():
            shutil.rmtree(older, ignore_errors=True)
