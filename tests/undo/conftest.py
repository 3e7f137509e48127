"""An aborted release: a real Git server, a stand-in for the API server, and the undo between them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from platformctl.cluster.gitea import Gitea
from platformctl.repo import Repo
from platformctl.undo.act import Outcome, Undo
from platformctl.undo.clone import cloned
from platformctl.undo.facts import all_aborted
from platformctl.undo.hosts import forge
from platformctl.undo.kubernetes import ApiServer

from . import api_server, git_server, objects
from .api_server import Cluster
from .git_server import Origin, kustomization

REPO = Repo.find(Path(__file__).parent)


@pytest.fixture(scope="session")
def gitea(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gitea]:
    """The Git server, one for all tests."""
    with git_server.serving(REPO, tmp_path_factory.mktemp("gitea")) as server:
        yield server


@pytest.fixture
def origin(gitea: Gitea, tmp_path: Path) -> Origin:
    """A repository of its own for each test."""
    return git_server.fresh(gitea, tmp_path / "checkout")


@pytest.fixture
def cluster() -> Cluster:
    """A cluster without anything."""
    return Cluster()


@pytest.fixture
def api(cluster: Cluster, tmp_path: Path) -> Iterator[ApiServer]:
    """The API server of the cluster."""
    folder = tmp_path / "account"
    folder.mkdir()
    with api_server.serving(cluster, folder) as served:
        yield served


@dataclass
class Story:
    """A release of frontend that was aborted: its commits, the cluster's objects and the undo."""

    origin: Origin
    cluster: Cluster
    api: ApiServer
    healthy: str
    bad: str
    environment: str = "staging"
    present: datetime.datetime = field(default=objects.START + datetime.timedelta(minutes=10))

    def undo(self, **options: Any) -> Outcome:
        """One undo of the one aborted release, from the beginning as after a restart."""
        (found,) = all_aborted(self.api)
        return self.undoer()(found, **options)

    def undoer(self, **fields: Any) -> Undo:
        """The undo, with some of its ways replaced."""
        made = Undo(
            repository=self.origin.url,
            read=self.api,
            applications=self.api,
            forge=forge(self.origin.url, self.origin.credential),
            clone=partial(cloned, self.origin.url, self.origin.credential),
            clock=lambda: self.present,
        )
        return replace(made, **fields)

    def told(self, reason: str | None = objects.ANALYSIS, **changes: Any) -> None:
        """What the Rollout says of its abort."""
        self.cluster.rollouts = [objects.rollout(reason, environment=self.environment, **changes)]

    def delivered(self, history: Sequence[tuple[str, int]], target: str = "refs/heads/main") -> None:
        """What Argo CD delivered, and when."""
        app = objects.application(self.origin.url, history, environment=self.environment, target=target)
        self.cluster.applications = [objects.root(self.origin.url), app]

    def versions(self, healthy: dict[str, Any], bad: dict[str, Any]) -> None:
        """The pod templates of both versions."""
        pairs = ((objects.HEALTHY, healthy), (objects.BAD, bad))
        self.cluster.replica_sets = [objects.replica_set(name, template, self.environment) for name, template in pairs]


@pytest.fixture
def staging(origin: Origin, cluster: Cluster, api: ApiServer) -> Story:
    """The image of 0.2.0 was merged, delivered to staging and aborted."""
    healthy = origin.git("rev-parse", "HEAD")
    bad = origin.commit({"base/frontend/kustomization.yaml": kustomization("0.2.0")}, "Bump frontend to 0.2.0")
    story = Story(origin, cluster, api, healthy, bad)
    story.told()
    story.delivered([(healthy, 10), (bad, 98)])
    story.versions(objects.template("0.1.0"), objects.template("0.2.0"))
    cluster.runs = [objects.analysis_run()]
    return story


@pytest.fixture
def production(origin: Origin, cluster: Cluster, api: ApiServer) -> Story:
    """Production's pin was moved to the commit with 0.2.0, which was aborted there."""
    healthy = origin.git("rev-parse", "HEAD")
    bad = origin.write({"base/frontend/kustomization.yaml": kustomization("0.2.0")}, "Bump frontend to 0.2.0")
    for number, commit in enumerate((healthy, bad)):
        pinned = git_server.CLUSTER.format(name="production", revision=commit)
        origin.write({"clusters/local/production.yaml": pinned}, f"Pin production, {number}")
    origin.push()
    story = Story(origin, cluster, api, healthy, bad, environment="production")
    story.told()
    story.delivered([(healthy, 10), (bad, 98)], target=bad)
    story.versions(objects.template("0.1.0"), objects.template("0.2.0"))
    cluster.runs = [objects.analysis_run("production")]
    return story
