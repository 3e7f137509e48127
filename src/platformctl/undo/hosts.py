"""Gitea and GitHub: nearly one API, and where they differ."""

from __future__ import annotations

import base64
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from platformctl.errors import PlatformError
from platformctl.manifests import items, mapping, text
from platformctl.undo.forge import Checks, Forge, Pull, Thread
from platformctl.undo.rest import ForgeError, Rest, refused

MAIN = "main"
PAGE, PAGES = 50, 40  # threads of a page, and the most pages that are looked at
COLOUR = "b60205"
_STATES = {"success": Checks.PASSED, "pending": Checks.PENDING, "": Checks.PENDING}
_GOOD = ("success", "neutral", "skipped")


@dataclass(frozen=True)
class Credential:
    """An account of the Git host; `token` may also be its password where the host takes that."""

    user: str
    token: str = field(repr=False)

    @property
    def basic(self) -> str:
        """The value of an Authorization header; Git itself knows no other form."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.token}".encode()).decode()


def forge(repository: str, credential: Credential) -> Forge:
    """The host of a repository's address: GitHub by its name, and Gitea everywhere else."""
    parts = urlsplit(repository)
    path = parts.path.strip("/").removesuffix(".git")
    if parts.scheme not in ("http", "https") or not parts.netloc or path.count("/") != 1 or "@" in parts.netloc:
        raise PlatformError(
            f"{repository!r} is no address of a repository",
            fix="use https://host/owner/name.git, without a user in it",
        )
    if parts.hostname == "github.com":
        headers = {"Authorization": f"Bearer {credential.token}", "X-GitHub-Api-Version": "2022-11-28"}
        return GitHub(Rest("https://api.github.com", headers), path, credential.user, "https://github.com")
    site = f"{parts.scheme}://{parts.netloc}"
    return Gitea(Rest(f"{site}/api/v1", {"Authorization": credential.basic}), path, credential.user, site)


@dataclass(frozen=True)
class _Host:
    """What both hosts do alike: GitHub's API, which Gitea's follows."""

    call: Rest
    name: str  # owner/name
    user: str
    site: str

    def read(self, path: str) -> str:
        """A file of the main branch."""
        found = self.call("GET", f"{self._path}/contents/{quote(path)}?ref={MAIN}")
        return base64.b64decode(text(mapping(found).get("content"))).decode()

    def threads(self, since: datetime.datetime) -> list[Thread]:
        """Pull requests and issues, open and closed, that somebody touched since then."""
        return self._threads(state="all", since=since.strftime("%Y-%m-%dT%H:%M:%SZ"))

    def open_threads(self, label: str) -> list[Thread]:
        """Open pull requests and issues with a label."""
        return self._threads(state="open", labels=label)

    def pull(self, number: int) -> Pull:
        """A pull request."""
        found = mapping(self.call("GET", f"{self._path}/pulls/{number}"))
        head = mapping(found.get("head"))
        return Pull(
            number=number,
            branch=text(head.get("label")).rpartition(":")[2],  # GitHub puts the owner in front
            head=text(head.get("sha")),
            inside=text(mapping(head.get("repo")).get("full_name")).lower() == self.name.lower(),
            open=found.get("state") == "open",
            merged=found.get("merged") is True,
        )

    def commits(self, number: int) -> list[tuple[str, str]]:
        """Id and message of each commit of a pull request."""
        listed = self._listed(f"pulls/{number}/commits?{urlencode({'limit': PAGE, 'per_page': PAGE})}")
        return [(text(each.get("sha")), text(mapping(each.get("commit")).get("message"))) for each in listed]

    def open_pull(self, branch: str, title: str, body: str) -> int:
        """Open one into main; the number of the one that is open already where there is one."""
        wanted = {"head": branch, "base": MAIN, "title": title, "body": body}
        try:
            return int(self.call("POST", f"{self._path}/pulls", wanted)["number"])
        except ForgeError as error:
            number = self._open_pull_of(branch) if refused(error) else None
            if number is None:
                raise
            return number

    def open_issue(self, title: str, body: str) -> int:
        """Open an issue."""
        return int(self.call("POST", f"{self._path}/issues", {"title": title, "body": body})["number"])

    def comment(self, number: int, words: str) -> None:
        """Say something in a pull request or issue."""
        self.call("POST", f"{self._path}/issues/{number}/comments", {"body": words})

    def close(self, number: int) -> None:
        """Close a pull request or issue without merging it."""
        self.call("PATCH", f"{self._path}/issues/{number}", {"state": "closed"})

    def attach(self, number: int, name: str, content: bytes) -> None:
        """Nothing: GitHub's API takes no files; the text says how to make them."""

    def label(self, number: int, name: str) -> None:
        """Put a label on a pull request or issue."""
        self.call("POST", f"{self._path}/issues/{number}/labels", {"labels": [name]})

    def checks(self, commit: str) -> Checks:
        """What the statuses of a commit say."""
        found = mapping(self.call("GET", f"{self._path}/commits/{commit}/status"))
        if not found.get("total_count"):
            return Checks.NONE
        return _STATES.get(text(found.get("state")), Checks.FAILED)

    def link(self, number: int) -> str:
        """Where people see a pull request or issue."""
        return f"{self.site}/{self.name}/issues/{number}"

    @property
    def _path(self) -> str:
        return f"/repos/{self.name}"

    def _threads(self, **wanted: str) -> list[Thread]:
        found: list[Thread] = []
        for page in range(1, PAGES + 1):
            listed = self._listed(f"issues?{urlencode({**wanted, 'page': page, 'limit': PAGE, 'per_page': PAGE})}")
            if not listed:  # a host may give smaller pages than it was asked for
                return found
            found += [_thread(each) for each in listed]
        raise ForgeError(f"{self.name} has more than {PAGE * PAGES} threads", f"asked for {wanted}")

    def _listed(self, path: str) -> list[Mapping[str, Any]]:
        """A list of objects; anything else must not pass for an empty one."""
        found = self.call("GET", f"{self._path}/{path}")
        if not isinstance(found, list):
            raise ForgeError(f"the Git host answered {path} with no list", type(found).__name__)
        return [mapping(each) for each in found]

    def _open_pull_of(self, branch: str) -> int | None:
        query = urlencode({"state": "open", "limit": PAGE, "per_page": PAGE})
        for each in self._listed(f"pulls?{query}"):
            found = self.pull(int(each["number"]))
            if found.inside and found.branch == branch:
                return found.number
        return None


