"""This machine's way to Python packages, handed to the RUN steps of a build and to no image."""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path

# only how packages are reached: where pip installs to is the Dockerfile's business
PASSED_ON = (
    "cert", "client-cert", "default-timeout", "disable-pip-version-check", "extra-index-url", "find-links",
    "index-url", "no-index", "proxy", "retries", "timeout", "trusted-host",
)  # fmt: skip
SYSTEM_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
CERTIFICATES = frozenset({"cert", "client-cert"})
INSIDE = Path("/run/pip")


def volumes(folder: Path, environment: Mapping[str, str] = os.environ) -> list[str]:
    """Write pip's settings below `folder`; return the read-only mounts `host:inside:ro` that a RUN step needs."""
    settings = _settings(environment)
    if "cert" not in settings:
        # Debian's pip trusts the system's certificates, which a minimal builder does not have
        certificates = Path(environment.get("SSL_CERT_FILE") or SYSTEM_CERTIFICATES)
        if certificates.is_file():
            settings["cert"] = str(certificates)
    mounts = []
    for name in CERTIFICATES & set(settings):
        # not where it lies here: the build may install a package that owns that path
        inside = INSIDE / name
        mounts.append(f"{Path(settings[name]).resolve()}:{inside}:ro")
        settings[name] = str(inside)
    local = [Path(word) for word in settings.get("find-links", "").split() if word.startswith("/")]
    mounts += [f"{path.resolve()}:{path}:ro" for path in local if path.exists()]
    return [f"{_write(folder, settings)}:/etc/pip.conf:ro", *sorted(mounts)]


def _write(folder: Path, settings: Mapping[str, str]) -> Path:
    written = configparser.RawConfigParser()
    written["global"] = settings
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pip.conf"
    path.touch(mode=0o600)  # an index address may hold a password
    with path.open("w") as file:
        written.write(file)
    return path


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in _files(environment):
        parser = configparser.RawConfigParser()
        try:
            parser.read(path)
        except (configparser.Error, UnicodeDecodeError):
            continue  # pip on this machine would complain itself
        for section in ("global", "install"):
            if parser.has_section(section):
                found |= {name: value for name, value in parser.items(section) if name in PASSED_ON}
    for name in PASSED_ON:
        value = environment.get(f"PIP_{name.replace('-', '_').upper()}")
        if value:
            found[name] = value
    return found


def _files(environment: Mapping[str, str]) -> list[Path]:
    user = Path(environment.get("HOME") or Path.home())
    configuration = Path(environment.get("XDG_CONFIG_HOME") or user / ".config")
    files = [Path("/etc/pip.conf"), user / ".pip" / "pip.conf", configuration / "pip" / "pip.conf"]
    named = environment.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return []
    return [*files, Path(named)] if named else files
