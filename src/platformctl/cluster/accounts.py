"""Argo CD's account `release` on a local platform: its token is made here, so no password and no API call is needed."""

from __future__ import annotations

import json
from collections.abc import Mapping

import jwt

ACCOUNT = "release"
# 2026-01-01: the same credentials are always the same token, so every run writes the same Secret
ISSUED_AT = 1767225600


def settings(values: Mapping[str, str]) -> dict[str, str]:
    """What Argo CD's own Secret has to hold: the key that signs tokens, and the ids of those that count."""
    tokens = [{"id": values["argo-cd/release"], "iat": ISSUED_AT}]
    return {"server.secretkey": values["argo-cd/signing-key"], f"accounts.{ACCOUNT}.tokens": json.dumps(tokens)}


def token(values: Mapping[str, str]) -> str:
    """A token of the account, as Argo CD's API would give it; it is good for as long as its id is in the Secret."""
    claims = {
        "iss": "argocd",
        "sub": f"{ACCOUNT}:apiKey",
        "iat": ISSUED_AT,
        "nbf": ISSUED_AT,
        "jti": values["argo-cd/release"],
    }
    return jwt.encode(claims, values["argo-cd/signing-key"], algorithm="HS256")
