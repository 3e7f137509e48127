"""The source archive of a tool's Go module, where upstream manifests and API descriptions lie."""

from __future__ import annotations

import json
import os
from pathlib import Path

from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import Command, text
from platformctl.repo import Repo, cache_folder
from platformctl.tools.catalogue import load
from platformctl.tools.toolchain import go_root


def build_environment(repo: Repo, *, cgo: bool = False) -> dict[str, str]:
    """The variables of every call of Go: its caches are ours, so that they can be removed afterwards."""
    root = go_root(repo)
    caches = cache_folder() / "build"
    return {
        "GOROOT": str(root),
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-buildvcs=false",
        "GOMODCACHE": str(caches / "modules"),
        "GOCACHE": str(caches / "objects"),
        "GOTMPDIR": "",
        "CGO_ENABLED": "1" if cgo else "0",
        # compilers are short processes: memory is cheaper here than a tenth of the time
        "GOGC": "off",
        "GOMEMLIMIT": "3GiB",  # of each of them
        "PATH": f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def module_folder(repo: Repo, tool_name: str, module: str = "") -> Path:
    """The unpacked source of a tool's module at its pinned version, fetched when missing.

    With `module` it is that of a library, at the version that the tool is built with.
    """
    tool = load(repo)[tool_name]
    module = module or tool.module
    environment = build_environment(repo)
    go = Path(environment["GOROOT"]) / "bin" / "go"
    answer = text(Command((str(go), "mod", "download", "-json", module), cwd=tool.folder, env=environment, timeout=600))
    folder = json.loads(answer).get("Dir")
    if not folder:
        raise PlatformError(
            f"the source of {module} for {tool.name} {tool.version} cannot be had", why=answer, exit_code=TOOL_FAILURE
        )
    return Path(folder)
