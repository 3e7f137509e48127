"""JSON over HTTP to one Git host."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from typing import IO, Any

from platformctl.errors import TOOL_FAILURE, PlatformError

SECONDS = 30.0
LARGEST = 8 * 1024 * 1024  # bytes of an answer
SHOWN = 300  # characters of a refusal


class ForgeError(PlatformError):
    """The Git host did not answer, or refused; `status` is 0 when there was no answer."""

    def __init__(self, what: str, why: str, status: int = 0) -> None:
        super().__init__(what, why=why, exit_code=TOOL_FAILURE)
        self.status = status


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the token to wherever it points."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        """Follow none."""


_OPENER = urllib.request.build_opener(_NoRedirects)


@dataclass(frozen=True)
class Rest:
    """The API below `base`; `headers` hold the credential, which no message shows."""

    base: str
    headers: Mapping[str, str] = field(repr=False)

    def __call__(self, method: str, path: str, body: object = None, ok: tuple[int, ...] = (200, 201, 204)) -> Any:
        """One call and its decoded answer; `ForgeError` for another status than `ok`."""
        data = None if body is None else json.dumps(body).encode()
        return self._send(method, path, "application/json", data, ok)

    def upload(self, path: str, part: str, name: str, content: bytes) -> Any:
        """Post a file as the only part of a form; its decoded answer."""
        boundary = secrets.token_hex(16)
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{part}"; filename="{name}"\r\n\r\n'
        data = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self._send("POST", path, f"multipart/form-data; boundary={boundary}", data, (201,))

    def _send(self, method: str, path: str, kind: str, data: bytes | None, ok: tuple[int, ...]) -> Any:
        request = urllib.request.Request(  # noqa: S310 - the address is configured, and http or https
            f"{self.base}{path}",
            method=method,
            data=data,
            headers={"Content-Type": kind, "User-Agent": "platformctl", **self.headers},
        )
        try:
            with _OPENER.open(request, timeout=SECONDS) as answer:
                status, text = answer.status, answer.read(LARGEST)
        except urllib.error.HTTPError as error:
            with error:
                status, text = error.code, error.read(LARGEST)
        except (OSError, ValueError, HTTPException) as error:
            raise ForgeError(f"the Git host at {self.base} does not answer", str(error)) from error
        if status not in ok:
            said = text.decode(errors="replace")[:SHOWN]
            raise ForgeError(f"the Git host refused {method} {path}", f"{status}: {said}", status)
        try:
            return json.loads(text) if text.strip() else None
        except ValueError as error:
            raise ForgeError(f"the Git host answered {method} {path} without JSON", str(error)) from error


def refused(error: ForgeError) -> bool:
    """Whether the host would do it, but not now or not for us: protected branch, missing check, conflict."""
    return error.status in (
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.LOCKED,
    )
