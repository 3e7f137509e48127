"""What varied ApplicationSets generate, as text that `make update` rewrites; a live controller must say the same."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import yaml

from platformctl.expand.generated import Generated

from .cases import COMMIT, HERE, SETS, read_set
from .conftest import Expand, Tree


def _sorted(answer: Generated) -> list[dict[str, object]]:
    assert not answer.error, answer.error
    return sorted(
        ({"application": each["application"], "files": each["files"] or []} for each in answer.applications),
        key=lambda each: str(each["application"]["metadata"]["name"]),
    )


def test_there_are_enough_sets() -> None:
    """Fifty shapes of sets, each with its golden file."""
    assert len(SETS) >= 50
    assert {path.stem for path in (HERE / "expected").glob("*.yaml")} == set(SETS)


@pytest.mark.parametrize("name", SETS)
def test_set_expands_to_its_golden_file(name: str, expand: Expand, tree: Tree) -> None:
    """Applications with the files that they were made of."""
    (answer,) = expand(read_set(name, tree.commit))
    found = json.dumps(_sorted(answer)).replace(tree.commit, COMMIT)

    path = HERE / "expected" / f"{name}.yaml"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(yaml.safe_dump_all(json.loads(found), sort_keys=False, width=120))
    assert json.loads(found) == list(yaml.safe_load_all(path.read_text())), f"{path} differs"


def test_all_sets_at_once_file_by_file_or_whole_kept_or_new(expand: Expand, tree: Tree, tmp_path: Path) -> None:
    """Neither splitting by file, nor company, nor the cache changes anything."""
    sets = [read_set(name, tree.commit) for name in SETS]
    cache = tmp_path / "cache"

    whole = [_sorted(answer) for answer in expand(*sets, whole=True)]
    split = [_sorted(answer) for answer in expand(*sets, cache=cache)]
    again = [_sorted(answer) for answer in expand(*sets, cache=cache)]

    assert [[each["application"] for each in found] for found in split] == [
        [each["application"] for each in found] for found in whole
    ]
    assert again == split
    assert len(list(cache.iterdir())) > len(SETS)
