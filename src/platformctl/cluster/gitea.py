"""The Git server's API: organisation, repository and the webhooks that tell Argo CD about a push."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from platformctl.errors import TOOL_FAILURE, PlatformError

OWNER, REPOSITORY, USER = "techcommerce", "platform", "platform-bot"
UNDOER = "release-undo"  # who opens and merges reverts of aborted releases
WEBHOOK = "https://argocd-server.argocd.svc.cluster.local/api/webhook"


@dataclass(frozen=True)
class Gitea:
    """A Gitea server with a user's credentials; `url` has no path."""

    url: str
    user: str
    password: str

    @property
    def push_url(self) -> str:
        """Where git pushes to, credentials included."""
        scheme, host = self.url.split("://", 1)
        return f"{scheme}://{self.user}:{self.password}@{host}/{OWNER}/{REPOSITORY}.git"

    def ensure_repository(self) -> None:
        """Make organisation and repository where they are missing."""
        self.call("POST", "/orgs", {"username": OWNER, "visibility": "public"}, ok=(201, 422))
        wanted = {"name": REPOSITORY, "default_branch": "main", "private": False}
        self.call("POST", f"/orgs/{OWNER}/repos", wanted, ok=(201, 409))

    def ensure_writer(self, name: str, password: str) -> None:
        """An account that may push branches, open and merge in the repository, and nothing else."""
        wanted = {"username": name, "email": f"{name}@techcommerce.example", "password": password}
        self.call("POST", "/admin/users", {**wanted, "must_change_password": False}, ok=(201, 422))
        known = {"login_name": name, "source_id": 0, "password": password, "must_change_password": False}
        self.call("PATCH", f"/admin/users/{name}", known)  # one from an earlier time may have another password
        path = f"/repos/{OWNER}/{REPOSITORY}/collaborators/{name}"
        self.call("PUT", path, {"permission": "write"}, ok=(204,))

    def ensure_webhook(self, secret: str) -> None:
        """Make the webhook to Argo CD's API server where it is missing.

        The ApplicationSet controller needs none, and would not understand this server's: a changed cluster file changes
        the sets themselves (see clusters/<fleet>/kustomization.yaml), so the sync of the root Application tells it.
        """
        path = f"/repos/{OWNER}/{REPOSITORY}/hooks"
        if any(hook["config"]["url"] == WEBHOOK for hook in self.call("GET", path)):
            return
        config = {"url": WEBHOOK, "content_type": "json", "secret": secret}
        wanted = {"type": "gitea", "active": True, "events": ["push"], "config": config}
        self.call("POST", path, wanted, ok=(201,))

    def call(self, method: str, path: str, body: object = None, ok: tuple[int, ...] = (200,)) -> Any:
        """One API call; the decoded answer, or an error with what the server said."""
        request = urllib.request.Request(  # noqa: S310 - the Git server of our own cluster
            f"{self.url}/api/v1{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode(),
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        except OSError as error:
            raise PlatformError(
                f"the Git server at {self.url} does not answer", why=str(error), exit_code=TOOL_FAILURE
            ) from error
        if status not in ok:
            raise PlatformError(
                f"the Git server refused {method} {path}",
                why=f"{status}: {text.decode(errors='replace')[:300]}",
                exit_code=TOOL_FAILURE,
            )
        return json.loads(text or b"null")
