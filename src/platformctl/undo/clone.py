"""Git in a temporary folder: a clone with all history and no file that nobody asked for.

It is bare: the revert is made in an index, and no file is checked out.
"""

from __future__ import annotations

import datetime
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.process import Command, ToolError, run
from platformctl.undo.hosts import MAIN, Credential

AUTHOR, MAIL = "platformctl undo", "undo@techcommerce.example"
SECONDS = 120.0
_ABSENT = re.compile(r"not our ref|not a valid object name|bad object|couldn't find remote ref", re.IGNORECASE)
_TAKEN = re.compile(r"stale info|already exists|fetch first|non-fast-forward", re.IGNORECASE)


@dataclass(frozen=True)
class Commit:
    """A commit as people know it."""

    id: str
    author: str
    subject: str


class StuckError(PlatformError):
    """A change cannot be taken back without somebody who looks at it; `files` are those to look at."""

    def __init__(self, what: str, why: str, files: Sequence[str] = ()) -> None:
        super().__init__(what, why=why)
        self.files = tuple(files)


@dataclass(frozen=True)
class Clone:
    """A repository's history in a folder that is removed again."""

    folder: Path
    repository: str
    credential: Credential

    def main(self) -> str:
        """The newest commit of the main branch."""
        return self._text("rev-parse", f"refs/heads/{MAIN}")

    def has(self, commit: str) -> bool:
        """Whether the commit exists, on the main branch or elsewhere: Git asks the host for what is missing."""
        try:
            self._run("cat-file", "-e", f"{commit}^{{commit}}")
        except ToolError as error:
            if error.returncode == 1 or _ABSENT.search(error.output):
                return False
            raise
        return True

    def exists(self, commit: str, path: str) -> bool:
        """Whether a commit has a file or folder."""
        return bool(self._text("ls-tree", "--name-only", commit, "--", path))

    def read(self, commit: str, path: str) -> str | None:
        """A file of a commit; None when it has none of that name."""
        return self._run("show", f"{commit}:{path}").stdout.decode() if self.exists(commit, path) else None

    def commits(self, healthy: str, last: str, paths: Sequence[str]) -> list[Commit]:
        """What touched these paths since the healthy commit, newest first; merges are not listed."""
        form = "--format=%H%x1f%an%x1f%s"
        lines = self._text("log", "--no-merges", form, f"{healthy}..{last}", "--", *paths).splitlines()
        return [Commit(*line.split("\x1f", 2)) for line in lines]

    def changed(self, before: str, after: str, paths: Sequence[str]) -> list[str]:
        """The files in which two commits differ below these paths."""
        return self._text("diff", "--name-only", "--no-renames", before, after, "--", *paths).splitlines()

    def taken_back(self, healthy: str, last: str, paths: Sequence[str]) -> str:
        """The tree of main without what changed in these paths from `healthy` to `last`.

        What changed there later stays; `StuckError` where both touched the same lines.
        """
        options = ("--binary", "--full-index", "--no-renames", "--no-ext-diff")
        patch = self._run("diff", *options, last, healthy, "--", *paths)
        with self._index(self.main()) as index:
            words = ("apply", "--cached", "--3way", "--whitespace=nowarn", "--allow-empty", "-")
            applied = self._run(*words, stdin=patch.stdout, env=index, ok=(0, 1))
            if applied.returncode:
                said = applied.stderr.decode(errors="replace").strip()
                listed = self._text("ls-files", "--unmerged", env=index).splitlines()
                files = sorted({line.partition("\t")[2] for line in listed} or self.changed(last, healthy, paths))
                raise StuckError("later changes touch the same lines", said, files)
            return self._text("write-tree", "--missing-ok", env=index)

    def with_files(self, tree: str, files: Mapping[str, str]) -> str:
        """A tree in which the files at these paths have these texts."""
        with self._index(tree) as index:
            for path, content in files.items():
                blob = self._run("hash-object", "-w", "--stdin", stdin=content.encode()).stdout.decode().strip()
                self._run("update-index", "--add", "--cacheinfo", f"100644,{blob},{path}", env=index)
            return self._text("write-tree", "--missing-ok", env=index)

    def tree(self, commit: str) -> str:
        """The tree of a commit."""
        return self._text("rev-parse", f"{commit}^{{tree}}")

    def commit(self, tree: str, message: str, at: datetime.datetime) -> str:
        """A commit on main; the same content at the same time is the same commit, whoever makes it."""
        who = {
            f"GIT_{role}_{part}": value
            for role in ("AUTHOR", "COMMITTER")
            for part, value in (("NAME", AUTHOR), ("EMAIL", MAIL), ("DATE", at.isoformat()))
        }
        return self._text("commit-tree", tree, "-p", self.main(), "-F", "-", stdin=message.encode(), env=who)

    def push(self, commit: str, branch: str) -> bool:
        """Make a new branch of a commit; False when there is a branch of that name, which stays as it is."""
        lease = f"--force-with-lease=refs/heads/{branch}:"  # it must not exist
        try:
            self._run("push", "--quiet", lease, self.repository, f"{commit}:refs/heads/{branch}")
        except ToolError as error:
            if _TAKEN.search(error.output):
                return False
            raise
        return True

    def fetched(self, branch: str) -> str:
        """The newest commit of a branch of the host; empty when there is none of that name."""
        listed = self._text("ls-remote", self.repository, f"refs/heads/{branch}").split()
        if not listed:
            return ""
        self._run("fetch", "--quiet", "--no-tags", "--filter=blob:none", self.repository, f"refs/heads/{branch}")
        return listed[0]

    def message(self, commit: str) -> str:
        """The whole message of a commit."""
        return self._text("show", "-s", "--format=%B", commit)

    @contextmanager
    def _index(self, tree: str) -> Iterator[Mapping[str, str]]:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._run("read-tree", tree, env=index)
            yield index

    def _text(self, *words: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> str:
        return self._run(*words, stdin=stdin, env=env).stdout.decode().strip()

    def _run(
        self,
        *words: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        ok: Sequence[int] = (0,),
    ) -> subprocess.CompletedProcess[bytes]:
        wanted = ("git", f"--git-dir={self.folder}", *words)
        return run(_command(wanted, self.credential, stdin=stdin, env=env), ok=ok)


@contextmanager
def cloned(repository: str, credential: Credential) -> Iterator[Clone]:
    """The main branch with its whole history; files are fetched when they are looked at."""
    with tempfile.TemporaryDirectory(prefix="undo-") as folder:
        target = Path(folder) / "repository.git"
        options = ("--quiet", "--bare", "--template=", "--filter=blob:none", "--no-tags", "--single-branch")
        run(_command(("git", "clone", *options, "--branch", MAIN, repository, str(target)), credential))
        yield Clone(target, repository, credential)


def _command(
    words: tuple[str, ...],
    credential: Credential,
    *,
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
) -> Command:
    """A call of git with nothing of this machine's settings, and the credential where no argument list shows it."""
    header = f"Authorization: {credential.basic}"
    settings = {"http.extraHeader": header, "http.followRedirects": "false", "gc.auto": "0", "core.quotePath": "false"}
    numbered = {
        f"GIT_CONFIG_{part}_{number}": value
        for number, setting in enumerate(settings.items())
        for part, value in zip(("KEY", "VALUE"), setting, strict=True)
    }
    environment = {
        "GIT_CONFIG_COUNT": str(len(settings)),
        **numbered,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_PROTOCOL_FROM_USER": "0",
        "GIT_ALLOW_PROTOCOL": "http:https",
        "LC_ALL": "C.UTF-8",
        **(env or {}),
    }
    secrets = (credential.token, header, credential.basic, credential.basic.removeprefix("Basic "))
    return Command(words, env=environment, timeout=SECONDS, stdin=stdin, secrets=tuple(filter(None, secrets)))
