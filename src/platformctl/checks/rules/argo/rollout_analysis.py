"""What measures a release exists, gets its arguments, and comes to an end."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from platformctl.checks.protocol import Check, Violation, World
from platformctl.checks.rules.argo.releases import Analysis, analyses, template, template_kind
from platformctl.manifests import FieldPath, Manifest, items, mapping, text

_TEMPLATES = ("AnalysisTemplate", "ClusterAnalysisTemplate")


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    for analysis in analyses(manifest):
        yield from _used(manifest, world, analysis)


def _used(manifest: Manifest, world: World, analysis: Analysis) -> Iterator[Violation]:
    found: dict[int, Manifest] = {}
    complete = True
    for path, kind, name in analysis.templates:
        each = template(manifest, kind, name, world)
        if each is None:
            complete = False
            if world.describes(*_TEMPLATES):
                yield Violation((*path, "templateName"), f"there is no {kind} {name}")
            continue
        parts = list(_with_parts(manifest, world, each))
        found |= {id(part): part for part in parts}
        if not analysis.background:
            yield from _endless(path, parts)
    if found:
        yield from _arguments(analysis, found.values(), complete)
    if found and complete:
        yield from _patterns(analysis, found.values())


def _with_parts(manifest: Manifest, world: World, found: Manifest) -> Iterator[Manifest]:
    """A template and those that it is made of."""
    pending, seen = [found], {id(found)}
    while pending:
        current = pending.pop()
        yield current
        for reference in items(mapping(current.content.get("spec")).get("templates")):
            name = text(mapping(reference).get("templateName"))
            part = template(manifest, template_kind(mapping(reference)), name, world)
            if part is not None and id(part) not in seen:
                seen.add(id(part))
                pending.append(part)


def _endless(path: FieldPath, templates: Collection[Manifest]) -> Iterator[Violation]:
    for each in templates:
        for metric in items(mapping(each.content.get("spec")).get("metrics")):
            content = mapping(metric)
            if content.get("interval") and not content.get("count"):
                name = text(content.get("name"))
                yield Violation(path, f"{each.kind} {each.name}: the metric {name} has no count and never ends here")


def _arguments(analysis: Analysis, templates: Collection[Manifest], complete: bool) -> Iterator[Violation]:
    declared: dict[str, bool] = {}  # and whether somebody has to give it
    for each in templates:
        for argument in items(mapping(each.content.get("spec")).get("args")):
            name = text(mapping(argument).get("name"))
            declared[name] = declared.get(name, True) and not _has_value(mapping(argument))
    for name, needed in declared.items():
        if needed and name not in analysis.arguments:
            yield Violation((*analysis.path, "args"), f"the argument {name} has no value")
    for name in sorted(analysis.arguments - set(declared)) if complete else ():
        yield Violation((*analysis.path, "args"), f"no template has an argument {name}")


def _patterns(analysis: Analysis, templates: Collection[Manifest]) -> Iterator[Violation]:
    """The controller reads them as Go does, and ends the analysis with an error when one meets no metric."""
    metrics = [
        text(mapping(metric).get("name"))
        for each in templates
        for metric in items(mapping(each.content.get("spec")).get("metrics"))
    ]
    for path, pattern in analysis.patterns:
        try:
            met = any(re.search(pattern, name) for name in metrics)
        except re.error:
            met = False
        if not met:
            yield Violation(path, f"{pattern} is a regular expression that meets none of {', '.join(sorted(metrics))}")


def _has_value(argument: Mapping[str, object]) -> bool:
    return argument.get("value") is not None or argument.get("valueFrom") is not None


CHECK = Check("rollout-analysis", frozenset({"Rollout"}), _judge)
