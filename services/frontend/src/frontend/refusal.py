"""What an API refuses, and why."""

from collections.abc import Mapping
from typing import Any

from chassis.upstream import Reply, UpstreamError

REFUSALS = frozenset({400, 403, 404, 409, 410, 412, 413, 415, 422, 428})


class RefusedError(Exception):
    """An API does not do what it was asked for; `errors` are by field, `members` what else the problem says."""

    def __init__(self, status: int, detail: str, errors: Mapping[str, str], members: Mapping[str, Any]) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = errors
        self.members = members


def expect(reply: Reply, *statuses: int) -> Reply:
    """The reply if it has one of `statuses`; RefusedError or UpstreamError otherwise."""
    if reply.status in statuses:
        return reply
    if reply.status in REFUSALS:
        raise _refused(reply)
    raise UpstreamError(f"the API answered {reply.status}")


def _refused(reply: Reply) -> RefusedError:
    said = reply.json()
    members = said if isinstance(said, dict) else {}
    errors: dict[str, str] = {}
    for error in members.get("errors") or ():
        if isinstance(error, dict):
            errors.setdefault(str(error.get("pointer", "")).rpartition("/")[2], str(error.get("detail", "is wrong")))
    detail = str(members.get("detail") or "This was refused.")
    return RefusedError(reply.status, detail, errors, members)
