"""Objects are printed the short way and the way of kyaml alike, whatever their values are."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from platformctl.render.program import Job

from .answer import answers
from .varied import write

# YAML as it may stand in a file: what one version of YAML takes for text is a number or a time in another
ODD = (
    "y", "0", "-0", "-1", "007", "0x1F", "0o17", "1_000", "1e3", "1.0", ".5", "-.nan", "12345678901234567890",
    "999999999999999999", "-999999999999999999", "~", "null", "Null", "''", '""', "true", "True", "yes", "no", "on",
    "2026-11-26", "2026-11-26T10:00:00Z", "12:30:45", "=", "<a&b>", "!!str 1", "!!int '1'", "!!float 1",
    "!!binary aGk=", "!!bool 'true'", "!own x", "&a x", "[1, [], {}]", "{b: 1, a: 2}", "{? 1 : x}", "{1: x}",
    "{&k a: 1}", "{<<: {a: 1}, b: 2}", '"\\u2028"', '"\\u0085"', '"\\t"', '"\\r\\n"', '"\\ufeff"',
    "|\n    a\n     b\n", "|+\n    a\n\n", "|-\n    a\n", ">\n    a\n    b\n", '"\\na"', '" \\na"', '"a \\nb"', '"\\n"',
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=("C",), include_characters="\n\t"), max_size=12).flatmap(
    lambda text: st.sampled_from(
        [json.dumps(text, ensure_ascii=False), yaml.dump(text, default_style="'", allow_unicode=True).strip()]
    )
)
OBJECT = """\
apiVersion: example.com/v1
kind: Thing
metadata: {name: %s}
spec:
%s"""
SLOW = "  slow: 0.5\n"  # a number that only kyaml prints


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(st.one_of(st.sampled_from(ODD), TEXTS), min_size=20, max_size=60))
@example(values=list(ODD))
def test_both_ways_print_the_same(values: list[str], renderer: Path) -> None:
    files = {f"base/{i}.yaml": _twice(i, value) for i, value in enumerate(values) if _is_yaml(_twice(i, value))}
    names = [name.removeprefix("base/") for name in files]
    with tempfile.TemporaryDirectory() as folder:
        tree = write(Path(folder), {**files, "base/kustomization.yaml": f"resources: {json.dumps(names)}\n"})
        (answer,) = answers(renderer, [Job(tree, "base", {}, text=True)])

    assert answer.error == ""
    specs = {str(each["metadata"]["name"]): dict(each["spec"]) for each in answer.objects}
    assert len(specs) == 2 * len(files)
    for name in specs:
        if name.startswith("a"):
            other = specs[f"b{name[1:]}"]
            assert other.pop("slow") == 0.5
            assert specs[name] == other


def _twice(number: int, value: str) -> str:
    field = f"  value: {value}".rstrip("\n") + "\n"
    return OBJECT % (f"a{number}", field) + "---\n" + OBJECT % (f"b{number}", field + SLOW)


def _is_yaml(text: str) -> bool:
    """Whether it is an object for others, too; what is none is no case for this."""
    try:
        return all(isinstance(each["spec"], dict) for each in yaml.load_all(text, Loader=yaml.BaseLoader))
    except yaml.YAMLError:
        return False
