"""What a verdict depends on beside the judged objects: rules, programs, schemas and this code itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from platformctl.checks.programs import needed
from platformctl.checks.schemas.store import UPSTREAM
from platformctl.repo import Repo
from platformctl.tools import environment
from platformctl.tools.catalogue import load

PROGRAMS = ("conftest", "kubeconform")
_CODE = Path(__file__).resolve().parents[1]


def of(repo: Repo) -> str:
    """A digest that changes with everything that could change a verdict."""
    digest = hashlib.sha256()
    digest.update(f"kubernetes {load(repo)['kubernetes'].key}\n".encode())  # its description makes the schemas
    for name in PROGRAMS:
        path = needed(repo, name)  # a kept verdict is none without the program that would confirm it
        status = path.stat()
        digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    digest.update(f"{environment.python(repo, 'checkov')}\n".encode())
    for name, path in _files(repo):
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(repo: Repo) -> Iterator[tuple[str, Path]]:
    for path in sorted(_CODE.rglob("*.py")):
        yield f"code/{path.relative_to(_CODE)}", path
    for pattern in ("policy/**/*", f"{UPSTREAM}/**/*"):
        for path in sorted(repo.root.glob(pattern)):
            if path.is_file() and path.name != "exceptions.yaml":  # exceptions are applied afterwards
                yield str(path.relative_to(repo.root)), path
