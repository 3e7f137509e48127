"""YAML as Kubernetes reads it, with lines, and refusals instead of guesses."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from platformctl import manifests
from platformctl.errors import PlatformError
from platformctl.manifests import Manifest, Unreadable, dotted, load, parse, read

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: it}\n"


def _one(text: str) -> Manifest:
    (found,) = parse(text, "test.yaml")
    assert isinstance(found, Manifest)
    return found


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("2026-01-01", "2026-01-01"),
        ("22:30", "22:30"),
        ("1:30:00", "1:30:00"),
        ("1e3", 1000.0),
        ("'1e3'", "1e3"),
        ("012", 10),
        ("0x10", 16),
        ("yes", True),
        ("off", False),
        ("~", None),
        ("''", ""),
        ("1.5", 1.5),
        ("!!str 5", "5"),
    ],
)
def test_scalars(written: str, value: object) -> None:
    """Dates and base-60 numbers stay text; the words of YAML 1.1 are booleans, as they are for Kubernetes."""
    assert _one(f"{CONFIG_MAP}data: {written}\n").content["data"] == value


def test_lines_of_fields() -> None:
    """A field is found on its line; a missing one on that of the nearest field around it."""
    found = parse(f"---\n{CONFIG_MAP}data:\n  a: 1\n  list:\n    - x: 1\n    - x: 2\n", "test.yaml")
    (manifest,) = [each for each in found if isinstance(each, Manifest)]

    assert manifest.line == 2
    assert manifest.line_of(("data", "list", 1, "x")) == 9
    assert manifest.line_of(("data", "list", 1, "gone")) == 9
    assert manifest.line_of(("gone", "deeper")) == 2


def test_members_of_a_list_are_objects_of_their_own() -> None:
    """Each with its line."""
    text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}\n- {apiVersion: v1, kind: Service}\n- 5\n"
    pod, service, broken = parse(text, "test.yaml")

    assert isinstance(pod, Manifest)
    assert isinstance(service, Manifest)
    assert [(pod.kind, pod.line), (service.kind, service.line)] == [("Pod", 4), ("Service", 5)]
    assert broken == Unreadable("test.yaml", 6, "an item of a List needs apiVersion and kind")


def test_duplicate_keys_are_kept_in_mind() -> None:
    """With the line of the second one."""
    assert _one(f"{CONFIG_MAP}data:\n  a: 1\n  a: 2\n").duplicates == ((6, "a"),)


def test_merge_keys() -> None:
    """`<<` takes over what is not set."""
    manifest = _one(f"{CONFIG_MAP}data:\n  one: &one {{a: 1, b: 1}}\n  two: {{<<: *one, a: 2}}\n")

    assert manifest.content["data"]["two"] == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("text", "line"),
    [("a: [", 2), ("just text", 1), (f"{CONFIG_MAP}---\nfoo: 1\n", 5), ("? [a]\n: b\n", 1), ("kind: Pod\n", 1)],
)
def test_unreadable_documents_have_a_line(text: str, line: int) -> None:
    """What is no object says where."""
    last = parse(f"{text}\n", "test.yaml")[-1]

    assert isinstance(last, Unreadable)
    assert last.line == line


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of any size is not read into memory."""
    monkeypatch.setattr(manifests, "LARGEST_FILE", 10)
    (tmp_path / "large.yaml").write_text(CONFIG_MAP)

    assert read(tmp_path / "large.yaml", "large.yaml") == [Unreadable("large.yaml", None, "larger than 0 MiB")]


@pytest.mark.parametrize(("text", "error"), [("a: 1\na: 2\n", "x.yaml:2: the key a stands twice"), ("[", "x.yaml:2: ")])
def test_load_of_a_file_of_ours(text: str, error: str, tmp_path: Path) -> None:
    """A fault is one line with file and line."""
    (tmp_path / "x.yaml").write_text(f"{text}\n")

    with pytest.raises(PlatformError) as caught:
        load(tmp_path / "x.yaml", "x.yaml")

    assert str(caught.value).startswith(f"error: {error}")


def test_namespace_of_an_object_that_names_none() -> None:
    """It is the destination's, but not for what lives outside of namespaces."""
    inside = Manifest({"kind": "Service", "metadata": {"name": "it"}}, "f", None, destination="staging")
    outside = Manifest({"kind": "ClusterRole", "metadata": {"name": "it"}}, "f", None, destination="staging")

    assert (inside.namespace, outside.namespace) == ("staging", "")


def test_paths_as_text() -> None:
    """With indices in brackets."""
    assert dotted(("spec", "containers", 0, "image")) == "spec.containers[0].image"


KEYS = st.text("abc", min_size=1, max_size=3)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text("abc: -#&*!|>%@`'\"{}[],?\n", max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)


@given(data=JSON)
def test_what_was_written_is_read(data: object) -> None:
    """Any value survives being written as YAML."""
    document = {"apiVersion": "v1", "kind": "ConfigMap", "data": data}

    assert _one(yaml.safe_dump(document)).content == document


@given(text=st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Never a trace."""
    assert all(isinstance(each, Manifest | Unreadable) for each in parse(text, "test.yaml"))
