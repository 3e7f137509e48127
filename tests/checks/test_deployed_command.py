"""`platformctl check`, `apps` and `render` on a whole platform."""

from __future__ import annotations

import datetime
import json

import pytest

from platformctl.repo import Repo

from .conftest import Run

OUTSIDE_VOLUME = "spec:\n      volumes: [{name: web, secret: {secretName: web}}]\n      auto"
SOON = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=30)


def _harm(repo: Repo, name: str, old: str, new: str) -> None:
    path = repo.root / name
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_compliant_platform_passes_with_its_inventory(platformctl: Run, small_platform: Repo) -> None:
    """Every Application is rendered, every object checked twice."""
    answer = platformctl("check", "--format", "json", cwd=small_platform.root)

    assert answer.code == 0
    assert answer.report["findings"] == []
    summary = {key: value for key, value in answer.report["summary"].items() if key != "seconds"}
    assert summary == {
        "applications": 2,
        "rendered": 2,
        "objects": 10,
        "schema_checked": 10,
        "policy_checked": 10,
        "skipped": 0,
        "errors": 0,
        "warnings": 0,
        "waived": 0,
    }


def test_fault_in_base_is_found_where_it_is_live(platformctl: Run, small_platform: Repo) -> None:
    """Staging follows main; production is pinned and keeps what it has."""
    _harm(small_platform, "base/web/deployment.yaml", "allowPrivilegeEscalation: false", "privileged: true")
    answer = platformctl("check", "--format", "json", cwd=small_platform.root)

    assert answer.code == 1
    assert {(each["rule"], *each["clusters"]) for each in answer.report["findings"]} == {
        ("allow-privilege-escalation", "one/staging"),
        ("privileged", "one/staging"),
    }


def test_one_finding_for_all_clusters_that_get_it(platformctl: Run, small_platform: Repo) -> None:
    """Two clusters with the same overlay are one finding."""
    path = small_platform.root / "clusters" / "one" / "staging.yaml"
    second = path.read_text().replace("cluster: staging", "cluster: second")
    second = second.replace("https://kubernetes.default.svc", "https://second.example")
    (path.parent / "second.yaml").write_text(second)
    _harm(small_platform, "base/web/deployment.yaml", "readOnlyRootFilesystem: true", "privileged: false")
    answer = platformctl("check", "--format", "json", cwd=small_platform.root)

    assert answer.code == 1
    assert [each["clusters"] for each in answer.report["findings"]] == [["one/second", "one/staging"]]


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("clusters/one/staging.yaml", "name: web", "name: gone", "overlays/staging/gone is no overlay"),
        ("overlays/staging/web/kustomization.yaml", "base/web", "base/none", "overlays/staging/web does not render"),
        (
            "base/web/kustomization.yaml",
            "resources: [account.yaml, budget.yaml, deployment.yaml, network-policy.yaml]",
            "{}",
            "overlays/staging/web does not render",
        ),
        ("apps/services.yaml", ".services", ".others", 'no entry for key "others"'),
    ],
)
def test_application_that_cannot_be_judged_is_red(
    name: str, old: str, new: str, message: str, platformctl: Run, small_platform: Repo
) -> None:
    """No Application is left out of the verdict."""
    _harm(small_platform, name, old, new)
    answer = platformctl("check", cwd=small_platform.root)

    assert answer.code == 2
    assert message in answer.err
    assert answer.out == ""


@pytest.mark.parametrize(
    ("name", "old", "new", "cluster"),
    [
        ("clusters/one/staging.yaml", "services:\n  - {name: web, revision: ", "services: [] # ", "staging"),
        ("apps/services.yaml", "path: clusters/one/*.yaml", "path: clusters/one/p*.yaml", "staging"),
    ],
)
def test_application_that_is_missing_is_red(
    name: str, old: str, new: str, cluster: str, platformctl: Run, small_platform: Repo
) -> None:
    """A file that forgets a service and a set that skips a cluster are noticed: the overlay is there."""
    _harm(small_platform, name, old, new)
    answer = platformctl("check", cwd=small_platform.root)

    assert answer.code == 2
    assert f"one/{cluster} does not get overlays/{cluster}/web" in answer.out
    assert "1 of 2 Applications rendered" in answer.out
    assert "not judged: 1 of 2 Applications not rendered" in answer.out


def test_kind_without_schema_is_red(platformctl: Run, small_platform: Repo) -> None:
    """A kind that nobody defines is a gap, and the rest is still judged."""
    (small_platform.root / "base" / "web" / "thing.yaml").write_text(
        "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: it}\n"
    )
    _harm(small_platform, "base/web/kustomization.yaml", "]", ", thing.yaml]")
    answer = platformctl("check", cwd=small_platform.root)

    assert answer.code == 2
    assert "error: schema-missing (1)" in answer.out
    assert "not judged: 1 of 11 objects not checked against a schema" in answer.out


def test_exception_excuses_until_its_day(platformctl: Run, small_platform: Repo) -> None:
    """A waiver counts while it is valid; afterwards both the fault and the waiver are findings."""
    _harm(small_platform, "base/web/deployment.yaml", "readOnlyRootFilesystem: true", "privileged: false")
    waiver = small_platform.root / "policy" / "exceptions.yaml"
    entry = (
        "- {rule: read-only-root-fs, object: Deployment/staging/web, "
        "reason: it writes its cache, owner: o, expires: %s}\n"
    )
    waiver.write_text(entry % SOON)
    valid = platformctl("check", "--format", "json", cwd=small_platform.root)
    waiver.write_text(entry % "2020-01-01")
    expired = platformctl("check", "--format", "json", cwd=small_platform.root)

    assert valid.code == 0
    assert valid.report["summary"]["waived"] == 1
    assert expired.code == 1
    assert [each["rule"] for each in expired.report["findings"]] == ["exception-expired", "read-only-root-fs"]


