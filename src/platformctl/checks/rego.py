"""The Rego rules, run by conftest: one call for all objects, and proof of which rules took part."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from platformctl.checks.programs import needed
from platformctl.checks.protocol import Contents, Hit
from platformctl.checks.rulebook import Rulebook
from platformctl.errors import TOOL_FAILURE, PlatformError
from platformctl.process import command, text
from platformctl.repo import Repo

FOLDER = "policy/rego"
ENGINE = "rego"


def run(repo: Repo, rulebook: Rulebook, contents: Contents) -> tuple[list[Hit], set[int]]:
    """What the Rego rules find, and the numbers of the objects they saw."""
    expected = rules_on_disk(repo, rulebook)
    results = _evaluate(repo, contents)
    inventories = [result for result in results if result["message"] == "inventory"]
    if len(inventories) != 1 or set(inventories[0]["rules"]) != expected:
        seen = sorted(set(inventories[0]["rules"])) if inventories else "none"
        raise PlatformError(
            "conftest ran other rules than policy/rego/rules holds",
            why=f"expected {sorted(expected)}, ran {seen}",
            fix="policy/rego/rules/<rule>/<rule>.rego has the package rules.<rule> with a set `violation`",
            exit_code=TOOL_FAILURE,
        )
    hits = [
        Hit(result["rule"], result["index"], tuple(result["path"]), result["message"])
        for result in results
        if result["message"] != "inventory"
    ]
    everything = inventories[0]["objects"] == len(contents)
    return hits, set(range(len(contents))) if everything else set()


def rules_on_disk(repo: Repo, rulebook: Rulebook) -> set[str]:
    """The ids of the Rego rules; an error when the folder and the rule book differ."""
    folder = repo.root / FOLDER / "rules"
    ids = set()
    for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
        names = sorted(path.name for path in entry.iterdir()) if entry.is_dir() else []
        if names != [f"{entry.name}.rego"]:
            raise PlatformError(
                f"{FOLDER}/rules/{entry.name} must hold {entry.name}.rego and nothing else",
                why=f"it holds {', '.join(names) or 'nothing'}",
                fix="tests belong in policy/tests",
            )
        ids.add(entry.name.replace("_", "-"))
    twins = {rule.id for rule in rulebook.values() if rule.twin}
    if ids != twins or not ids:
        raise PlatformError(
            f"{FOLDER}/rules and policy/rules name different rules",
            why=f"only in one of them: {', '.join(sorted(ids ^ twins)) or 'none at all'}",
            fix="a rule with `twin: true` has a folder of its name, its dashes written as underscores",
        )
    return ids


def _evaluate(repo: Repo, contents: Contents) -> list[Mapping[str, Any]]:
    conftest = needed(repo, "conftest")
    with tempfile.TemporaryDirectory(prefix="techcommerce-rego-") as folder:
        objects = Path(folder) / "objects.json"
        objects.write_text(json.dumps({"objects": list(contents)}))
        arguments = ("--policy", repo.root / FOLDER, "--output", "json", "--no-color", "--strict", objects)
        # 1 because the inventory is always among the results; 0 would mean that no rule was evaluated.
        # the working directory is the temporary one, where no conftest.toml can change anything
        call = command(conftest, "test", *map(str, arguments), cwd=Path(folder), timeout=300)
        answer = text(call, ok=(1,))
    try:
        results = [result for document in json.loads(answer) for result in document.get("failures", [])]
        return [{"message": result["msg"], **result["metadata"]} for result in results]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PlatformError(
            "conftest printed something that is no result", why=answer[:2000], exit_code=TOOL_FAILURE
        ) from error
