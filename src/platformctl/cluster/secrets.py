"""Random credentials of a local platform: made once, kept in its state folder, never in Git."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

ENVIRONMENTS = ("staging", "production")
ENVIRONMENT_NAMES = ("postgres", "product-api", "order-api", "session")
NAMES = ("git", "git-tokens", "webhook", *(f"{env}/{name}" for env in ENVIRONMENTS for name in ENVIRONMENT_NAMES))


def ensure(folder: Path) -> dict[str, str]:
    """Every credential by name; missing ones are made."""
    path = folder / "secrets.json"
    try:
        known = json.loads(path.read_text())
    except (OSError, ValueError):
        known = {}
    complete = {name: known.get(name) or secrets.token_hex(20) for name in NAMES}
    if complete != known:
        path.touch(mode=0o600)
        path.write_text(json.dumps(complete, indent=2) + "\n")
    return complete


def manifests(values: dict[str, str]) -> list[dict[str, Any]]:
    """The Secrets that the platform expects and that Git does not hold."""
    result = []
    for environment in ENVIRONMENTS:
        result.append(_secret(environment, "postgres", {"password": values[f"{environment}/postgres"]}))
        result.append(_secret(environment, "frontend-session", {"secret-key": values[f"{environment}/session"]}))
        for service in ("product-api", "order-api"):
            password, role = values[f"{environment}/{service}"], service.replace("-", "_")
            url = f"postgresql+asyncpg://{role}:{password}@postgres.{environment}.svc.cluster.local:5432/{role}"
            result.append(_secret(environment, f"{service}-database", {"url": url, "password": password}))
    return result


def _secret(namespace: str, name: str, data: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "type": "Opaque",
        "stringData": data,
    }
