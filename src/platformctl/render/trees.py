"""The files of a revision: the working tree for main, an export of the commit for a pin."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.process import ToolError, command, run
from platformctl.repo import Repo, cache_folder

WORKING_TREE = "refs/heads/main"


class Trees:
    """Gives the folder of each revision; a commit is exported once and kept, it never changes."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._there: set[str] = set()

    def check(self, revision: str, pinned_in: str) -> None:
        """An error when a revision is not to be had."""
        if revision not in self._there:
            self.folder(revision, pinned_in)
            self._there.add(revision)

    def folder(self, revision: str, pinned_in: str) -> Path:
        """The folder that a revision stands for."""
        if revision == WORKING_TREE:
            return self._repo.root
        final = cache_folder() / "trees" / f"{revision}-whole"
        if not final.is_dir():
            self._export(revision, pinned_in, final)
        os.utime(final)  # what is in use is kept
        return final

    def _export(self, commit: str, pinned_in: str, final: Path) -> None:
        git = ("git", "-C", str(self._repo.root))
        try:
            run(command(*git, "cat-file", "-e", f"{commit}^{{commit}}"))
        except ToolError as error:
            raise PlatformError(
                f"{pinned_in} pins {commit}, which is no commit of this checkout",
                why="it was never made, or this checkout lacks history",
                fix="pin a full id that `git log` shows; in a shallow checkout run `git fetch --unshallow` first",
            ) from error
        archive = run(command(*git, "archive", "--format=tar", commit)).stdout
        final.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=final.parent, prefix=".unfinished-"))
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            # links stay as they are, wherever they lead: what renders follows none out of the folder
            tar.extractall(unfinished, filter="tar")
        try:
            unfinished.rename(final)
        except OSError:
            shutil.rmtree(unfinished)
            if not final.is_dir():  # else another run was first, with the same content
                raise
