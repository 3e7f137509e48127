"""What cannot be expanded is an error that says why, for that set alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from platformctl.errors import PlatformError
from platformctl.expand.generated import generate

from .cases import REPOSITORY, described
from .conftest import Expand, Tree

FILES = [{"path": "tests/expand/tree/clusters/e*.yaml"}]
LIST = {"list": {"elements": [{"name": "one"}]}}


def _git(**changes: Any) -> dict[str, Any]:
    return {"git": {"repoURL": REPOSITORY, "revision": "refs/heads/main", "files": FILES, **changes}}


def _set(*generators: Mapping[str, Any], name: str = "{{ .name }}", **spec: Any) -> dict[str, Any]:
    application = {
        "project": "expand",
        "source": {"repoURL": REPOSITORY, "targetRevision": "refs/heads/main", "path": "."},
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "expand"},
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "ApplicationSet",
        "metadata": {"name": "broken", "namespace": "argocd"},
        "spec": {
            "goTemplate": True,
            "goTemplateOptions": ["missingkey=error"],
            "generators": list(generators),
            "template": {"metadata": {"name": name}, "spec": {**application, **spec.pop("application", {})}},
            **spec,
        },
    }


def _matrix(*parts: Mapping[str, Any]) -> dict[str, Any]:
    return {"matrix": {"generators": list(parts)}}


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (_set({"lists": {"elements": []}}), 'unknown field "spec.generators[0].lists"'),
        (_set(_matrix({"gitt": {}}, LIST)), 'unknown field "spec.generators[0].matrix.generators[0].gitt"'),
        (_set(_matrix(LIST, _matrix(LIST, {"gitt": {}}))), 'unknown field "generators[1].gitt"'),
        (_set({}), "unrecognized generators"),
        (_set(LIST, application={"colour": "blue"}), 'unknown field "spec.template.spec.colour"'),
        (_set({"pullRequest": {"github": {"owner": "a", "repo": "b"}}}), "pullRequest generator asks a Git host"),
        (_set({"scmProvider": {"github": {"organization": "a"}}}), "scmProvider generator asks a Git host"),
        (_set({"plugin": {"configMapRef": {"name": "a"}}}), "plugin generator asks a plugin"),
        (_set({"clusterDecisionResource": {"configMapRef": "a"}}), "clusterDecisionResource generator asks a cluster"),
        (_set(_matrix(LIST, {"plugin": {"configMapRef": {"name": "a"}}})), "plugin generator asks a plugin"),
        (_set(LIST, name="{{ .colour }}"), 'map has no entry for key "colour"'),
        (_set(LIST, name="{{ .name"), "failed to parse template"),
        (_set(LIST, name="{{ nosuch .name }}"), 'function "nosuch" not defined'),
        (_set(LIST, templatePatch="{{ .colour }}"), 'map has no entry for key "colour"'),
        (_set(LIST, templatePatch="spec: ["), "error while converting template"),
        (_set(LIST, LIST), "two Applications called one"),
        (_set(_git(), name="same-{{ len .cluster }}"), None),
        (_set(_git(files=[{"path": "tests/expand/tree/clusters/?[us].yaml"}]), name="same"), "two Applications called"),
        (_set(LIST, name="{{ if false }}x{{ end }}"), "without a name"),
        (_set(LIST, application={"project": "other"}), "of the project other, which does not exist"),
        (_set(_git(), application={"project": "other"}), "error getting project other"),
        (_set(_git(repoURL="https://elsewhere.invalid/x.git")), "https://elsewhere.invalid/x.git is not this one"),
        (_set(_git(revision="a" * 40)), f"the commit {'a' * 40} is not in this checkout"),
        (_set(_git(revision="v1.0.0")), "the revision v1.0.0 of"),
        (_set(_git(files=[{"path": "tests/expand/tree/[.yaml"}])), "syntax error in pattern"),
        (_set(_git(files=[{"path": "tests/expand/tree"}])), "is a directory"),
        (_set(LIST, name="{{ .name }}-{{ now | unixEpoch }}"), "the template function now gives something else"),
        (_set(LIST, name="{{.name}}-{{uuidv4}}"), "the template function uuidv4 gives something else"),
        (_set(_matrix(LIST)), "less than two generators"),
        (_set({"merge": {"mergeKeys": [], "generators": [LIST, LIST]}}), "no merge keys"),
    ],
)
def test_broken_set_is_refused(broken: Mapping[str, Any], reason: str | None, expand: Expand) -> None:
    """Each with its reason, or (one near miss) not at all; the set beside it is expanded."""
    sound = _set(LIST, name="sound-{{ .name }}")
    found, beside = expand(broken, sound)

    assert [each["application"]["metadata"]["name"] for each in beside.applications] == ["sound-one"]
    if reason is None:
        assert found.error == ""
        assert len(found.applications) == 1
    else:
        assert reason in found.error
        assert not found.applications


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("eu.yaml", "cluster: [", "unable to process file 'tests/expand/tree/clusters/eu.yaml'"),
        ("eu.yaml", "only text", "unable to process file 'tests/expand/tree/clusters/eu.yaml'"),
        ("ex.yaml", "environment: none", 'map has no entry for key "cluster"'),
    ],
)
def test_broken_file_is_named(name: str, content: str, reason: str, expand: Expand, tree: Tree) -> None:
    """One broken file among good ones is enough."""
    tree.write(f"tests/expand/tree/clusters/{name}", content)

    (found,) = expand(_set(_git(), name="{{ .cluster }}"))

    assert reason in found.error


def test_parameter_that_is_a_template_may_call_any_function(expand: Expand, tree: Tree) -> None:
    """Also one that no set names: a matrix fills what its second part says, and that part fills it again."""
    tree.write("tests/expand/tree/clusters/eu.yaml", """filled: '{{ upper "x" }}'\n""")
    second = {"clusters": {"selector": {"matchLabels": {"tier": "silver"}}, "values": {"it": "{{ .filled }}"}}}

    (found,) = expand(_set(_matrix(_git(), second), name="is-{{ .values.it }}"))

    assert [each["application"]["metadata"]["name"] for each in found.applications] == ["is-X"]


def test_no_file_matches(expand: Expand) -> None:
    """No Application, and no error: the caller knows whether that is one."""
    (found,) = expand(_set(_git(files=[{"path": "nowhere/*.yaml"}])))

    assert (found.applications, found.error) == ([], "")


def test_working_tree_counts_as_the_next_commit_would(expand: Expand, tree: Tree) -> None:
    """New and changed files are seen, ignored and deleted ones are not."""
    tree.write(".gitignore", "ignored.yaml\n")
    tree.write("tests/expand/tree/clusters/ignored.yaml", "cluster: ignored\n")
    tree.write("tests/expand/tree/clusters/new.yaml", "cluster: new\n")
    tree.write("tests/expand/tree/clusters/eu.yaml", "cluster: changed\n")
    (tree.root / "tests/expand/tree/clusters/us.yaml").unlink()
    files = [{"path": "tests/expand/tree/clusters/*.yaml"}, {"path": "**/kustomization.yaml", "exclude": True}]

    found = {
        revision: [each["application"]["metadata"]["name"] for each in answer.applications]
        for revision in ("refs/heads/main", tree.commit)
        for (answer,) in [expand(_set(_git(files=files, revision=revision), name="{{ .cluster }}"))]
    }

    assert found == {"refs/heads/main": ["ap", "changed", "new"], tree.commit: ["ap", "eu", "us"]}


def test_link_out_of_the_tree_is_not_followed(expand: Expand, tree: Tree, tmp_path: Path) -> None:
    """As the repo server does it; a link within the tree counts."""
    (tmp_path / "outside.yaml").write_text("cluster: outside\n")
    folder = tree.root / "tests/expand/tree/clusters"
    (folder / "ea.yaml").symlink_to(tmp_path / "outside.yaml")
    (folder / "eb.yaml").symlink_to("us.yaml")

    (found,) = expand(_set(_git(), name="{{ .cluster }}"))

    assert [each["application"]["metadata"]["name"] for each in found.applications] == ["us", "eu"]


def test_only_what_changed_is_generated_again(expand: Expand, tree: Tree, tmp_path: Path) -> None:
    """A changed file changes its own Applications; the entries of the others are not even written."""
    cache = tmp_path / "cache"
    wanted = _set(
        _git(files=[{"path": "tests/expand/tree/clusters/[eu]?.yaml"}]), name="{{ .cluster }}-{{ .replicas }}"
    )
    names = [[each["application"]["metadata"]["name"] for each in expand(wanted, cache=cache)[0].applications]]
    before = {path: path.stat().st_mtime_ns for path in cache.iterdir()}

    tree.write("tests/expand/tree/clusters/eu.yaml", "cluster: eu\nreplicas: 4\n")
    names.append([each["application"]["metadata"]["name"] for each in expand(wanted, cache=cache)[0].applications])
    changed = [path for path in cache.iterdir() if before.get(path) != path.stat().st_mtime_ns]

    assert names == [["eu-3", "us-2"], ["eu-4", "us-2"]]
    assert len(before) == 3  # without any file, and for each
    assert len(changed) == 1


def test_damaged_cache_is_made_again(expand: Expand, tmp_path: Path) -> None:
    """Whatever is in its files."""
    cache = tmp_path / "cache"
    first = expand(_set(LIST), cache=cache)
    for path in cache.iterdir():
        path.write_text("{")

    assert expand(_set(LIST), cache=cache) == first


def test_changed_project_or_cluster_counts(tree: Tree, tmp_path: Path, expand_program: Path) -> None:
    """What is kept was made with the clusters of then."""
    wanted = described([_set({"clusters": {"selector": {"matchLabels": {"tier": "gold"}}}})])
    cache = tmp_path / "cache"

    (before,) = generate(expand_program, tree.root, [wanted], cache)
    wanted.secrets[0]["metadata"]["labels"]["tier"] = "none"
    (after,) = generate(expand_program, tree.root, [wanted], cache)

    assert [len(before.applications), len(after.applications)] == [2, 1]


def test_broken_project_is_an_error_of_the_run(tree: Tree, expand_program: Path) -> None:
    """Nothing can be said of any set then."""
    wanted = described([_set(LIST)])
    wanted.projects[0]["spec"]["colour"] = "blue"

    with pytest.raises(PlatformError, match="expand ended with 1") as caught:
        generate(expand_program, tree.root, [wanted])

    assert 'unknown field "spec.colour"' in caught.value.why


def test_older_template_may_call_a_parameter_as_a_function_is_called(expand: Expand) -> None:
    """It has no functions."""
    wanted = _set({"list": {"elements": [{"now": "then"}]}}, name="{{now}}", goTemplate=False)
    del wanted["spec"]["goTemplateOptions"]

    (found,) = expand(wanted)

    assert [each["application"]["metadata"]["name"] for each in found.applications] == ["then"]


def test_what_is_no_json_is_an_error(expand: Expand) -> None:
    """YAML can say more than the API server can read."""
    with pytest.raises(PlatformError, match="holds what is no JSON"):
        expand(_set({"list": {"elements": [{"name": float("nan")}]}}))
