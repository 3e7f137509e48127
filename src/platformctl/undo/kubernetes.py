"""Reads from an API server with a token, from inside a pod or beside it."""

from __future__ import annotations

import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any

from platformctl.errors import TOOL_FAILURE, PlatformError

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
SECONDS = 20.0
LARGEST = 64 * 1024 * 1024

Read = Callable[[str], Any]  # the path of an API object or list -> its decoded JSON


class AbsentError(PlatformError):
    """The API server has no such object."""


@dataclass(frozen=True)
class ApiServer:
    """An API server with the folder that holds `token` and `ca.crt`; the token is read anew, since it is renewed."""

    address: str
    folder: Path

    def __call__(self, path: str) -> Any:
        """Get a path; `AbsentError` where there is nothing."""
        try:
            token = (self.folder / "token").read_text().strip()
            trust = ssl.create_default_context(cafile=str(self.folder / "ca.crt"))
        except OSError as error:
            raise PlatformError(f"no credential for the API server in {self.folder}", why=str(error)) from error
        request = urllib.request.Request(  # noqa: S310 - https, checked where the address comes from
            f"{self.address}{path}", headers={"Authorization": f"Bearer {token}", "Accept": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS, context=trust) as answer:  # noqa: S310
                return json.loads(answer.read(LARGEST))
        except urllib.error.HTTPError as error:
            with error:
                raise _refused(path, error.code, error.read(LARGEST)) from error
        except (OSError, ValueError, HTTPException) as error:
            raise PlatformError(
                f"the API server at {self.address} does not answer", why=str(error), exit_code=TOOL_FAILURE
            ) from error


def in_cluster() -> ApiServer:
    """The API server of the cluster that this pod runs on."""
    host, port = os.environ.get("KUBERNETES_SERVICE_HOST"), os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    if not host:
        raise PlatformError(
            "this is no pod of a cluster", why="KUBERNETES_SERVICE_HOST is not set", fix="run it as base/platform does"
        )
    return ApiServer(f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}", ACCOUNT)


def elsewhere(folder: Path) -> ApiServer:
    """The API server that a folder describes: `server` (https://…), `token` and `ca.crt`."""
    try:
        address = (folder / "server").read_text().strip().rstrip("/")
    except OSError as error:
        raise PlatformError(f"{folder} does not say where the API server is", why=str(error)) from error
    if not address.startswith("https://"):
        raise PlatformError(f"{folder / 'server'} is no https address: {address!r}")
    return ApiServer(address, folder)


def _refused(path: str, status: int, body: bytes) -> PlatformError:
    try:
        said = str(json.loads(body).get("message", ""))
    except (ValueError, AttributeError):
        said = body.decode(errors="replace")[:300]
    kind = AbsentError if status == HTTPStatus.NOT_FOUND else PlatformError
    return kind(f"the API server refused {path}", why=f"{status}: {said}", exit_code=TOOL_FAILURE)
