"""GitHub's API, from recorded answers: what differs from Gitea, and what must not be mistaken."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from platformctl.errors import PlatformError
from platformctl.undo.forge import Checks, Pull
from platformctl.undo.hosts import Credential, Gitea, GitHub, forge
from platformctl.undo.rest import ForgeError, Rest

from . import objects

REPOSITORY = "techcommerce/platform"
PULL = {
    "number": 7,
    "state": "open",
    "merged": False,
    "head": {"label": "techcommerce:undo/x", "ref": "undo/x", "sha": "a" * 40, "repo": {"full_name": REPOSITORY}},
}


@dataclass
class Recorded:
    """Answers by method and path without query, used up one after the other; the last one stays."""

    answers: dict[str, list[tuple[int, Any]]] = field(default_factory=dict)
    asked: list[tuple[str, str, Any, str]] = field(default_factory=list)
    url: str = ""

    def __setitem__(self, call: str, answers: list[tuple[int, Any]]) -> None:
        self.answers[call] = list(answers)

    @property
    def host(self) -> GitHub:
        """The adapter that speaks to it."""
        headers = {"Authorization": "Bearer secret"}
        return GitHub(Rest(self.url, headers), REPOSITORY, "undo[bot]", "https://github.com")


@pytest.fixture
def github() -> Iterator[Recorded]:
    """A server with recorded answers."""
    recorded = Recorded()

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            path, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            recorded.asked.append((self.command, path, json.loads(body) if body else None, query))
            left = recorded.answers.get(f"{self.command} {path.removeprefix(f'/repos/{REPOSITORY}')}", [(404, {})])
            status, content = left[0] if len(left) == 1 else left.pop(0)
            written = json.dumps(content).encode() if not isinstance(content, bytes) else content
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", f"{recorded.url}/elsewhere")
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815 - their names in http.server

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        recorded.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield recorded
        server.shutdown()
        thread.join()


def test_a_pull_request_says_where_its_branch_is(github: Recorded) -> None:
    """A branch of a fork is not ours, whatever its name."""
    fork = {**PULL, "head": {**PULL["head"], "label": "stranger:undo/x", "repo": {"full_name": "stranger/platform"}}}
    github["GET /pulls/7"] = [(200, PULL), (200, fork), (200, {**PULL, "head": {**PULL["head"], "repo": None}})]

    assert github.host.pull(7) == Pull(7, "undo/x", "a" * 40, inside=True, open=True, merged=False)
    assert github.host.pull(7).inside is False
    assert github.host.pull(7).inside is False  # the fork is gone


def test_github_takes_no_files(github: Recorded) -> None:
    """So nothing is sent there."""
    github.host.attach(7, "report.zip", b"content")

    assert github.asked == []


def test_threads_are_read_to_the_last_page(github: Recorded) -> None:
    """A page that is smaller than asked for is not the last one."""
    issue = {
        "number": 1,
        "title": "t",
        "body": None,
        "user": {"login": "a"},
        "state": "closed",
        "labels": [{"name": "x"}],
    }
    github["GET /issues"] = [(200, [issue]), (200, [{**issue, "number": 2, "pull_request": {"url": "…"}}]), (200, [])]
    found = github.host.threads(objects.START)

    assert [(each.number, each.pull, each.open, each.body, each.labels) for each in found] == [
        (1, False, False, "", ("x",)),
        (2, True, False, "", ("x",)),
    ]
    assert "since=2026-11-26T01%3A00%3A00Z" in github.asked[0][3]


@pytest.mark.parametrize("answer", [{}, {"message": "moved"}, None])
def test_threads_that_are_no_list_are_an_error(github: Recorded, answer: object) -> None:
    """Taken for none, they would lead to a second revert."""
    github["GET /issues"] = [(200, answer)]

    with pytest.raises(ForgeError, match="with no list"):
        github.host.threads(objects.START)


@pytest.mark.parametrize(
    ("status", "runs", "expected"),
    [
        ({"state": "pending", "total_count": 0}, [], Checks.NONE),
        ({"state": "success", "total_count": 1}, [], Checks.PASSED),
        ({"state": "pending", "total_count": 0}, [("completed", "success"), ("completed", "skipped")], Checks.PASSED),
        ({"state": "success", "total_count": 1}, [("in_progress", None)], Checks.PENDING),
        ({"state": "success", "total_count": 1}, [("queued", None), ("completed", "timed_out")], Checks.FAILED),
        ({"state": "failure", "total_count": 1}, [("completed", "success")], Checks.FAILED),
        ({"state": "error", "total_count": 1}, [], Checks.FAILED),
    ],
)
def test_statuses_and_check_runs_count_both(
    github: Recorded, status: dict[str, Any], runs: list[tuple[str, str | None]], expected: Checks
) -> None:
    """Workflows report only as check runs, other systems only as statuses."""
    commit = "a" * 40
    github[f"GET /commits/{commit}/status"] = [(200, status)]
    listed = [{"status": state, "conclusion": conclusion} for state, conclusion in runs]
    github[f"GET /commits/{commit}/check-runs"] = [(200, {"check_runs": listed})]

    assert github.host.checks(commit) is expected


@pytest.mark.parametrize("status", [403, 405, 409, 422])
def test_a_merge_that_the_host_refuses_is_no_error(github: Recorded, status: int) -> None:
    """A required check, a review or a conflict: it is tried again, or somebody merges it."""
    github["PUT /pulls/7/merge"] = [(status, {"message": 'Required status check "gate" is expected.'})]

    assert "is expected" in github.host.merge(7, "a" * 40)
    assert github.asked[-1][2] == {"sha": "a" * 40, "merge_method": "merge"}


def test_a_merge_that_goes_through_says_nothing(github: Recorded) -> None:
    """And one that fails for another reason is an error."""
    github["PUT /pulls/7/merge"] = [(200, {"merged": True}), (500, {"message": "…"})]

    assert github.host.merge(7, "a" * 40) == ""
    with pytest.raises(ForgeError, match="500"):
        github.host.merge(7, "a" * 40)


def test_a_pull_request_that_is_open_already_is_found(github: Recorded) -> None:
    """GitHub answers 422 to a second one of the same branch."""
    github["POST /pulls"] = [(422, {"message": "A pull request already exists for techcommerce:undo/x."})]
    github["GET /pulls"] = [(200, [{"number": 7}])]
    github["GET /pulls/7"] = [(200, PULL)]

    assert github.host.open_pull("undo/x", "t", "b") == 7


def test_a_pull_request_that_cannot_be_opened_is_an_error(github: Recorded) -> None:
    """When there is none of that branch, the refusal meant something else."""
    github["POST /pulls"] = [(422, {"message": "Validation Failed"})]
    github["GET /pulls"] = [(200, [])]

    with pytest.raises(ForgeError, match="Validation Failed"):
        github.host.open_pull("undo/x", "t", "b")


def test_files_commits_labels_issues(github: Recorded) -> None:
    """The rest of what is asked of a host."""
    github["GET /contents/policy/undo.yaml"] = [(200, {"content": base64.encodebytes("ä: 1\n".encode()).decode()})]
    github["GET /pulls/7/commits"] = [(200, [{"sha": "a" * 40, "commit": {"message": "Take it back"}}])]
    github["POST /issues/7/labels"] = [(200, [])]
    github["POST /issues"] = [(201, {"number": 8})]
    github["PATCH /issues/8"] = [(200, {})]

    assert github.host.read("policy/undo.yaml") == "ä: 1\n"
    assert github.host.commits(7) == [("a" * 40, "Take it back")]
    github.host.label(7, "undo")
    assert github.host.open_issue("t", "b") == 8
    github.host.close(8)
    assert github.asked[-1][:3] == ("PATCH", f"/repos/{REPOSITORY}/issues/8", {"state": "closed"})


@pytest.mark.parametrize("answer", [(302, {}), (401, {"message": "Bad credentials"}), (502, b"<html>")])
def test_other_answers_are_errors_without_the_credential(github: Recorded, answer: tuple[int, Any]) -> None:
    """A redirect is not followed: it would carry the token with it."""
    github["GET /pulls/7"] = [answer]

    with pytest.raises(ForgeError, match=str(answer[0])) as caught:
        github.host.pull(7)
    assert "secret" not in f"{caught.value}{github.host!r}"
    assert [path for _, path, _, _ in github.asked] == [f"/repos/{REPOSITORY}/pulls/7"]


def test_an_answer_that_is_no_json_is_an_error(github: Recorded) -> None:
    """A proxy's page, for instance."""
    github["GET /pulls/7"] = [(200, b"<html>")]

    with pytest.raises(ForgeError, match="without JSON"):
        github.host.pull(7)


