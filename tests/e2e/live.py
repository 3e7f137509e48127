"""A platform that tests drive as its users do: through the command line, Git, HTTP and kubectl."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from platformctl.cluster import config, launch
from platformctl.cluster.config import Cluster
from platformctl.cluster.secrets import ensure as secrets_of
from platformctl.repo import Repo
from platformctl.tools.programs import program

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")


def platformctl(*words: str, timeout: float = 1500, check: bool = True, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the real command; its output is in pytest's report when it fails."""
    done = subprocess.run(
        [str(ROOT / ".venv/bin/platformctl"), *words],
        cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False, env={**os.environ, **env},
    )  # fmt: skip
    print(done.stdout, done.stderr)
    if check and done.returncode != 0:
        raise AssertionError(f"platformctl {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done


def eventually(what: str, attempt: Callable[[], T], seconds: float = 60, pause: float = 0.5) -> T:
    """The first true result of `attempt`; a failed assertion with the last result when there is none in time."""
    deadline = time.monotonic() + seconds
    last: object = None
    while time.monotonic() < deadline:
        try:
            last = result = attempt()
            if result:
                return result
        except (OSError, AssertionError, ValueError, subprocess.CalledProcessError, LookupError) as error:
            last = error
        time.sleep(pause)
    raise AssertionError(f"{what}: not within {seconds} s; last: {last!r}")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    text: str
    headers: dict[str, str]

    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Live:
    """A running cluster."""

    cluster: Cluster

    @classmethod
    def named(cls, name: str) -> Live:
        found = config.find(name)
        assert found is not None, f"no cluster {name}"
        return cls(found)

    def kubectl(self, *words: str, timeout: float = 120) -> str:
        """kubectl's standard output."""
        kubectl = str(program(Repo(ROOT), "kubectl"))
        return subprocess.run(
            [kubectl, f"--kubeconfig={self.cluster.kubeconfig}", *words],
            capture_output=True, text=True, timeout=timeout, check=True,
        ).stdout  # fmt: skip

    def objects(self, *words: str) -> list[dict[str, Any]]:
        """Items of `kubectl get -o json`."""
        answer = json.loads(self.kubectl("get", "-o", "json", *words))
        items: list[dict[str, Any]] = answer.get("items", [answer])
        return items

    def application(self, name: str) -> dict[str, Any]:
        """An Application as it is now."""
        return self.objects("applications.argoproj.io", "-n", "argocd", name)[0]

    def request(
        self, path: str, *, environment: str = "production", method: str = "GET", body: object = None, **headers: str
    ) -> Answer:
        """A request to the shop on 127.0.0.1; staging is told apart by its host name."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.cluster.port('shop')}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                "Host": "staging.localhost" if environment == "staging" else "shop.localhost",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return Answer(answer.status, answer.read().decode(), dict(answer.headers))
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read().decode(errors="replace"), dict(error.headers))

    def page(self, path: str = "/", environment: str = "production") -> str:
        """The text of a page that answered 200."""
        answer = self.request(path, environment=environment)
        assert answer.status == 200, f"{path}: {answer.status} {answer.text[:300]}"
        return answer.text

    def samples(self, query: str) -> list[float]:
        """What Prometheus answers to a query now, a value for each series."""
        words = urllib.parse.urlencode({"query": query})
        url = f"http://127.0.0.1:{self.cluster.port('prometheus')}/api/v1/query?{words}"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return [float(each["value"][1]) for each in json.load(answer)["data"]["result"]]

    def components(self) -> dict[str, Any]:
        """The supervisor's view of the components."""
        rows: dict[str, Any] = launch.state(self.cluster)["components"]
        return rows

    @property
    def git_url(self) -> str:
        """The platform repository on the cluster's Git server, with credentials."""
        password = secrets_of(self.cluster.folder)["git"]
        return f"http://platform-bot:{password}@127.0.0.1:{self.cluster.port('git')}/techcommerce/platform.git"


@dataclass(frozen=True)
class Clone:
    """A clone of the platform repository, as an engineer has it."""

    folder: Path

    @classmethod
    def of(cls, live: Live, folder: Path) -> Clone:
        subprocess.run(["git", "clone", "-q", live.git_url, str(folder)], check=True, capture_output=True)
        clone = cls(folder)
        clone.git("config", "user.name", "engineer")
        clone.git("config", "user.email", "engineer@techcommerce.example")
        return clone

    def git(self, *words: str) -> str:
        """git's standard output in the clone."""
        return subprocess.run(
            ["git", *words], cwd=self.folder, capture_output=True, text=True, check=True
        ).stdout.strip()

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text that must be there."""
        text = (self.folder / path).read_text()
        assert old in text, f"{old!r} is not in {path}"
        (self.folder / path).write_text(text.replace(old, new))

    def push(self, message: str) -> str:
        """Commit everything and push to main, on top of what others pushed meanwhile; the commit id."""
        self.git("commit", "-q", "-am", message)
        self.git("pull", "-q", "--rebase", "origin", "main")
        self.git("push", "-q", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")
