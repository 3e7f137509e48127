"""The files of a revision: the working tree for main, an export of the commit for a pin."""

from __future__ import annotations

import io
import shutil
import tarfile
import tempfile
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.process import ToolError, command, run
from platformctl.render.kept import digest_of_tree
from platformctl.repo import Repo, cache_folder

WORKING_TREE = "refs/heads/main"
RENDERED = ("apps", "base", "clusters", "overlays")  # all that can be part of what is rendered


class Trees:
    """Gives the folder of each revision; a commit is exported once and kept, it never changes."""

    def __init__(self, repo: Repo) -> None:
        self._repo = repo
        self._working_tree: str | None = None

    def identity(self, revision: str, pinned_in: str) -> str:
        """What tells two contents apart: the commit, or a digest of the working tree."""
        if revision != WORKING_TREE:
            self.folder(revision, pinned_in)
            return revision
        if self._working_tree is None:
            self._working_tree = digest_of_tree(self._repo.root, RENDERED)
        return self._working_tree

    def folder(self, revision: str, pinned_in: str) -> Path:
        """The folder that a revision stands for."""
        if revision == WORKING_TREE:
            return self._repo.root
        final = cache_folder() / "trees" / revision
        if not final.is_dir():
            self._export(revision, pinned_in, final)
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
            members = [member for member in tar.getmembers() if member.name.split("/")[0] in RENDERED]
            tar.extractall(unfinished, members, filter="data")
        try:
            unfinished.rename(final)
        except OSError:
            shutil.rmtree(unfinished)
            if not final.is_dir():  # else another run was first, with the same content
                raise


def copy(tree: Path, target: Path) -> None:
    """Copy what can be rendered, so that an overlay can be changed without touching its tree."""
    for name in RENDERED:
        if (tree / name).is_dir():
            shutil.copytree(tree / name, target / name, symlinks=True)
