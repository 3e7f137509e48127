"""One undo against a real Git server: what is pushed, opened and merged, and that it is so once."""

from __future__ import annotations

import pytest

from platformctl.undo.act import Result

from .conftest import Story
from .git_server import kustomization

FILE = "base/frontend/kustomization.yaml"


def test_a_bad_image_in_staging_is_taken_back_on_main(staging: Story) -> None:
    """The pull request is opened, labelled and merged, and main asks for the healthy image again."""
    outcome = staging.undo()

    assert outcome.result is Result.MERGED
    (pull,) = staging.origin.pulls()
    assert pull["merged"] is True
    assert [label["name"] for label in pull["labels"]] == ["undo"]
    assert staging.origin.read(FILE) == kustomization("0.1.0")
