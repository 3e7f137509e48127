"""Credentials are not written out: not in environments, not in arguments, not in ConfigMaps."""

from __future__ import annotations

from collections.abc import Iterator

from platformctl.checks import credentials
from platformctl.checks.pods import WORKLOADS, containers
from platformctl.checks.protocol import Check, Violation, World
from platformctl.manifests import Manifest, items, mapping, text


def _environment(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for index, variable in enumerate(items(container.content.get("env"))):
            name, value = text(mapping(variable).get("name")), mapping(variable).get("value")
            problem = _problem(name, value)
            if problem:
                yield container.violation(("env", index, "value"), f"has {problem} in {name}")


def _arguments(manifest: Manifest, world: World) -> Iterator[Violation]:
    for container in containers(manifest):
        for field in ("command", "args"):
            words = [text(each) for each in items(container.content.get(field))]
            for index, name in credentials.in_arguments(words):
                yield container.violation((field, index), f"is given a credential as {name}")
            for index, word in enumerate(words):
                form = credentials.form_of(word)
                if form:
                    yield container.violation((field, index), f"is given {form}")


def _config_map(manifest: Manifest, world: World) -> Iterator[Violation]:
    for name, value in mapping(manifest.content.get("data")).items():
        problem = _problem(name, value)
        if problem:
            yield Violation(("data", name), f"everybody who may read ConfigMaps reads {problem} here")
            continue
        lines = sorted(set(credentials.in_lines(text(value))))
        if lines:
            yield Violation(("data", name), f"everybody who may read ConfigMaps reads {', '.join(lines)} here")


def _problem(name: str, value: object) -> str:
    form = credentials.form_of(text(value))
    if form:
        return form
    single = "\n" not in text(value).strip()
    named = single and credentials.is_secret_name(name) and credentials.is_literal(value)
    return f"the credential {name}" if named else ""


CHECKS = (
    Check("plaintext-env", WORKLOADS, _environment),
    Check("plaintext-argument", WORKLOADS, _arguments),
    Check("secret-in-configmap", frozenset({"ConfigMap"}), _config_map),
)
