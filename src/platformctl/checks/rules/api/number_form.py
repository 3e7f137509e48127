"""Numbers and keys are what they look like: 0123 is octal, a mode of 644 is not, and `on:` is a truth value."""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from platformctl.checks.pods import Pod, pod_of
from platformctl.checks.protocol import EVERY, Check, Violation, World
from platformctl.checks.rules.api import text_value
from platformctl.manifests import PREFIX, FieldPath, Manifest, items, mapping

_MODES = ("defaultMode", "mode")
# what people mean by these digits is octal; written as decimal numbers they are other modes, or none
_OCTAL_LOOKING = frozenset({400, 440, 444, 500, 550, 555, 600, 640, 644, 660, 664, 666, 700, 750, 755, 770, 775, 777})


def _judge(manifest: Manifest, world: World) -> Iterator[Violation]:
    pod = pod_of(manifest)
    if pod:
        yield from _modes(pod)
    written = list(_source(manifest.node, ())) if manifest.node is not None else []
    if written:  # a number where text is wanted is the greater fault, and said by its own rule
        said = {violation.path for violation in text_value.CHECK.judge(manifest, world)}
        yield from (violation for violation in written if violation.path not in said)


def _modes(pod: Pod) -> Iterator[Violation]:
    for index, volume in enumerate(items(pod.spec.get("volumes"))):
        path = (*pod.path, "volumes", index)
        for kind in ("configMap", "secret", "downwardAPI", "projected"):
            source = mapping(mapping(volume).get(kind))
            yield from _mode((*path, kind, "defaultMode"), source.get("defaultMode"))
            for number, item in enumerate(items(source.get("items"))):
                yield from _mode((*path, kind, "items", number, "mode"), mapping(item).get("mode"))


def _mode(path: FieldPath, value: object) -> Iterator[Violation]:
    if isinstance(value, int) and not isinstance(value, bool) and value in _OCTAL_LOOKING:
        yield Violation(path, f"{value} is decimal: as a mode that is {value:o}")


def _source(node: yaml.Node, path: FieldPath) -> Iterator[Violation]:
    """What the text of a file says otherwise than it looks; a rendered object has none."""
    pending: list[tuple[yaml.Node, FieldPath]] = [(node, path)]
    while pending:
        current, where = pending.pop()
        if isinstance(current, yaml.MappingNode):
            for key, value in current.value:
                if key.tag == f"{PREFIX}bool":
                    yield Violation((*where, key.value), f"the key {key.value} is a truth value: quote it")
                pending.append((value, (*where, str(key.value))))
        elif isinstance(current, yaml.SequenceNode):
            pending.extend((child, (*where, index)) for index, child in enumerate(current.value))
        elif _is_octal(current) and not (where and where[-1] in _MODES):
            yield Violation(where, f"{current.value} is octal: {int(current.value.replace('_', ''), 8)}")


def _is_octal(node: yaml.Node) -> bool:
    """Whether a plain number begins with a zero that YAML 1.1 takes for base eight."""
    if node.tag != f"{PREFIX}int" or getattr(node, "style", None):
        return False
    digits = str(node.value).replace("_", "").lstrip("+-")
    return len(digits) > 1 and digits[0] == "0" and digits.isdigit()


CHECK = Check("number-form", EVERY, _judge)
