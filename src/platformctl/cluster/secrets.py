"""Random credentials of a local platform: made once, kept in its state folder, never in Git."""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from platformctl.cluster.gitea import UNDOER

ENVIRONMENTS = ("staging", "production")
ENVIRONMENT_NAMES = ("postgres", "product-api", "order-api", "session", "frontend-token", "order-api-token", "staff")
STAFF = "staff"  # the account of the shop's staff pages
NAMES = (
    "git", "git-tokens", "webhook", "argo-cd/signing-key", "argo-cd/release", "undo", "undo-notifications",
    *(f"{env}/{name}" for env in ENVIRONMENTS for name in ENVIRONMENT_NAMES),
)  # fmt: skip


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
    result = _undo(values)
    for environment in ENVIRONMENTS:
        result.append(_secret(environment, "postgres", {"password": values[f"{environment}/postgres"]}))
        result.append(_secret(environment, "frontend-session", {"secret-key": values[f"{environment}/session"]}))
        result += _identities(environment, values)
        for service in ("product-api", "order-api"):
            password, role = values[f"{environment}/{service}"], service.replace("-", "_")
            url = f"postgresql+asyncpg://{role}:{password}@postgres.{environment}.svc.cluster.local:5432/{role}"
            result.append(_secret(environment, f"{service}-database", {"url": url, "password": password}))
    return result


def _undo(values: dict[str, str]) -> list[dict[str, Any]]:
    """The account that reverts aborted releases, and what the controller of Rollouts proves itself to it with."""
    word = values["undo-notifications"]
    return [
        _secret("argo-rollouts", "argo-rollouts-notification-secret", {"release-undo": word}),
        _secret("release-undo", "release-undo", {"user": UNDOER, "token": values["undo"], "webhook": word}),
    ]


def _identities(environment: str, values: dict[str, str]) -> list[dict[str, Any]]:
    """What services sign their calls with and know each other by, and the accounts of the staff."""
    frontend, order_api = (values[f"{environment}/{name}-token"] for name in ("frontend", "order-api"))
    return [
        _secret(environment, "frontend-identity", {"token-key": frontend}),
        _secret(environment, "frontend-staff", {"accounts": f"{STAFF}={_hash(values[f'{environment}/staff'])}"}),
        _secret(environment, "order-api-identity", {"token-key": order_api, "caller-keys": f"frontend={frontend}"}),
        _secret(environment, "product-api-identity", {"caller-keys": f"frontend={frontend},order-api={order_api}"}),
    ]


def _hash(password: str) -> str:
    """An argon2id hash; its salt comes from the password, so that every run writes the same Secret."""
    salt = hashlib.sha256(f"salt of {password}".encode()).digest()[:16]
    return Argon2id(salt=salt, length=32, iterations=3, lanes=1, memory_cost=65536).derive_phc_encoded(
        password.encode()
    )


def _secret(namespace: str, name: str, data: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "type": "Opaque",
        "stringData": data,
    }
