"""The Git server of an embedded cluster: its administrator is made by its own command line."""

from __future__ import annotations

from platformctl.cluster import secrets
from platformctl.cluster.config import GIT_PORT, STATE, Cluster
from platformctl.cluster.gitea import USER, Gitea
from platformctl.cluster.launch import supervisor_pid
from platformctl.process import Command, ToolError, run
from platformctl.repo import Repo
from platformctl.tools.programs import program


def git_server(repo: Repo, cluster: Cluster) -> Gitea:
    """The running server, with an administrator that we know the password of."""
    password = secrets.ensure(cluster.folder)["git"]
    wanted = Command(
        (
            "nsenter", f"--target={supervisor_pid(cluster)}", "--mount", "--net", "--",
            str(program(repo, "gitea")), "admin", "user", "create", "--config", f"{STATE}/config/gitea.ini",
            "--admin", "--username", USER, "--password", password, "--email", f"{USER}@techcommerce.example",
            "--must-change-password=false",
        ),
        env={"HOME": f"{STATE}/gitea", "USER": "root", "GITEA_WORK_DIR": f"{STATE}/gitea"},
        secrets=(password,),
    )  # fmt: skip
    try:
        run(wanted)
    except ToolError as error:
        if "already exists" not in error.output:
            raise
    return Gitea(f"http://{cluster.node_address}:{GIT_PORT}", USER, password)
