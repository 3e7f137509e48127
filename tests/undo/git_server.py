"""A real Gitea on a free port of this machine, and a small platform repository on it."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformctl.cluster.gitea import OWNER, REPOSITORY, UNDOER, USER, Gitea
from platformctl.cluster.gitea_config import TEMPLATE
from platformctl.process import command, started
from platformctl.repo import Repo
from platformctl.tools.programs import program, share
from platformctl.undo.hosts import Credential

from .objects import DIGESTS, IMAGE

START_SECONDS = 60.0
PASSWORD, UNDOER_PASSWORD = "an-administrator-of-tests", "an-undoer-of-tests"
POLICY = """\
staging:
  {analysis: merge, deadline: merge, operator: open, other: nothing, quietSeconds: 0, blocks: [staging, production]}
production: {analysis: open, deadline: merge, operator: open, other: open, quietSeconds: 30, blocks: [production]}
"""
CLUSTER = """\
# a comment that stays
cluster: {name}
environment: {name}
server: https://kubernetes.default.svc
services:
  - {{name: order-api, revision: "{revision}"}}
  - {{name: frontend, revision: "{revision}"}} # and this one
"""


@contextmanager
def serving(repo: Repo, folder: Path) -> Iterator[Gitea]:
    """A Gitea with its data in `folder`, and its administrator."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    (folder / "gitea").mkdir(parents=True)
    config = folder / "gitea.ini"
    token = base64.urlsafe_b64encode(b"t" * 32).decode().rstrip("=")
    words = {"state": folder, "address": "127.0.0.1", "host": "127.0.0.1", "port": port, "token": token}
    config.write_text(TEMPLATE.format(share=share(repo, "gitea"), secret="s" * 40, **words))
    gitea = program(repo, "gitea")
    env = {"HOME": str(folder), "USER": "root", "GITEA_WORK_DIR": str(folder / "gitea")}
    server = Gitea(f"http://127.0.0.1:{port}", USER, PASSWORD)
    with (folder / "log").open("wb") as log, started(command(gitea, "web", "--config", config, env=env), log) as child:
        _wait(server.url, child)
        account = ["--username", USER, "--password", PASSWORD, "--email", "admin@techcommerce.example", "--admin"]
        words = ["admin", "user", "create", "--config", config, *account, "--must-change-password=false"]
        subprocess.run([gitea, *words], check=True, capture_output=True, env={**os.environ, **env})
        yield server


def _wait(url: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("Gitea does not start")


@dataclass(frozen=True)
class Origin:
    """The platform's repository, with a checkout that a person works in."""

    server: Gitea
    folder: Path

    @property
    def url(self) -> str:
        """Where it is, without a credential."""
        return f"{self.server.url}/{OWNER}/{REPOSITORY}.git"

    @property
    def credential(self) -> Credential:
        """The account of the undo."""
        return Credential(UNDOER, UNDOER_PASSWORD)

    def git(self, *words: str) -> str:
        """Git in the person's checkout."""
        who = ["-c", "user.name=Person", "-c", "user.email=person@techcommerce.example"]
        done = subprocess.run(["git", *who, *words], cwd=self.folder, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def write(self, files: Mapping[str, str], subject: str) -> str:
        """Write files and commit them, without a push; the commit's id."""
        for path, content in files.items():
            target = self.folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", subject)
        return self.git("rev-parse", "HEAD")

    def commit(self, files: Mapping[str, str], subject: str, branch: str = "main") -> str:
        """Write files, commit and push; the commit's id."""
        self.write(files, subject)
        return self.push(branch)

    def push(self, branch: str = "main", *options: str) -> str:
        """Push what is checked out, and wait until the server's API knows it."""
        self.git("push", "--quiet", *options, self.server.push_url, f"HEAD:refs/heads/{branch}")
        commit = self.git("rev-parse", "HEAD")
        deadline = time.monotonic() + 10
        while self.branch(branch) != commit and time.monotonic() < deadline:
            time.sleep(0.05)
        assert self.branch(branch) == commit
        return commit

    def branch(self, name: str) -> str:
        """The newest commit of a branch of the server; empty when there is none of that name."""
        for each in self.api("GET", "/branches?limit=50") or []:  # nothing before the first push
            if each["name"] == name:
                return str(each["commit"]["id"])
        return ""

    def pull_main(self) -> None:
        """Bring what was merged on the server into the checkout."""
        self.git("fetch", "--quiet", self.server.push_url, "main")
        self.git("reset", "--quiet", "--hard", "FETCH_HEAD")

    def read(self, path: str) -> str:
        """A file of the server's main branch."""
        self.pull_main()
        return (self.folder / path).read_text()

    def api(self, method: str, path: str, body: object = None) -> Any:
        """A call about the repository, as its administrator."""
        return self.server.call(method, f"/repos/{OWNER}/{REPOSITORY}{path}", body, ok=(200, 201, 204))

    def download(self, url: str) -> bytes:
        """A file that is attached to something, as its administrator."""
        asked = urllib.request.Request(url, headers={"Authorization": Credential(USER, PASSWORD).basic})
        with urllib.request.urlopen(asked, timeout=10) as answer:
            content: bytes = answer.read()
        return content

    def pulls(self, state: str = "all") -> list[dict[str, Any]]:
        """Pull requests, newest first."""
        found: list[dict[str, Any]] = self.api("GET", f"/pulls?state={state}&limit=50")
        return found

    def issues(self) -> list[dict[str, Any]]:
        """Issues that are no pull requests."""
        found: list[dict[str, Any]] = self.api("GET", "/issues?state=all&type=issues&limit=50")
        return found


def kustomization(version: str) -> str:
    """The file that holds a service's image."""
    return (
        "resources: [rollout.yaml]\n"
        "configMapGenerator:\n  - name: frontend-settings\n    literals:\n      - TECHCOMMERCE_LOG_LEVEL=info\n"
        f'images:\n  - name: {IMAGE}\n    newTag: "{version}@sha256:{DIGESTS[version]}"\n'
    )


def fresh(server: Gitea, folder: Path) -> Origin:
    """An empty repository, and a checkout with one healthy version of frontend that nobody has pushed yet."""
    server.call("DELETE", f"/repos/{OWNER}/{REPOSITORY}", ok=(204, 404))
    server.ensure_repository()
    server.ensure_writer(UNDOER, UNDOER_PASSWORD)
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)
    origin = Origin(server, folder)
    files = {
        "base/frontend/kustomization.yaml": kustomization("0.1.0"),
        "base/frontend/rollout.yaml": "kind: Rollout\nspec:\n  replicas: 2\n",
        "base/components/local/requests.yaml": "cpu: 25m\n",
        "overlays/staging/frontend/kustomization.yaml": "resources: [../../../base/frontend]\n",
        "overlays/staging/frontend/settings.env": "TECHCOMMERCE_SHOP_NAME=staging\n",
        "overlays/production/frontend/kustomization.yaml": "resources: [../../../base/frontend]\n",
        "clusters/local/staging.yaml": CLUSTER.format(name="staging", revision="refs/heads/main"),
        "policy/undo.yaml": POLICY,
        "policy/blocked.yaml": "# kept\n[]\n",
    }
    origin.write(files, "A healthy version")
    return origin