@dataclass(frozen=True)
class Gitea(_Host):
    """API v1 of Gitea 1.26."""

    def attach(self, number: int, name: str, content: bytes) -> None:
        """Put a file beside the text of a pull request or issue."""
        self.call.upload(
            f"{self._path}/issues/{number}/assets?{urlencode({'name': name})}", "attachment", name, content
        )

    def label(self, number: int, name: str) -> None:
        """Put a label on a pull request or issue; the repository gets it first where it has none of that name."""
        if name not in [each.get("name") for each in self._listed(f"labels?limit={PAGE}")]:
            self.call("POST", f"{self._path}/labels", {"name": name, "color": f"#{COLOUR}"})
        super().label(number, name)

    def merge(self, number: int, head: str) -> str:
        """Merge a pull request whose newest commit is `head`; the host's reason when it does not let us."""
        return _merged(lambda: self.call("POST", f"{self._path}/pulls/{number}/merge", _gitea_merge(head)))


@dataclass(frozen=True)
class GitHub(_Host):
    """REST API 2022-11-28 of GitHub."""

    def checks(self, commit: str) -> Checks:
        """What statuses and check runs of a commit say; workflows report only through the latter."""
        runs = mapping(self.call("GET", f"{self._path}/commits/{commit}/check-runs?per_page=100"))
        both = {super().checks(commit), _runs(runs)}
        return next(each for each in (Checks.FAILED, Checks.PENDING, Checks.PASSED, Checks.NONE) if each in both)

    def merge(self, number: int, head: str) -> str:
        """Merge a pull request whose newest commit is `head`; the host's reason when it does not let us."""
        wanted = {"sha": head, "merge_method": "merge"}
        return _merged(lambda: self.call("PUT", f"{self._path}/pulls/{number}/merge", wanted))


def _gitea_merge(head: str) -> dict[str, str]:
    return {"Do": "merge", "head_commit_id": head}


def _merged(call: Any) -> str:
    try:
        call()
    except ForgeError as error:
        if not refused(error):
            raise
        return error.why
    return ""


def _runs(content: Mapping[str, Any]) -> Checks:
    runs = [mapping(each) for each in items(content.get("check_runs"))]
    if not runs:
        return Checks.NONE
    if any(each.get("status") == "completed" and each.get("conclusion") not in _GOOD for each in runs):
        return Checks.FAILED
    return Checks.PASSED if all(each.get("status") == "completed" for each in runs) else Checks.PENDING


def _thread(content: Mapping[str, Any]) -> Thread:
    return Thread(
        number=int(content["number"]),
        title=text(content.get("title")),
        body=text(content.get("body")),
        author=text(mapping(content.get("user")).get("login")),
        pull=bool(content.get("pull_request")),
        open=content.get("state") == "open",
        labels=tuple(text(mapping(each).get("name")) for each in items(content.get("labels"))),
    )