def test_exception_that_excuses_nothing_is_a_finding(platformctl: Run, small_platform: Repo) -> None:
    """It would excuse the next fault unseen."""
    (small_platform.root / "policy" / "exceptions.yaml").write_text(
        "- {rule: privileged, object: Deployment/staging/web, reason: it drives a device, owner: o, "
        f"expires: {SOON}}}\n"
    )
    answer = platformctl("check", "--format", "json", cwd=small_platform.root)

    assert answer.code == 1
    assert [(each["rule"], each["file"], each["line"]) for each in answer.report["findings"]] == [
        ("exception-unused", "policy/exceptions.yaml", 1)
    ]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("- {rule: privileged}", "missing or empty: ['reason', 'owner', 'object (or a list of them: objects)']"),
        ("- {rule: none, object: a, reason: r, owner: o, expires: 2999-01-01}", "there is no rule none"),
        ("- {rule: privileged, object: a, reason: r, owner: o}", "expires must be a day"),
        ("- {rule: privileged, object: a, reason: ' ', owner: o, expires: 2999-01-01}", "['reason']"),
        ("{}", "policy/exceptions.yaml is no list"),
        ("- {", "policy/exceptions.yaml:2: not YAML"),
    ],
)
def test_incomplete_exception_is_an_error(entry: str, message: str, platformctl: Run, small_platform: Repo) -> None:
    """Rule, object, reason, owner and a day: all of them, or no verdict."""
    (small_platform.root / "policy" / "exceptions.yaml").write_text(entry + "\n")
    answer = platformctl("check", cwd=small_platform.root)

    assert answer.code == 2
    assert message in answer.err


def test_entry_about_the_outside_that_nothing_needs_is_a_finding(platformctl: Run, small_platform: Repo) -> None:
    """It would vouch for the next wrong name unseen; while a pod names the Secret, it is right."""
    (small_platform.root / "policy" / "outside.yaml").write_text(
        "- {kind: Secret, namespace: staging, name: web, by: an operator}\n"
    )
    unused = platformctl("check", "--format", "json", cwd=small_platform.root)
    _harm(small_platform, "base/web/deployment.yaml", "spec:\n      auto", OUTSIDE_VOLUME)
    used = platformctl("check", "--format", "json", cwd=small_platform.root)

    assert unused.code == 1
    assert [(each["rule"], each["file"], each["line"]) for each in unused.report["findings"]] == [
        ("outside-unused", "policy/outside.yaml", 1)
    ]
    assert {each["rule"] for each in used.report["findings"]} == {"volume-unused"}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("- {kind: Secret}", "policy/outside.yaml:1: unknown keys: [], missing or empty: ['name', 'by']"),
        ("- {kind: Secret, name: a, by: b}", "namespace is needed"),
        ("- {kind: Deployment, namespace: a, name: a, by: b}", "kind is one of ConfigMap"),
        ("- {kind: Pod, namespace: a, name: a, by: b}", "every Pod has some"),
        ("- {kind: Secret, namespace: a, name: a, by: b, keys: key}", "keys is a list of texts"),
        ("- {kind: Secret, namespace: a, name: a, by: b, made: c}", "unknown keys: ['made']"),
        ("- &a {kind: Secret, namespace: a, name: a, by: b}\n- *a", "stands on line 1 already"),
        ("- a", "an entry has the keys"),
        ("{}", "policy/outside.yaml is no list"),
        ("- {", "policy/outside.yaml:2: not YAML"),
    ],
)
def test_incomplete_entry_about_the_outside_is_an_error(
    entry: str, message: str, platformctl: Run, small_platform: Repo
) -> None:
    """Kind, namespace, name and who makes it: all of them, or no verdict."""
    (small_platform.root / "policy" / "outside.yaml").write_text(entry + "\n")
    answer = platformctl("check", cwd=small_platform.root)

    assert answer.code == 2
    assert message in answer.err


def test_apps_lists_what_git_describes(platformctl: Run, small_platform: Repo) -> None:
    """As a table and as JSON."""
    table = platformctl("apps", cwd=small_platform.root)
    document = json.loads(platformctl("apps", "--format", "json", cwd=small_platform.root).out)

    assert table.code == 0
    assert [line.split()[:3] for line in table.out.splitlines()] == [
        ["CLUSTER", "APPLICATION", "NAMESPACE"],
        ["one/production", "web-production", "production"],
        ["one/staging", "web-staging", "staging"],
    ]
    assert [each["name"] for each in document] == ["web-production", "web-staging"]


def test_render_prints_what_one_application_applies(platformctl: Run, small_platform: Repo) -> None:
    """Chosen by name; an unknown name is an error."""
    answer = platformctl("render", "web-staging", cwd=small_platform.root)
    unknown = platformctl("render", "web", cwd=small_platform.root)

    assert answer.code == 0
    assert answer.out.startswith("# one/staging: web-staging\n---\napiVersion: v1\n")
    assert answer.out.count("kind: Deployment") == 1
    assert unknown.code == 2
    assert unknown.err.startswith("error: no Application is called web\n")