def test_a_host_that_hangs_up_is_an_error() -> None:
    """In the middle of an answer, too."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        host = GitHub(Rest(f"http://127.0.0.1:{listening.getsockname()[1]}", {}), REPOSITORY, "u", "https://github.com")
        with pytest.raises(ForgeError, match="does not answer|without JSON"):
            host.pull(7)
        thread.join()


def test_the_host_goes_by_the_address() -> None:
    """GitHub has its API elsewhere; Gitea's is below the site."""
    account = Credential("undo[bot]", "secret")

    github = forge("https://github.com/techcommerce/platform.git", account)
    gitea = forge("http://git.techcommerce.internal:3001/techcommerce/platform.git", account)
    assert isinstance(github, GitHub)
    assert (github.call.base, github.name) == ("https://api.github.com", REPOSITORY)
    assert isinstance(gitea, Gitea)
    assert (gitea.call.base, gitea.name) == ("http://git.techcommerce.internal:3001/api/v1", REPOSITORY)
    assert gitea.link(3) == f"http://git.techcommerce.internal:3001/{REPOSITORY}/issues/3"


@pytest.mark.parametrize(
    "address", ["", "git@github.com:techcommerce/platform.git", "https://github.com/platform", "https://u:p@h/o/n.git"]
)
def test_other_addresses_are_errors(address: str) -> None:
    """A credential in the address would end up in messages."""
    with pytest.raises(PlatformError, match="is no address of a repository"):
        forge(address, Credential("u", "t"))
