"""A revision means one thing: production a commit, everything else a qualified branch."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.deliveries import APPLICATIONS, application, is_commit, is_template, sources
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_QUALIFIED = ("refs/heads/", "refs/tags/")
_VERSION = re.compile(r"v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?")
_GENERATORS = ("matrix", "merge")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    start, content = application(manifest)
    production = _is_production(content)
    for path, source in sources(content):
        yield from _source((*start, *path, "targetRevision"), source, production)
    if manifest.kind == "ApplicationSet":
        generators = mapping(manifest.content.get("spec")).get("generators")
        yield from _git(("spec", "generators"), generators)


def _is_production(content: Mapping[str, Any]) -> bool:
    labels = mapping(mapping(content.get("metadata")).get("labels"))
    destination = mapping(mapping(content.get("spec")).get("destination"))
    stage = text(labels.get("environment")) or text(destination.get("namespace"))
    return stage.startswith("prod")


def _source(path: FieldPath, source: Mapping[str, Any], production: bool) -> Iterator[Violation]:
    revision = text(source.get("targetRevision"))
    if is_template(revision) or is_commit(revision):
        return
    if source.get("chart"):
        if not _VERSION.fullmatch(revision):
            yield Violation(path, f"{revision or 'no version'} is no exact version of a chart")
    elif production:
        yield Violation(path, f"production follows {revision or 'the default branch'} instead of one commit")
    elif not revision.startswith(_QUALIFIED):
        yield Violation(path, f"{revision or 'no revision'} is neither a commit nor refs/heads/… nor refs/tags/…")


def _git(path: FieldPath, generators: object) -> Iterator[Violation]:
    """The revisions that generators read, inside of combined ones too."""
    for index, generator in enumerate(items(generators)):
        git = mapping(mapping(generator).get("git"))
        revision = text(git.get("revision"))
        if git and not is_template(revision) and not is_commit(revision) and not revision.startswith(_QUALIFIED):
            problem = f"{revision or 'no revision'} is neither a commit nor refs/heads/… nor refs/tags/…"
            yield Violation((*path, index, "git", "revision"), problem)
        for combined in _GENERATORS:
            inner = mapping(mapping(generator).get(combined)).get("generators")
            yield from _git((*path, index, combined, "generators"), inner)


CHECK = Check("application-revision", APPLICATIONS, _judge)
