"""Debian packages: only those missing are installed, by name."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from platformctl.console import Console
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import ToolError, command, run

# what the embedded cluster and the image builds call, by the program that shows a package is there
PACKAGES = {
    "buildah": "buildah",
    "containerd": "containerd",
    "conntrack": "conntrack",
    "debootstrap": "debootstrap",
    "git": "git",
    "ip": "iproute2",
    "ipset": "ipset",
    "iptables": "iptables",
    "mount": "mount",
    "nsenter": "util-linux",
    "runc": "runc",
}
FILES = {
    Path("/usr/lib/cni/bridge"): "containernetworking-plugins",
    Path("/etc/ssl/certs/ca-certificates.crt"): "ca-certificates",
}


def missing_packages() -> list[str]:
    """Packages whose program or file is not there."""
    by_program = {package for program, package in PACKAGES.items() if not shutil.which(program, path=_path())}
    by_file = {package for path, package in FILES.items() if not path.exists()}
    return sorted(by_program | by_file)


def install_missing(console: Console) -> None:
    """Install what is missing; needs root and apt."""
    missing = missing_packages()
    if missing:
        with console.step(f"install Debian packages: {', '.join(missing)}"):
            install(missing)


def install(packages: Iterable[str]) -> None:
    """Install packages by name, without starting their services."""
    if not shutil.which("apt-get"):
        raise PlatformError(
            f"these programs are missing: {', '.join(packages)}",
            why="this system has no apt-get, so they cannot be installed here",
            fix="use Debian 12, or install them yourself",
        )
    if os.geteuid() != 0:
        raise PlatformError(f"installing {', '.join(packages)} needs root", fix="run the command as root")
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    try:
        run(command("apt-get", "update", "-q", timeout=600, env=quiet))
        run(
            command(
                "apt-get", "install", "-q", "-y", "--no-install-recommends",
                "-o", "Dpkg::Lock::Timeout=120", *packages, timeout=1200, env=quiet,
            )
        )  # fmt: skip
    except ToolError as error:
        raise PlatformError(
            f"Debian packages could not be installed: {', '.join(packages)}",
            why=error.why,
            fix="mend what apt-get says (its sources, the network), then run the command again",
            exit_code=TOOL_FAILURE,
        ) from error


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
