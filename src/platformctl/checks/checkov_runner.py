"""Holds objects against checkov's Kubernetes checks; run by checkov's own Python, of which this imports only those.

`python checkov_runner.py OBJECTS CHECK…` reads a JSON list of objects and prints one JSON document: every check that
checkov has with its name and the kinds it looks at, how many objects were seen, and what failed.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import pkgutil
import sys
from pathlib import Path
from typing import Any

CHECKS = "checkov.kubernetes.checks.resource.k8s"
GRAPH_CHECKS = "checkov.kubernetes.checks.graph_checks"


def main() -> None:
    """Read, judge, print."""
    objects = json.loads(Path(sys.argv[1]).read_bytes())
    with contextlib.redirect_stdout(sys.stderr):  # what checkov prints is no result
        answer = _judge(objects, frozenset(sys.argv[2:]))
    json.dump(answer, sys.stdout)


def _judge(objects: list[dict[str, Any]], wanted: frozenset[str]) -> dict[str, Any]:
    checks = _registered()
    known: dict[str, dict[str, Any]] = {}
    for kind, members in checks.items():
        for check in members:
            known.setdefault(check.id, {"name": check.name, "kinds": []})["kinds"].append(kind)
    failed: list[tuple[int, str, str]] = []
    broken: list[tuple[int, str, str]] = []
    for index, content in enumerate(objects):
        for check in checks.get(content["kind"], ()):
            if check.id in wanted:
                _hold(check, index, content, failed, broken)
    return {
        "checks": {**known, **_graph_checks()},
        "seen": len(objects),
        "failed": failed,
        "broken": broken,
    }


def _registered() -> dict[str, list[Any]]:
    package = importlib.import_module(CHECKS)
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{CHECKS}.{module.name}")
    registry = importlib.import_module("checkov.kubernetes.checks.resource.registry").registry
    return {**registry.checks, **registry.wildcard_checks}


def _graph_checks() -> dict[str, dict[str, Any]]:
    """Checks that relate several objects: data for checkov's graph engine, which is not imported; no kind is theirs."""
    folder = Path(importlib.import_module(GRAPH_CHECKS).__path__[0])
    found = [json.loads(path.read_text())["metadata"] for path in sorted(folder.rglob("*.json"))]
    return {check["id"]: {"name": check["name"], "kinds": ["*"]} for check in found}


def _hold(check: Any, index: int, content: dict[str, Any], failed: list[Any], broken: list[Any]) -> None:
    check.evaluated_keys = []
    try:
        result = check.scan_entity_conf(content, content["kind"])
    except Exception as error:
        broken.append((index, check.id, f"{type(error).__name__}: {error}"))
        return
    if isinstance(result, tuple):
        result = result[0]
    if result.name == "FAILED":
        keys = check.get_evaluated_keys()
        failed.append((index, check.id, str(keys[0]) if keys else ""))


if __name__ == "__main__":
    main()
