"""Versions that may not come back: what they are, and how the file says it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from platformctl import blocked
from platformctl.blocked import Blocked
from platformctl.checks.protocol import World
from platformctl.checks.rules.argo.version_blocked import CHECK
from platformctl.errors import PlatformError
from platformctl.manifests import Manifest, dotted

from . import objects

IMAGE = "containers[frontend].image"
ENTRY = Blocked(
    rollout="frontend",
    environments=("staging",),
    version={IMAGE: objects.image("0.2.0")},
    commit="f" * 40,
    reason="success-rate 0.8",
    since="2026-11-26",
)


def found(template: dict[str, Any], entry: Blocked = ENTRY, namespace: str = "staging") -> list[str]:
    """Where the rule finds a Rollout with this template to be blocked."""
    content = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Rollout",
        "metadata": {"name": "frontend", "namespace": namespace},
        "spec": {"template": template},
    }
    manifest = Manifest(content, "test.yaml", 1)
    world = World([manifest], blocked=(entry,))
    return [dotted(violation.path) for violation in CHECK.judge(manifest, world)]


def test_a_version_is_what_differs_from_the_healthy_one() -> None:
    """Image and settings by name; what both have, defaults of the API server included, is no part of it."""
    healthy = objects.template("0.1.0", "frontend-settings-old", args=["serve"])
    bad = objects.template("0.2.0", "frontend-settings-new", env=[{"name": "FAST", "value": True}])

    assert blocked.differences(healthy, bad) == {
        "containers[frontend].args[0]": None,
        "containers[frontend].env[FAST].name": "FAST",
        "containers[frontend].env[FAST].value": "true",
        "containers[frontend].envFrom[0].configMapRef.name": "frontend-settings-new",
        IMAGE: objects.image("0.2.0"),
    }


def test_the_same_version_is_refused_where_it_failed() -> None:
    """The finding points at the first field of the version."""
    assert found(objects.template("0.2.0")) == ["spec.template.spec.containers[0].image"]


@pytest.mark.parametrize(
    ("version", "namespace"), [("0.1.0", "staging"), ("0.3.0", "staging"), ("0.2.0", "production")]
)
def test_other_versions_and_other_environments_are_not(version: str, namespace: str) -> None:
    """Neither the healthy one, nor one that was mended, nor where it was not tried."""
    assert found(objects.template(version), namespace=namespace) == []


def test_all_of_a_version_has_to_be_there() -> None:
    """When image and settings changed together, either may be to blame: with one of them changed it is tried again."""
    settings = "containers[frontend].envFrom[0].configMapRef.name"
    entry = replace(ENTRY, version={**ENTRY.version, settings: "frontend-settings-new"})

    assert found(objects.template("0.2.0", "frontend-settings-new"), entry)
    assert not found(objects.template("0.2.0", "frontend-settings-mended"), entry)


def test_a_field_that_was_removed_is_part_of_the_version() -> None:
    """null stands for it."""
    entry = replace(ENTRY, version={"containers[frontend].args[0]": None})

    assert found(objects.template("0.1.0"), entry)
    assert not found(objects.template("0.1.0", args=["serve"]), entry)


def test_amounts_are_compared_as_amounts() -> None:
    """The API server writes 1000m as 1."""
    entry = replace(ENTRY, version={"containers[frontend].resources.limits.cpu": "1"})

    assert found(objects.template("0.1.0", resources={"limits": {"cpu": "1000m"}}), entry)
    assert not found(objects.template("0.1.0", resources={"limits": {"cpu": "2"}}), entry)


OTHER = "# why\n\n- {rollout: a, environments: [s], version: {i: x}, commit: c, reason: r, since: d}\n"


@pytest.mark.parametrize("text", ["", "[]\n", "# why\n[]\n", OTHER])
def test_an_entry_is_added_to_what_the_file_says(text: str) -> None:
    """Comments and other entries stay, and a second time nothing is added."""
    after = blocked.appended(text, ENTRY)

    assert blocked.parse(after)[-1] == ENTRY
    assert len(blocked.parse(after)) == (2 if "rollout: a" in text else 1)
    assert after.startswith(text.replace("[]\n", "").rstrip())
    assert blocked.appended(after, replace(ENTRY, commit="e" * 40, reason="again")) == after


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "is no list"),
        ("- [", "is not YAML"),
        ("- 1", "blocked.yaml:1: an entry has the keys"),
        ("- {rollout: a, commit: c, reason: r, since: d, environments: [s]}", r"missing or empty: \['version"),
        ("- {rollout: a, commit: c, reason: r, since: d, environments: s, version: {a: b}}", "environments"),
        ("- {rollout: a, commit: c, reason: r, since: d, environments: [s], version: {a: b}, until: x}", "until"),
    ],
)
def test_an_incomplete_entry_is_an_error(text: str, message: str) -> None:
    """A block that does not hold would be worse than none."""
    with pytest.raises(PlatformError) as caught:
        blocked.parse(text)
    assert caught.match(message)
