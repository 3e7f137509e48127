"""Argo CD's account for releases: its token, and what its role may do, asked from Argo CD's own program."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import jwt
import pytest
import yaml

from platformctl.cluster import accounts, secrets
from platformctl.releases.actions import ACTIONS
from platformctl.repo import Repo
from platformctl.tools.programs import program
from tests.releases.servers import kubeconfig


@pytest.fixture(scope="module")
def policy(repo: Repo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """argocd-rbac-cm as Git has it."""
    documents = yaml.safe_load_all((repo.root / "base/platform/argo-cd/settings.yaml").read_text())
    [found] = [each for each in documents if each["metadata"]["name"] == "argocd-rbac-cm"]
    path = tmp_path_factory.mktemp("rbac") / "argocd-rbac-cm.yaml"
    path.write_text(yaml.safe_dump(found))
    return path


def may(repo: Repo, policy: Path, action: str, object_: str, resource: str = "applications") -> bool:
    """Whether the account may; the program wants a kubeconfig, though it asks no cluster."""
    done = subprocess.run(
        [
            program(repo, "argocd"), "admin", "settings", "rbac", "can", accounts.ACCOUNT, action, resource, object_,
            "--policy-file", str(policy), "--strict=false", "--use-builtin-policy=false",
        ],
        capture_output=True, text=True, timeout=30, check=False,
        env={**os.environ, "KUBECONFIG": str(kubeconfig(policy.parent, 1))},
    )  # fmt: skip
    return {"Yes": True, "No": False}[done.stdout.strip()]


@pytest.mark.parametrize("action", sorted({each.argo for each in ACTIONS.values()}))
def test_every_action_of_ours_is_allowed_on_the_rollouts_of_services(repo: Repo, policy: Path, action: str) -> None:
    """And on nothing else: not on another kind, not in another project."""
    assert may(repo, policy, f"action/argoproj.io/Rollout/{action}", "services/frontend-staging")
    assert not may(repo, policy, f"action/argoproj.io/Rollout/{action}", "platform/argo-rollouts")
    assert not may(repo, policy, f"action/apps/Deployment/{action}", "services/frontend-staging")


@pytest.mark.parametrize(
    ("action", "object_", "resource"),
    [
        ("action/argoproj.io/Rollout/restart", "services/frontend-staging", "applications"),
        ("action/argoproj.io/Rollout/skip-current-step", "services/frontend-staging", "applications"),
        ("sync", "services/frontend-staging", "applications"),
        ("update", "services/frontend-staging", "applications"),
        ("delete", "services/frontend-staging", "applications"),
        ("override", "services/frontend-staging", "applications"),
        ("create", "services/anything", "applications"),
        ("get", "platform/prometheus", "applications"),
        ("get", "services/frontend-staging", "logs"),
        ("create", "services/frontend-staging", "exec"),
        ("get", "*", "repositories"),
        ("get", "*", "clusters"),
        ("update", "release", "accounts"),
    ],
)
def test_everything_else_is_not(repo: Repo, policy: Path, action: str, object_: str, resource: str) -> None:
    """Whoever has the token can neither sync nor edit, read logs, or make further tokens."""
    assert not may(repo, policy, action, object_, resource)


def test_it_may_look_at_the_applications_of_services(repo: Repo, policy: Path) -> None:
    """That is how it knows in which state a Rollout is."""
    assert may(repo, policy, "get", "services/order-api-production")


def test_the_token_is_one_that_the_secret_lists(tmp_path: Path) -> None:
    """Signed with the key that Argo CD is given, with an id that its account has, and the same at every run."""
    values = secrets.ensure(tmp_path)
    settings = accounts.settings(values)

    token = accounts.token(values)

    claims = jwt.decode(token, settings["server.secretkey"], algorithms=["HS256"], issuer="argocd")
    assert claims["sub"] == "release:apiKey"
    assert [each["id"] for each in json.loads(settings["accounts.release.tokens"])] == [claims["jti"]]
    assert accounts.token(secrets.ensure(tmp_path)) == token


def test_git_gives_the_account_tokens_and_no_password(repo: Repo) -> None:
    """So there is nothing to log in with."""
    documents = yaml.safe_load_all((repo.root / "base/platform/argo-cd/settings.yaml").read_text())
    [found] = [each["data"] for each in documents if each["metadata"]["name"] == "argocd-cm"]

    assert found[f"accounts.{accounts.ACCOUNT}"] == "apiKey"
